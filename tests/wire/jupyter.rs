//! The crate of a Swagger 2.0 description against the server that it describes.

use pontoon_jupyter::runtime::json::Json;
use pontoon_jupyter::{CallOptions, Client, Error, auth, models};
use pontoon_tests::judge::Judge;

/// A server and its client; `None` where there is none.
fn start() -> Option<(Judge, Client)> {
    let judge = Judge::start("jupyter", &[])?;
    let token = judge.token.clone().expect("a token");
    let client = Client::builder()
        .base_url(&*judge.url)
        .credential(auth::token(token))
        .no_proxy()
        .build();
    Some((judge, client.expect("a client")))
}

fn status(error: &Error) -> u16 {
    error.status().map_or(0, |status| status.as_u16())
}

/// The member `message` that the server puts into its errors.
fn message(error: &Error) -> String {
    let body: Json = error.body_as().expect("a JSON body");
    let message = body.get("message").and_then(Json::as_str);
    message.unwrap_or_else(|| panic!("{body}")).to_owned()
}

/// One server for all of it: it takes seconds to start.
#[tokio::test]
async fn the_real_server() {
    let Some((judge, client)) = start() else {
        return;
    };
    root_and_status(&client).await;
    kernels(&client).await;
    sessions(&client).await;
    terminals(&client).await;
    contents(&client).await;
    a_configuration(&client).await;
    without_a_credential(&client, &judge).await;
}

