//! The crate of an OpenAPI 3.1 description against the server that serves it.

use pontoon_prefect::runtime::json::Json;
use pontoon_prefect::runtime::nullable::Nullable;
use pontoon_prefect::{Client, Error, models};
use pontoon_tests::judge::Judge;

/// A server and its client; `None` where there is none.
fn start() -> Option<(Judge, Client)> {
    let judge = Judge::start("prefect", &[])?;
    let client = Client::builder().base_url(&*judge.url).no_proxy().build();
    Some((judge, client.expect("a client")))
}

fn json(text: &str) -> Json {
    Json::parse(text.as_bytes()).expect("JSON")
}

fn status(error: &Error) -> u16 {
    error.status().map_or(0, |status| status.as_u16())
}

/// The member `detail` that the server puts into its errors.
fn detail(error: &Error) -> String {
    let body: Json = error.body_as().expect("a JSON body");
    let detail = body.get("detail").and_then(Json::as_str);
    detail.unwrap_or_else(|| panic!("{body}")).to_owned()
}

/// One server for all of it: it takes seconds to start.
#[tokio::test]
async fn the_real_server() {
    let Some((_judge, client)) = start() else {
        return;
    };
    root(&client).await;
    flows(&client).await;
    variables(&client).await;
    work_pools(&client).await;
    deployments(&client).await;
    an_invalid_request(&client).await;
}

async fn root(client: &Client) {
    assert!(
        client
            .root()
            .health_check()
            .send()
            .await
            .unwrap()
            .into_value()
    );
    let version = client.root().server_version().send().await.unwrap();
    assert!(!version.value.is_empty());
    assert_eq!(
        client.root().hello().send().await.unwrap().into_value(),
        "👋"
    );
}

async fn flows(client: &Client) {
    let flows = client.flows();

    // The description declares 200; the server answers 201 when it creates.
    let mut wanted = models::FlowCreate::new("first".to_owned());
    wanted.tags = Some(vec!["a".to_owned()]);
    let created = flows.create_flow(&wanted).send().await.unwrap();
    assert_eq!(created.status().as_u16(), 201);
    let id = created.into_value().id;
    let again = flows.create_flow(&wanted).send().await.unwrap();
    assert_eq!((again.status().as_u16(), &again.value.id), (200, &id));

    let read = flows.read_flow(id).send().await.unwrap().into_value();
    assert_eq!(
        (read.name.as_str(), read.tags),
        ("first", Some(vec!["a".to_owned()]))
    );
    let by_name = flows.read_flow_by_name("first").send().await.unwrap();
    assert_eq!(by_name.value.id, id);

    let mut change = models::FlowUpdate::new();
    change.tags = Some(vec!["b".to_owned(), "ü/ö?".to_owned()]);
    let updated = flows.update_flow(id, &change).send().await.unwrap();
    assert_eq!(updated.status().as_u16(), 204);
    let read = flows.read_flow(id).send().await.unwrap().into_value();
    assert_eq!(read.tags, change.tags);

    flows
        .create_flow(&models::FlowCreate::new("second".to_owned()))
        .send()
        .await
        .unwrap();
    assert_eq!(flows.count_flows().send().await.unwrap().into_value(), 2);
    let mut name = models::FlowFilterName::new();
    name.any = Nullable::Value(vec!["second".to_owned()]);
    let mut filter = models::FlowFilter::new();
    filter.name = Nullable::Value(name);
    let mut query = models::BodyReadFlowsFlowsFilterPost::new();
    query.flows = Some(filter);
    query.sort = Some(models::FlowSort::NameAsc);
    query.limit = Some(5);
    let found = flows
        .read_flows()
        .body(&query)
        .send()
        .await
        .unwrap()
        .into_value();
    assert_eq!(
        found
            .iter()
            .map(|flow| flow.name.as_str())
            .collect::<Vec<_>>(),
        ["second"]
    );

    let deleted = flows.delete_flow(id).send().await.unwrap();
    assert_eq!(deleted.status().as_u16(), 204);
    let error = flows.read_flow(id).send().await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
    assert_eq!(detail(&error), "Flow not found");
    let error = flows.delete_flow(id).send().await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
}

