//! Tuples and enumerations of several types, as generated code has them.

#![allow(missing_docs)]

use pontoon_runtime::codec::json::{DecodeError, Mode, decode, encode};
use pontoon_runtime::codegen::*;

open_value_enum! {
    pub enum Size {
        Auto = Str("auto"),
        One = I64(1),
        Half = F64(0.5),
        Yes = Bool(true),
    }
    unknown Unknown
}

fn read<T: Reflect>(text: &str) -> Result<T, DecodeError> {
    let mut value: T = blank();
    decode(text.as_bytes(), value.slot()).map(|()| value)
}

fn written<T: Reflect>(value: &T) -> String {
    String::from_utf8(encode(value.view(), Mode::Request).unwrap()).unwrap()
}

#[test]
fn values_of_several_types_are_told_apart_and_kept() {
    assert_eq!(read::<Size>("\"auto\"").unwrap(), Size::Auto);
    assert_eq!(read::<Size>("1").unwrap(), Size::One);
    assert_eq!(read::<Size>("1.0").unwrap(), Size::One);
    assert_eq!(read::<Size>("0.5").unwrap(), Size::Half);
    assert_eq!(read::<Size>("true").unwrap(), Size::Yes);
    for text in ["\"1\"", "false", "2", "[1]", "{\"a\":1}", "\"\""] {
        let value: Size = read(text).unwrap();
        assert!(matches!(value, Size::Unknown(_)), "{text}");
        assert_eq!(written(&value), text);
    }
    assert!(read::<Size>("null").is_err());
    assert_eq!(
        Size::KNOWN.iter().map(written).collect::<Vec<_>>(),
        ["\"auto\"", "1", "0.5", "true"]
    );
    assert_eq!(Size::from(Json::from(true)), Size::Yes);
    assert_eq!(Size::Half.to_json(), Json::from(0.5));
    assert_eq!(Size::Half.to_string(), "0.5");
}

#[test]
fn tuples_are_arrays() {
    type Pair = (String, i64);
    let pair: Pair = read("[\"a\", 1]").unwrap();
    assert_eq!(pair, ("a".to_owned(), 1));
    assert_eq!(written(&pair), "[\"a\",1]");
    // What is past the end is not kept, as an object's unknown properties are not.
    assert_eq!(read::<Pair>("[\"a\", 1, {}]").unwrap(), pair);
    let error = read::<Pair>("[\"a\"]").unwrap_err().to_string();
    assert!(error.contains("[1]"), "{error}");
    assert!(read::<Pair>("[1, \"a\"]").is_err());
    assert!(read::<Pair>("{}").is_err());
}

#[test]
fn items_at_the_end_of_a_tuple_may_be_absent_or_null() {
    type Row = (String, Option<i64>, Nullable<i64>);
    let row: Row = read("[\"a\"]").unwrap();
    assert_eq!(row, ("a".to_owned(), None, Nullable::Absent));
    assert_eq!(written(&row), "[\"a\"]");
    let row: Row = read("[\"a\", 1, null]").unwrap();
    assert_eq!(row, ("a".to_owned(), Some(1), Nullable::Null));
    assert_eq!(written(&row), "[\"a\",1,null]");
}

#[test]
fn a_tuple_goes_on_with_a_list() {
    type Row = Tail<(String, Nullable<i64>), bool>;
    let row: Row = read("[\"a\", null, true, false]").unwrap();
    assert_eq!(row.head, ("a".to_owned(), Nullable::Null));
    assert_eq!(row.rest, [true, false]);
    assert_eq!(written(&row), "[\"a\",null,true,false]");
    assert_eq!(written(&read::<Row>("[\"a\"]").unwrap()), "[\"a\"]");
    assert!(read::<Row>("[\"a\", 1, 2]").is_err());
    let mut list: Vec<Row> = read("[[\"a\", 1, true], [\"b\", 2]]").unwrap();
    assert!(list.remove(1).rest.is_empty());
}
