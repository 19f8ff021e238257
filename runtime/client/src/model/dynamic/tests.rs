use super::{Alternative, Definition, Property, Shape, Types, TypesError};
use crate::codec::json::{Mode, decode, encode};
use crate::model::{Field, Format, Member};

/// A tree whose nodes hold a nullable name, an open enumeration, a union of a string
/// and a node, and further properties.
fn tree() -> &'static Types {
    let node = Definition::Object {
        name: "Node".to_owned(),
        properties: vec![
            Property::new("id", Field::REQUIRED, Shape::I64),
            Property::new("name", Field::NULLABLE, Shape::nullable(Shape::String)),
            Property::new(
                "owner",
                Field::REQUIRED | Field::NULLABLE,
                Shape::optional(Shape::String),
            ),
            Property::new("kind", 0, Shape::optional(Shape::Named(1))),
            Property::new("parent", 0, Shape::optional(Shape::Named(2))),
            Property::new("children", 0, Shape::optional(Shape::list(Shape::Named(0)))),
        ],
        additional: Some(Shape::F64),
    };
    let kind = Definition::StringEnum {
        values: vec!["leaf".to_owned(), "branch".to_owned()],
    };
    let member = |shape, types, required: &[&str]| Alternative {
        shape,
        types,
        tags: Vec::new(),
        required: required.iter().map(|name| (*name).to_owned()).collect(),
        constants: Vec::new(),
    };
    let parent = Definition::Union {
        name: "Parent".to_owned(),
        discriminator: None,
        members: vec![
            member(Shape::String, Member::STRING, &[]),
            member(Shape::Named(0), Member::OBJECT, &["id", "owner"]),
        ],
    };
    let map = Definition::Alias(Shape::map(Shape::Named(0)));
    let level = Definition::IntegerEnum { values: vec![1, 2] };
    let nulls = Definition::Object {
        name: "Nulls".to_owned(),
        properties: vec![Property::new("any", 0, Shape::optional(Shape::Json))],
        additional: Some(Shape::optional(Shape::Bool)),
    };
    let pair = Definition::Alias(Shape::Tuple(
        vec![Shape::String, Shape::optional(Shape::I64)],
        Some(Box::new(Shape::Bool)),
    ));
    let flag = Definition::Alias(Shape::list(Shape::text::<Flag>()));
    Types::new(vec![node, kind, parent, map, level, nulls, pair, flag]).expect("types")
}

/// A format: `on` or `off`.
struct Flag(bool);

impl Format for Flag {
    const EXPECTED: &'static str = "on or off";
    fn blank() -> Self {
        Self(false)
    }
    fn read(text: &str) -> Option<Self> {
        matches!(text, "on" | "off").then(|| Self(text == "on"))
    }
    fn write(&self, out: &mut String) {
        out.push_str(if self.0 { "on" } else { "off" });
    }
    fn same(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

#[track_caller]
fn round_trip(index: usize, text: &str) {
    let mut value = tree().blank(index);
    decode(text.as_bytes(), value.slot()).expect(text);
    let out = encode(value.view(), Mode::Whole).expect(text);
    assert_eq!(String::from_utf8_lossy(&out), text);
    assert_eq!(value, value.clone());
}

#[test]
fn what_is_read_is_written() {
    round_trip(0, r#"{"id":1,"owner":null}"#);
    round_trip(0, r#"{"id":1,"name":null,"owner":"a","kind":"leaf"}"#);
    round_trip(0, r#"{"id":1,"name":"n","owner":"a","kind":"new"}"#);
    round_trip(0, r#"{"id":1,"owner":"a","parent":"root","x":1.5,"y":2.5}"#);
    round_trip(
        0,
        r#"{"id":1,"owner":"a","parent":{"id":2,"owner":null,"children":[]},"children":[{"id":3,"owner":"b"}]}"#,
    );
    // No member takes a number: it is kept.
    round_trip(0, r#"{"id":1,"owner":"a","parent":7}"#);
    round_trip(3, r#"{"a":{"id":1,"owner":null},"b":{"id":2,"owner":"c"}}"#);
    round_trip(4, "2");
    round_trip(4, "3");
    // Nulls that mean something: of any JSON, and under a key of a map.
    round_trip(5, r#"{"any":null,"a":null,"b":true}"#);
    round_trip(5, "{}");
    for text in [r#"["a"]"#, r#"["a",1]"#, r#"["a",1,true,false]"#] {
        round_trip(6, text);
    }
    round_trip(7, r#"["on","off"]"#);
}

#[test]
fn what_is_missing_or_of_another_type_is_an_error() {
    for text in [r#"{"id":1}"#, r#"{"id":"1","owner":null}"#, "[]"] {
        let mut value = tree().blank(0);
        assert!(decode(text.as_bytes(), value.slot()).is_err(), "{text}");
    }
}

#[test]
fn a_value_shows_itself_as_a_struct() {
    let mut value = tree().blank(0);
    decode(br#"{"id":1,"owner":"a"}"#, value.slot()).expect("decoded");
    assert_eq!(format!("{value:?}"), r#"Node { id: 1, owner: "a" }"#);
}

#[test]
fn definitions_are_checked() {
    let object = |shape| Definition::Object {
        name: String::new(),
        properties: vec![Property::new("a", 0, shape)],
        additional: None,
    };
    let missing = Types::new(vec![object(Shape::list(Shape::Named(1)))]);
    assert_eq!(
        missing.err(),
        Some(TypesError::Missing {
            definition: 0,
            named: 1
        })
    );
    let endless = Types::new(vec![object(Shape::Named(1)), object(Shape::Named(0))]);
    assert!(matches!(endless, Err(TypesError::Endless { .. })));
    let alias = Types::new(vec![Definition::Alias(Shape::Named(0))]);
    assert_eq!(alias.err(), Some(TypesError::Endless { definition: 0 }));
    // Two ways to one type are no loop.
    let shared = Definition::Object {
        name: String::new(),
        properties: vec![
            Property::new("a", 0, Shape::Named(1)),
            Property::new("b", 0, Shape::Named(1)),
        ],
        additional: None,
    };
    assert!(Types::new(vec![shared, object(Shape::optional(Shape::Named(0)))]).is_ok());
    // A definition that is not there has no value.
    assert!(decode(b"1", tree().blank(99).slot()).is_ok());
}
