//! Flow files as people write them, right and wrong.

use super::*;
use crate::{Filter, Test};
use serde_json::json;

fn load(text: &str) -> Result<Flow, Error> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("flow.yaml");
    std::fs::write(&path, text).expect("a file");
    let mut flow = Flow::load(&path)?;
    if let Some(path) = &mut flow.source.connector {
        *path = path.file_name().expect("a name").into();
    }
    Ok(flow)
}

const WHOLE: &str = "
source:
  connector: connector.json
  base_url: http://localhost:8080
  settings: {owner: acme, repo: 7}
  credentials:
    token: {env: TOKEN}
    key: {file: key.txt}
streams:
  issues:
    - select: [id, title, state]
    - rename: {title: headline}
    - filter: {column: state, equals: open}
  comments:
target:
  sqlite: issues.db
";

#[test]
fn a_flow_is_read() {
    let flow = load(WHOLE).expect("a flow");
    assert_eq!(flow.source.connector, Some("connector.json".into()));
    let settings: Vec<String> = flow.source.settings.values().map(Setting::text).collect();
    assert_eq!(settings, ["acme", "7"]);
    assert_eq!(
        flow.source.credentials["token"],
        CredentialSource::Env("TOKEN".to_owned())
    );
    assert_eq!(flow.streams["comments"], []);
    let filter = Filter {
        column: "state".to_owned(),
        test: Test::Equals(json!("open")),
    };
    assert_eq!(flow.streams["issues"][2], Step::Filter(filter));
    assert!(matches!(&flow.target, Target::Sqlite(path) if path.ends_with("issues.db")));
}

#[test]
fn mistakes_have_a_place() {
    let cases = [
        (
            WHOLE.replace("connector: connector.json", "conector: x"),
            "unknown field `conector`",
        ),
        (
            WHOLE.replace("  connector: connector.json\n", ""),
            "either `connector` or `integration`",
        ),
        (WHOLE.replace("{env: TOKEN}", "s3cret"), "credentials"),
        (
            WHOLE.replace("select", "choose"),
            "unknown variant `choose`",
        ),
        (
            WHOLE.replace("sqlite: issues.db", "postgres: x"),
            "unknown variant `postgres`",
        ),
        ("source: [".to_owned(), "line"),
        (
            "source: {connector: a}\nstreams: {}\ntarget: {jsonl: '-'}\n".to_owned(),
            "`streams` is empty",
        ),
    ];
    for (text, message) in cases {
        let error = load(&text).expect_err(message).to_string();
        assert!(
            error.contains(message) && error.contains("flow.yaml"),
            "{error}"
        );
    }
}

#[test]
fn secrets_are_read_where_they_are_safe() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("key.txt");
    std::fs::write(&path, "s3cret\n").expect("a file");
    let source = SecretSource::File(path.clone());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).expect("a mode");
        let error = source.read("key").expect_err("open to others");
        assert!(error.to_string().contains("others may read"), "{error}");
        assert!(
            error
                .remedy()
                .is_some_and(|remedy| remedy.starts_with("chmod 600"))
        );
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).expect("a mode");
    }
    assert_eq!(source.read("key").expect("a secret").expose(), "s3cret");
    let missing = SecretSource::Env("PONTOON_NO_SUCH_VARIABLE".to_owned());
    let error = missing.read("token").expect_err("not set").to_string();
    assert!(
        error.contains("`token`") && error.contains("PONTOON_NO_SUCH_VARIABLE"),
        "{error}"
    );
}
