//! Generated-looking types through the JSON codec.

mod generated;

use generated::*;
use pontoon_runtime::codec::json::{DecodeError, Mode, decode, encode};
use pontoon_runtime::codegen::{Choice, Reflect, blank};
use pontoon_runtime::json::Json;
use pontoon_runtime::nullable::Nullable;
use std::collections::BTreeMap;

const ISSUE: &str = r#"{"id":1,"title":"a \"b\"","state":"open","state_reason":null,
    "closed_at":null,"labels":["bug",{"name":"x","color":null},7],
    "user":{"login":"me","id":18446744073709551615,"level":-1},
    "reactions":{"+1":3},"extra":[1.5]}"#;

fn read<T: Reflect>(text: &str) -> Result<T, DecodeError> {
    let mut value: T = blank();
    decode(text.as_bytes(), value.slot())?;
    Ok(value)
}

fn write<T: Reflect>(value: &T, mode: Mode) -> String {
    String::from_utf8(encode(value.view(), mode).unwrap()).unwrap()
}

fn issue() -> Issue {
    read(ISSUE).unwrap()
}

/// Reads `ISSUE` with one piece of it replaced and gives the error.
fn error(from: &str, to: &str) -> String {
    let text = ISSUE.replacen(from, to, 1);
    assert_ne!(text, ISSUE);
    read::<Issue>(&text).unwrap_err().to_string()
}

#[test]
fn object_is_read() {
    let issue = issue();
    assert_eq!(issue.id, 1);
    assert_eq!(issue.title, "a \"b\"");
    assert_eq!(issue.state, IssueState::Open);
    assert!(issue.state_reason.is_null());
    assert_eq!(issue.closed_at, None);
    assert_eq!(issue.body, None);
    assert_eq!(issue.user.id, u64::MAX);
    assert_eq!(issue.user.level, Some(Level::Minus));
    assert!(matches!(&issue.labels[0], IssueLabelsItem::String(s) if s == "bug"));
    assert!(matches!(&issue.labels[1], IssueLabelsItem::Label(l) if l.color.is_null()));
    assert!(matches!(&issue.labels[2], IssueLabelsItem::Unknown(j) if j.as_i64() == Some(7)));
    assert_eq!(issue.additional["reactions"]["+1"].as_i64(), Some(3));
    assert_eq!(issue.additional.len(), 2);
}

