use super::{Json, Number};

fn number(text: &str) -> Number {
    Number::from_checked(text)
}

#[test]
fn numbers_keep_their_exact_text_value() {
    for text in [
        "0",
        "-0.0",
        "9223372036854775807",
        "-9223372036854775808",
        "18446744073709551615",
        "18446744073709551616",
        "0.1",
        "123456789.125",
        "0.30000000000000004",
        "3.14159265358979323846264338327950288",
        "1e400",
        "-1e-400",
        "1e99999999999999999999999",
    ] {
        let value = Json::parse(text.as_bytes()).unwrap();
        assert_eq!(value.to_string(), text);
    }
}

#[test]
fn numbers_are_equal_by_value() {
    assert_eq!(number("1"), number("1.0"));
    assert_eq!(number("100"), number("1e2"));
    assert_eq!(number("0"), number("-0"));
    assert_ne!(
        number("18446744073709551616"),
        number("18446744073709551617")
    );
    assert_ne!(number("1"), number("-1"));
}

#[test]
fn integers_are_had_from_any_form() {
    assert_eq!(number("1.50e1").as_i64(), Some(15));
    assert_eq!(number("1e18").as_i64(), Some(1_000_000_000_000_000_000));
    assert_eq!(number("-9.223372036854775808e18").as_i64(), Some(i64::MIN));
    assert_eq!(number("9223372036854775808").as_i64(), None);
    assert_eq!(number("1.5").as_i64(), None);
    assert_eq!(number("-1").as_u64(), None);
    assert_eq!(number("18446744073709551615.0").as_u64(), Some(u64::MAX));
    assert_eq!(number("1e99999999999999999999").as_i64(), None);
    assert_eq!(number("1e400").as_f64(), None);
}

#[test]
fn values_are_found() {
    let value = Json::parse(br#"{"a":[1,{"b/c":true,"~":null}],"":0}"#).unwrap();
    assert_eq!(value["a"][1]["b/c"].as_bool(), Some(true));
    assert_eq!(value.pointer("/a/1/b~1c"), Some(&Json::Bool(true)));
    assert_eq!(value.pointer("/a/1/~0"), Some(&Json::Null));
    assert_eq!(value.pointer("/"), Some(&Json::from(0i64)));
    assert_eq!(value.pointer(""), Some(&value));
    assert_eq!(value.pointer("/a/01"), None);
    assert_eq!(value.pointer("a"), None);
    assert_eq!(value.get("missing"), None);
    assert!(value["a"]["b"][7].is_null());
}

#[test]
fn text_round_trips() {
    let text = r#"{"a":[null,true,-1.5,"\"\\\n\u0001é😀"],"b":{}}"#;
    let value: Json = text.parse().unwrap();
    assert_eq!(value.to_string(), text);
    assert_eq!(value["a"][3].as_str(), Some("\"\\\n\u{1}é😀"));
}

#[test]
fn values_are_made_from_rust_values() {
    let value = Json::from([
        ("a", Json::from(vec![1i64, 2])),
        ("b", Json::from(None::<bool>)),
    ]);
    assert_eq!(value.to_string(), r#"{"a":[1,2],"b":null}"#);
    assert_eq!(Json::from(f64::NAN), Json::Null);
    assert_eq!(Json::from(2.5).as_f64(), Some(2.5));
    assert_eq!(
        ["x", "y"].into_iter().collect::<Json>()[1].as_str(),
        Some("y")
    );
}