/// Any JSON as a value, null and absence told apart.
async fn variables(client: &Client) {
    let variables = client.variables();
    let value = json(r#"{"a": 1, "b": [true, null]}"#).to_model().unwrap();
    let wanted = models::VariableCreate::new("first".to_owned(), Some(value));
    let created = variables.create_variable(&wanted).send().await.unwrap();
    assert_eq!(created.status().as_u16(), 201);
    let id = created.into_value().id;

    let error = variables.create_variable(&wanted).send().await.unwrap_err();
    assert_eq!(status(&error), 409);
    assert!(error.is_client_error() && !error.is_not_found());
    // No error of this kind is declared.
    assert!(
        error
            .declared::<models::UnprocessableContentError>()
            .is_none()
    );

    let mut change = models::VariableUpdate::new();
    change.value = Nullable::Value(json(r#"[1, null, "x"]"#).to_model().unwrap());
    variables
        .update_variable_by_name("first", &change)
        .send()
        .await
        .unwrap();
    let read = variables
        .read_variable_by_name("first")
        .send()
        .await
        .unwrap();
    let value = read
        .value
        .value
        .as_ref()
        .map(|value| Json::from_model(value).unwrap());
    assert_eq!(value, Some(json(r#"[1, null, "x"]"#)));
    assert_eq!(read.value.name, "first");

    variables.delete_variable(id).send().await.unwrap();
    let error = variables.read_variable(id).send().await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
}

async fn work_pools(client: &Client) {
    let pools = client.work_pools();
    let mut wanted = models::WorkPoolCreate::new("first".to_owned());
    wanted.r#type = Some("process".to_owned());
    wanted.concurrency_limit = Nullable::Value(3);
    let created = pools.create_work_pool(&wanted).send().await.unwrap();
    assert_eq!(created.status().as_u16(), 201);

    // Absent leaves the limit as it is, null takes it away.
    let mut change = models::WorkPoolUpdate::new();
    change.description = Nullable::Value("text".to_owned());
    pools
        .update_work_pool("first", &change)
        .send()
        .await
        .unwrap();
    let read = pools
        .read_work_pool("first")
        .send()
        .await
        .unwrap()
        .into_value();
    assert_eq!(read.concurrency_limit.into_option(), Some(3));
    assert_eq!(read.description.into_option().as_deref(), Some("text"));
    let mut change = models::WorkPoolUpdate::new();
    change.concurrency_limit = Nullable::Null;
    pools
        .update_work_pool("first", &change)
        .send()
        .await
        .unwrap();
    let read = pools
        .read_work_pool("first")
        .send()
        .await
        .unwrap()
        .into_value();
    assert_eq!(read.concurrency_limit.into_option(), None);

    let error = pools.create_work_pool(&wanted).send().await.unwrap_err();
    assert_eq!(status(&error), 409);
    assert_eq!(detail(&error), "A work pool with this name already exists.");

    let reserved = models::WorkPoolCreate::new("prefect-x".to_owned());
    let error = pools.create_work_pool(&reserved).send().await.unwrap_err();
    assert_eq!(status(&error), 403);

    pools.delete_work_pool("first").send().await.unwrap();
    let error = pools.read_work_pool("first").send().await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
}

async fn deployments(client: &Client) {
    let flow = models::FlowCreate::new("flow".to_owned());
    let flow = client
        .flows()
        .create_flow(&flow)
        .send()
        .await
        .unwrap()
        .into_value();
    let mut wanted = models::DeploymentCreate::new("first".to_owned(), flow.id);
    wanted.parameters = Some([("x".to_owned(), json("1"))].into());
    let deployments = client.deployments();
    let created = deployments.create_deployment(&wanted).send().await.unwrap();
    assert_eq!(created.status().as_u16(), 201);
    let id = created.into_value().id;

    let mut change = models::DeploymentUpdate::new();
    change.paused = Some(true);
    deployments
        .update_deployment(id, &change)
        .send()
        .await
        .unwrap();
    let read = deployments
        .read_deployment_by_name("flow", "first")
        .send()
        .await
        .unwrap();
    assert_eq!((read.value.id, read.value.paused), (id, Some(true)));

    let mut run = models::DeploymentFlowRunCreate::new();
    run.parameters = Some([("x".to_owned(), json("2"))].into());
    let run = deployments
        .create_flow_run_from_deployment(id, &run)
        .send()
        .await
        .unwrap()
        .into_value();
    let read = client
        .flow_runs()
        .read_flow_run(run.id)
        .send()
        .await
        .unwrap();
    assert_eq!(
        read.value.parameters.as_ref().and_then(|all| all.get("x")),
        Some(&json("2"))
    );

    deployments.delete_deployment(id).send().await.unwrap();
    let error = deployments.read_deployment(id).send().await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
}

/// 422 is declared with one body; the server sends two others.
async fn an_invalid_request(client: &Client) {
    let slashed = models::FlowCreate::new("a/b".to_owned());
    let error = client
        .flows()
        .create_flow(&slashed)
        .send()
        .await
        .unwrap_err();
    assert_eq!(status(&error), 422, "{error}");
    assert!(error.is_client_error());
    let body: Json = error.body_as().unwrap();
    assert!(body.get("exception_message").is_some(), "{body}");
    // Every member of the declared body may be absent, so this one fits.
    let declared = error.declared();
    let Some(models::UnprocessableContentError::UnprocessableContent(found)) = declared else {
        panic!("{declared:?}");
    };
    assert!(found.detail.is_none());

    let mut query = models::BodyReadFlowsFlowsFilterPost::new();
    query.limit = Some(-1);
    let error = client
        .flows()
        .read_flows()
        .body(&query)
        .send()
        .await
        .unwrap_err();
    assert_eq!(status(&error), 422, "{error}");
    assert!(detail(&error).starts_with("Invalid limit"), "{error}");
    // A list is declared, a text is sent.
    assert!(
        error
            .declared::<models::UnprocessableContentError>()
            .is_none()
    );
    let refused = error.decode_declared::<models::UnprocessableContentError>();
    assert!(refused.unwrap_err().is_decode());
}

/// A server that is not there.
#[tokio::test]
async fn no_server() {
    let client = Client::builder()
        .base_url("http://127.0.0.1:9/api")
        .no_proxy()
        .build();
    let error = client.unwrap().root().hello().send().await.unwrap_err();
    assert!(error.is_connect() && error.status().is_none(), "{error}");
}