#[test]
fn object_is_written() {
    let mut issue = issue();
    issue.node_id = Some("n".to_owned());
    issue.labels.truncate(2);
    assert_eq!(
        write(&issue, Mode::Request),
        r#"{"id":1,"title":"a \"b\"","state":"open","state_reason":null,"closed_at":null,"labels":["bug",{"name":"x","color":null}],"user":{"login":"me","id":18446744073709551615,"level":-1},"extra":[1.5],"reactions":{"+1":3}}"#
    );
    assert!(write(&issue, Mode::Whole).contains(r#""node_id":"n""#));
}

#[test]
fn written_is_read_as_the_same() {
    let issue = issue();
    assert_eq!(read::<Issue>(&write(&issue, Mode::Whole)).unwrap(), issue);
    let mut other = issue.clone();
    assert_eq!(other, issue);
    other.additional.insert("extra".to_owned(), Json::Null);
    assert_ne!(other, issue);
}

#[test]
fn errors_name_the_path() {
    for (from, to, expected) in [
        (
            r#""id":1,"#,
            "",
            "$.id: expected a value, found nothing (byte ",
        ),
        (
            r#""id":1,"#,
            r#""id":null,"#,
            "$.id: expected a 64-bit integer, found null (byte 6)",
        ),
        (
            r#""id":1,"#,
            r#""id":"1","#,
            "$.id: expected a 64-bit integer, found a string (byte 6)",
        ),
        (
            r#""id":1,"#,
            r#""id":1.5,"#,
            "$.id: expected a 64-bit integer, found a number with a fraction (byte 6)",
        ),
        (
            r#""id":1,"#,
            r#""id":9223372036854775808,"#,
            "$.id: expected a 64-bit integer, found a number out of range (byte 6)",
        ),
        (
            r#""login":"me","#,
            "",
            "$.user.login: expected a value, found nothing",
        ),
        (
            r#""login":"me""#,
            r#""login":[]"#,
            "$.user.login: expected a string, found an array",
        ),
        (
            r#"{"name":"x","color":null}"#,
            r#"{"name":"x","color":2}"#,
            "$.labels[1].color: expected a string, found a number",
        ),
        (
            r#"{"name":"x","color":null}"#,
            "{}",
            "$.labels[1].name: expected a value, found nothing",
        ),
        (
            r#""closed_at":null,"#,
            "",
            "$.closed_at: expected a value, found nothing",
        ),
        (
            r#""state":"open""#,
            r#""state":null"#,
            "$.state: expected a value of an enumeration, found null",
        ),
        (
            r#"[1.5]"#,
            r#"[1.5,x]"#,
            "$.extra[1]: expected a number, found no JSON value",
        ),
        (
            r#"{"+1":3}"#,
            r#"{"+1":}"#,
            r#"$.reactions["+1"]: expected a number, found no JSON value"#,
        ),
        (
            r#"1.5]}"#,
            "",
            "$.extra: expected valid JSON, found EOF while parsing a list",
        ),
    ] {
        let text = error(from, to);
        assert!(text.starts_with(expected), "{text}\n{expected}");
    }
}

#[test]
fn integers_without_fraction_are_accepted_in_any_form() {
    for (text, id) in [
        ("1.0", 1),
        ("1e2", 100),
        ("-0", 0),
        ("12.50e1", 125),
        ("9223372036854775807", i64::MAX),
        ("-9223372036854775808", i64::MIN),
    ] {
        let text = ISSUE.replacen("\"id\":1,", &format!("\"id\":{text},"), 1);
        assert_eq!(read::<Issue>(&text).unwrap().id, id);
    }
}

#[test]
fn optional_null_is_absent() {
    let text = ISSUE.replacen("\"id\":1,", "\"id\":1,\"body\":null,\"score\":null,", 1);
    let issue: Issue = read(&text).unwrap();
    assert_eq!(issue.body, None);
    assert!(!write(&issue, Mode::Whole).contains("body"));
}

#[test]
fn duplicate_keys_replace() {
    let text = ISSUE.replacen(
        "\"id\":1,",
        r#""id":9,"id":1,"labels":["gone"],"body":"b","body":null,
           "user":{"login":"old","id":3,"site_admin":true},"extra":{"gone":1},"#,
        1,
    );
    assert_eq!(read::<Issue>(&text).unwrap(), issue());
}

#[test]
fn unknown_enum_values_are_kept() {
    let text = ISSUE
        .replacen("\"open\"", "\"half-open\"", 1)
        .replacen("\"state_reason\":null", "\"state_reason\":7", 1)
        .replacen("\"level\":-1", "\"level\":12", 1);
    let issue: Issue = read(&text).unwrap();
    assert_eq!(issue.state.as_str(), "half-open");
    assert_eq!(issue.state, IssueState::from("half-open"));
    assert_eq!(issue.state_reason.value().unwrap().to_string(), "7");
    assert_eq!(issue.user.level.as_ref().unwrap().as_i64(), Some(12));
    assert_eq!(read::<Issue>(&write(&issue, Mode::Whole)).unwrap(), issue);
}

#[test]
fn enumerations_behave_like_strings() {
    use std::collections::HashSet;
    assert_eq!(IssueState::KNOWN, [IssueState::Open, IssueState::Closed]);
    assert_eq!(IssueState::from("open"), IssueState::Open);
    assert_eq!(
        format!("{:>6}|{:?}", IssueState::Open, IssueState::Open),
        "  open|\"open\""
    );
    let set: HashSet<IssueState> = [IssueState::Open, "open".into(), "other".into()].into();
    assert_eq!(set.len(), 2);
    assert_eq!(Level::from(2), Level::Two);
    assert_eq!(Level::from(3).as_i64(), Some(3));
    assert_ne!(Level::from(3), Level::from(4));
}

#[test]
fn debug_masks_secrets_and_leaves_out_what_is_absent() {
    let mut issue = issue();
    issue.token = Some("hunter2".to_owned());
    let text = format!("{issue:?}");
    assert!(
        !text.contains("hunter2") && text.contains("token: [masked]"),
        "{text}"
    );
    assert!(
        text.starts_with("Issue { id: 1, title: \"a \\\"b\\\"\""),
        "{text}"
    );
    assert!(!text.contains("body"));
}

#[test]
fn choices_are_told_by_status() {
    let mut value: CreateResponse = blank();
    decode(br#"[{"name":"x"}]"#, value.select(1)).unwrap();
    assert!(matches!(&value, CreateResponse::Accepted(labels) if labels[0].name == "x"));
    decode(b"", value.select(2)).unwrap();
    assert!(matches!(&value, CreateResponse::NoContent(())));
    let mut error: NotFoundOrValidationError = blank();
    decode(br#"{"login":"a","id":1}"#, error.select(1)).unwrap();
    assert!(matches!(
        error,
        NotFoundOrValidationError::UnprocessableEntity(_)
    ));
}

#[test]
fn constructors_take_what_is_required() {
    let user = User::new("me".to_owned(), 1);
    let mut issue = Issue::new(1, "t".to_owned(), IssueState::Open, Vec::new(), user);
    issue.state_reason = Nullable::from(IssueStateReason::NotPlanned);
    issue.labels.push("bug".to_owned().into());
    issue
        .labels
        .push(IssueLabelsItem::Label(Label::new("x".to_owned())));
    assert_eq!(
        write(&issue, Mode::Request),
        r#"{"id":1,"title":"t","state":"open","state_reason":"not_planned","closed_at":null,"labels":["bug",{"name":"x"}],"user":{"login":"me","id":1}}"#
    );
}

#[test]
fn deep_json_is_refused() {
    let deep = "{\"parent\":".repeat(5000);
    assert!(
        read::<Issue>(&deep)
            .unwrap_err()
            .to_string()
            .contains("at most 200 levels")
    );
    let arrays = "[".repeat(100_000);
    assert!(Json::parse(arrays.as_bytes()).is_err());
    let unknown = format!("{{\"login\":\"a\",\"id\":1,\"x\":{arrays}");
    assert!(read::<User>(&unknown).is_err());
}

#[test]
fn byte_order_mark_is_passed_over_and_trailing_text_is_not() {
    assert!(read::<User>("\u{feff}{\"login\":\"a\",\"id\":1} ").is_ok());
    let error = read::<User>("{\"login\":\"a\",\"id\":1} x").unwrap_err();
    assert!(error.is_syntax(), "{error}");
}

#[cfg(feature = "serde")]
#[test]
fn serde_goes_by_the_tables() {
    let issue = issue();
    let text = serde_json::to_string(&issue).unwrap();
    assert_eq!(text, write(&issue, Mode::Whole));
    assert_eq!(serde_json::from_str::<Issue>(&text).unwrap(), issue);
    let error = serde_json::from_str::<Issue>("{}").unwrap_err().to_string();
    assert!(
        error.starts_with("$.id: expected a value, found nothing"),
        "{error}"
    );
}

#[test]
fn null_under_a_key_of_a_map_stays() {
    let text = r#"{"a":1.5,"b":null}"#;
    let json = Json::parse(text.as_bytes()).expect("JSON");
    let map: BTreeMap<String, Option<f64>> = json.to_model().expect("a map");
    assert_eq!(map["b"], None);
    assert_eq!(Json::from_model(&map).expect("JSON"), json);
}