async fn root_and_status(client: &Client) {
    let version = client.root().get_api().send().await.unwrap();
    assert!(
        version
            .value
            .version
            .as_deref()
            .is_some_and(|version| !version.is_empty())
    );
    let status = client.status().get_api_status().send().await.unwrap();
    assert_eq!(status.value.kernels, Some(0.0));
    assert!(status.value.started.is_some());
    let specs = client
        .kernelspecs()
        .get_api_kernelspecs()
        .send()
        .await
        .unwrap();
    assert!(
        specs
            .value
            .kernelspecs
            .is_some_and(|specs| specs.contains_key("python3"))
    );
    let me = client
        .identity()
        .get_api_me()
        .permissions(r#"{"contents":["read"]}"#);
    let me = me.send().await.unwrap().into_value();
    let allowed = me.permissions.unwrap_or_default();
    assert_eq!(
        allowed.get("contents").map(Vec::as_slice),
        Some(&["read".to_owned()][..])
    );
    let spec = client.api_spec().get_api_spec_yaml().send().await.unwrap();
    assert!(spec.body().starts_with(b"swagger:"));
}

async fn kernels(client: &Client) {
    let kernels = client.kernels();
    let wanted = models::KernelsPostApiKernelsBody::new("python3".to_owned());
    let created = kernels
        .post_api_kernels()
        .body(&wanted)
        .send()
        .await
        .unwrap();
    assert_eq!(created.status().as_u16(), 201);
    assert!(created.header("location").is_some());
    let id = created.into_value().id;

    let listed = kernels.get_api_kernels().send().await.unwrap().into_value();
    assert_eq!(
        listed.iter().map(|kernel| kernel.id).collect::<Vec<_>>(),
        [id]
    );
    let read = kernels.get_api_kernels_kernel_id(id).send().await.unwrap();
    assert_eq!((read.value.name.as_str(), read.value.id), ("python3", id));
    let stopped = kernels
        .post_api_kernels_kernel_id_interrupt(id)
        .send()
        .await
        .unwrap();
    assert_eq!(stopped.status().as_u16(), 204);
    let restarted = kernels
        .post_api_kernels_kernel_id_restart(id)
        .send()
        .await
        .unwrap();
    assert_eq!(restarted.value.id, id);
    let deleted = kernels
        .delete_api_kernels_kernel_id(id)
        .send()
        .await
        .unwrap();
    assert_eq!(deleted.status().as_u16(), 204);

    let error = kernels
        .get_api_kernels_kernel_id(id)
        .send()
        .await
        .unwrap_err();
    assert!(error.is_not_found(), "{error}");
    assert!(
        message(&error).starts_with("Kernel does not exist"),
        "{error}"
    );
    let unknown = models::KernelsPostApiKernelsBody::new("nope".to_owned());
    let error = kernels
        .post_api_kernels()
        .body(&unknown)
        .send()
        .await
        .unwrap_err();
    assert!(error.is_server_error(), "{error}");
}

async fn sessions(client: &Client) {
    let sessions = client.sessions();
    let mut wanted = models::Session::new();
    wanted.path = Some("n.ipynb".to_owned());
    wanted.name = Some("n".to_owned());
    wanted.r#type = Some("notebook".to_owned());
    // The description takes a whole kernel here; the server wants a name, or an
    // id of a kernel that runs.
    let kernel = models::KernelsPostApiKernelsBody::new("python3".to_owned());
    let kernel = client
        .kernels()
        .post_api_kernels()
        .body(&kernel)
        .send()
        .await
        .unwrap();
    wanted.kernel = Some(kernel.into_value());
    let created = sessions
        .post_api_sessions()
        .body(&wanted)
        .send()
        .await
        .unwrap();
    assert_eq!(created.status().as_u16(), 201);
    let id = created.into_value().id.expect("an id");

    let listed = sessions
        .get_api_sessions()
        .send()
        .await
        .unwrap()
        .into_value();
    assert_eq!(listed.len(), 1);
    let mut change = models::Session::new();
    change.path = Some("m.ipynb".to_owned());
    let changed = sessions
        .patch_api_sessions_session(id, &change)
        .send()
        .await
        .unwrap();
    assert_eq!(changed.value.path.as_deref(), Some("m.ipynb"));
    let read = sessions.get_api_sessions_session(id).send().await.unwrap();
    assert_eq!(read.value.path.as_deref(), Some("m.ipynb"));
    sessions
        .delete_api_sessions_session(id)
        .send()
        .await
        .unwrap();
    let error = sessions
        .get_api_sessions_session(id)
        .send()
        .await
        .unwrap_err();
    assert!(error.is_not_found(), "{error}");

    let mut incomplete = models::Session::new();
    incomplete.path = Some("x".to_owned());
    let error = sessions
        .post_api_sessions()
        .body(&incomplete)
        .send()
        .await
        .unwrap_err();
    assert_eq!(status(&error), 400);
    assert!(message(&error).starts_with("Missing field"), "{error}");
}

async fn terminals(client: &Client) {
    let terminals = client.terminals();
    let created = terminals
        .post_api_terminals()
        .send()
        .await
        .unwrap()
        .into_value();
    let listed = terminals
        .get_api_terminals()
        .send()
        .await
        .unwrap()
        .into_value();
    assert_eq!(listed.len(), 1);
    let read = terminals
        .get_api_terminals_terminal_id(&created.name)
        .send()
        .await
        .unwrap();
    assert_eq!(read.value.name, created.name);
    terminals
        .delete_api_terminals_terminal_id(&created.name)
        .send()
        .await
        .unwrap();
    let error = terminals
        .get_api_terminals_terminal_id(&created.name)
        .send()
        .await
        .unwrap_err();
    assert!(error.is_not_found(), "{error}");
}

/// The description says that every member of a file is a string; the server
/// leaves some null. The value is refused by its place, and the answer kept.
async fn contents(client: &Client) {
    let contents = client.contents();
    let mut file = models::ContentsPutApiContentsPathBody::new();
    file.r#type = Some("file".to_owned());
    file.format = Some("text".to_owned());
    file.content = Some("hello, wörld".to_owned());
    // Content, format and mimetype are null after a write: the overlay says so.
    let written = contents
        .put_api_contents_path("a b.txt")
        .body(&file)
        .send()
        .await
        .unwrap();
    assert_eq!(written.status().as_u16(), 201);
    let written = written.into_value();
    assert_eq!((written.name.as_str(), written.format), ("a b.txt", None));

    let read = contents
        .get_api_contents_path("a b.txt")
        .r#type(models::ContentsGetApiContentsPathType::File);
    let read = read.send().await.unwrap().into_value();
    assert_eq!(
        (read.content.as_str(), read.format.as_deref()),
        (Some("hello, wörld"), Some("text"))
    );

    // The root folder is a slash: an empty path value is refused before it is sent.
    let mut copy = models::ContentsPostApiContentsPathBody::new();
    copy.r#type = Some("directory".to_owned());
    let made = contents
        .post_api_contents_path("/")
        .body(&copy)
        .send()
        .await
        .unwrap();
    assert_eq!(made.status().as_u16(), 201);
    assert_eq!(made.value.r#type, models::ContentsType::Directory);

    let mut renamed = models::ContentsPatchApiContentsPathBody::new();
    renamed.path = Some("c.txt".to_owned());
    let renamed = contents
        .patch_api_contents_path("a b.txt", &renamed)
        .send()
        .await
        .unwrap();
    assert_eq!(renamed.value.path, "c.txt");

    let point = contents
        .post_api_contents_path_checkpoints("c.txt")
        .send()
        .await
        .unwrap();
    assert_eq!(point.status().as_u16(), 201);
    let points = contents
        .get_api_contents_path_checkpoints("c.txt")
        .send()
        .await
        .unwrap();
    assert_eq!(points.value.len(), 1);
    let point = point.into_value().id;
    contents
        .post_api_contents_path_checkpoints_checkpoint_id("c.txt", &point)
        .send()
        .await
        .unwrap();
    contents
        .delete_api_contents_path_checkpoints_checkpoint_id("c.txt", &point)
        .send()
        .await
        .unwrap();

    let error = contents
        .get_api_contents_path("c.txt")
        .r#type(models::ContentsGetApiContentsPathType::Directory)
        .send()
        .await
        .unwrap_err();
    assert_eq!(status(&error), 400);
    let deleted = contents
        .delete_api_contents_path("c.txt")
        .send()
        .await
        .unwrap();
    assert_eq!(deleted.status().as_u16(), 204);

    // Said to be JSON, but text: the status is what counts, and the text is kept.
    let error = contents
        .get_api_contents_path("c.txt")
        .send()
        .await
        .unwrap_err();
    assert!(error.is_not_found() && !error.is_decode(), "{error}");
    let body = String::from_utf8_lossy(error.body().expect("a body")).into_owned();
    assert!(body.contains("c.txt"), "{body}");
}

async fn a_configuration(client: &Client) {
    let json = Json::parse(br#"{"b": 1}"#).unwrap();
    let body = [("a".to_owned(), json.clone())].into();
    let config = client.config();
    config
        .patch_api_config_section_name("test")
        .body(&body)
        .send()
        .await
        .unwrap();
    let read = config
        .get_api_config_section_name("test")
        .send()
        .await
        .unwrap();
    let kept: Json = Json::parse(read.body()).unwrap();
    assert_eq!(kept.get("a"), Some(&json));
}

async fn without_a_credential(client: &Client, judge: &Judge) {
    let error = client
        .kernels()
        .get_api_kernels()
        .anonymous()
        .send()
        .await
        .unwrap_err();
    assert_eq!(status(&error), 403);
    assert!(error.is_auth(), "{error}");
    assert_eq!(message(&error), "Forbidden");

    let secret = "not-the-token";
    let error = client
        .kernels()
        .get_api_kernels()
        .credential(auth::token(secret))
        .send()
        .await
        .unwrap_err();
    assert_eq!(status(&error), 403);
    let token = judge.token.as_deref().unwrap_or_default();
    for text in [
        format!("{error}"),
        format!("{error:?}"),
        format!("{client:?}"),
    ] {
        assert!(!text.contains(secret) && !text.contains(token), "{text}");
    }
}
