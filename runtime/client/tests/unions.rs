//! How members of a union are told apart.

#![allow(missing_docs)]

use pontoon_runtime::codec::json::{DecodeError, Mode, decode, encode};
use pontoon_runtime::codegen::*;

/// A union of the given members, each with its type.
macro_rules! one_of {
    ($name:ident, $discriminator:expr, $($index:literal $variant:ident($type:ty) = $member:expr),* $(,)?) => {
        #[derive(Clone)]
        enum $name { $($variant($type),)* Unknown(Json) }
        models! { $name }
        impl Union for $name {
            fn table(&self) -> &'static UnionTable {
                static TABLE: UnionTable = UnionTable {
                    name: stringify!($name),
                    discriminator: $discriminator,
                    members: &[$($member),*],
                };
                &TABLE
            }
            fn select(&mut self, index: usize) -> Slot<'_> {
                match index {
                    $($index => {
                        *self = Self::$variant(blank());
                        if let Self::$variant(value) = self {
                            return value.slot();
                        }
                    })*
                    _ => {}
                }
                Slot::Unit
            }
            fn set_unknown(&mut self, value: Json) {
                *self = Self::Unknown(value);
            }
        }
        impl Reflect for $name {
            fn blank() -> Self {
                Self::Unknown(Json::Null)
            }
            fn slot(&mut self) -> Slot<'_> {
                Slot::Union(self)
            }
            fn view(&self) -> View<'_> {
                match self {
                    $(Self::$variant(value) => value.view(),)*
                    Self::Unknown(value) => value.view(),
                }
            }
        }
        impl $name {
            fn variant(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => stringify!($variant),)*
                    Self::Unknown(_) => "Unknown",
                }
            }
        }
    };
}

macro_rules! object {
    ($name:ident { $($index:literal $field:ident: $type:ty = $flags:expr),* $(,)? }) => {
        #[derive(Clone)]
        struct $name { $($field: $type,)* }
        models! { $name }
        impl Reflect for $name {
            fn blank() -> Self {
                Self { $($field: blank(),)* }
            }
            fn table(&self) -> &'static Table {
                &Table {
                    name: stringify!($name),
                    fields: &[$(Field { name: stringify!($field), flags: $flags },)*],
                    additional: false,
                }
            }
            fn slot_at(&mut self, index: usize) -> Slot<'_> {
                match index { $($index => self.$field.slot(),)* _ => Slot::Unit }
            }
            fn view_at(&self, index: usize) -> View<'_> {
                match index { $($index => self.$field.view(),)* _ => View::Absent }
            }
        }
    };
}

const R: u8 = Field::REQUIRED;

object! { Customer { 0 id: String = R, 1 object: Kind = R, 2 name: Option<String> = 0 } }
object! { Deleted { 0 id: String = R, 1 deleted: bool = R, 2 object: Kind = R } }
object! { Small { 0 id: i64 = R, 1 note: Option<String> = 0 } }
object! { Large { 0 id: i64 = R, 1 note: Option<String> = 0, 2 extra: Option<String> = 0 } }
object! { Cat { 0 kind: String = R, 1 lives: i64 = R } }
object! { Dog { 0 kind: String = R, 1 good: bool = R } }
object! { Tree { 0 children: Vec<Node> = R } }
object! { Bush { 0 children: Vec<Node> = R, 1 green: Option<bool> = 0 } }
open_enum! { pub enum Kind { Customer = "customer" } }
open_enum! { pub enum Mode1 { Auto = "auto", None = "none" } }

one_of!(Expandable, None,
    0 Id(String) = Member::of(Member::STRING),
    1 Customer(Box<Customer>) = Member::object(&[], &["id", "object"], &[("object", "customer")]),
    2 Deleted(Deleted) = Member::object(&[], &["deleted", "id"], &[("object", "customer")]),
);
one_of!(Pet, Some("kind"),
    0 Cat(Cat) = Member::object(&["cat", "kitten"], &["kind"], &[]),
    1 Dog(Dog) = Member::object(&["dog"], &["kind"], &[]),
);
one_of!(Sized, None,
    0 Small(Small) = Member::object(&[], &["id"], &[]),
    1 Large(Large) = Member::object(&[], &["id"], &[]),
);
one_of!(Scalar, None,
    0 Flag(bool) = Member::of(Member::BOOL),
    1 Integer(i64) = Member::of(Member::INTEGER),
    2 Number(f64) = Member::of(Member::NUMBER),
    3 Mode(Mode1) = Member::of(Member::STRING),
    4 Text(String) = Member::of(Member::STRING),
    5 Numbers(Vec<i64>) = Member::of(Member::ARRAY),
    6 Texts(Vec<String>) = Member::of(Member::ARRAY),
);
one_of!(Modes, None, 0 Mode(Mode1) = Member::of(Member::STRING));
one_of!(Node, None,
    0 Tree(Tree) = Member::object(&[], &["children"], &[]),
    1 Bush(Bush) = Member::object(&[], &["children"], &[]),
);

fn read<T: Reflect>(text: &str) -> Result<T, DecodeError> {
    let mut value: T = blank();
    decode(text.as_bytes(), value.slot())?;
    Ok(value)
}

macro_rules! variant {
    ($type:ty, $text:expr) => {{
        let value: $type = read($text).unwrap();
        let written = encode(value.view(), Mode::Whole).unwrap();
        assert_eq!(
            read::<$type>(std::str::from_utf8(&written).unwrap()).unwrap(),
            value
        );
        value.variant()
    }};
}

object!(Live { 0 id: String = Field::REQUIRED, 1 deleted: Option<bool> = 0 });
object!(Gone { 0 id: String = Field::REQUIRED, 1 deleted: Option<bool> = 0 });
object!(Next { 0 id: String = Field::REQUIRED, 1 deleted: Option<i64> = 0 });
one_of!(
    Flagged, None,
    0 Live(Live) = Member::object(&[], &["id"], &[("deleted", "false")]),
    1 Gone(Gone) = Member::object(&[], &["id"], &[("deleted", "true")]),
    2 Next(Next) = Member::object(&[], &["id"], &[("deleted", "2")]),
);

#[test]
fn booleans_and_integers_are_constants_too() {
    for (text, variant) in [
        (r#"{"id":"a","deleted":false}"#, "Live"),
        (r#"{"id":"a","deleted":true}"#, "Gone"),
        (r#"{"deleted":2,"id":"a"}"#, "Next"),
        (r#"{"id":"a"}"#, "Live"),
        (r#"{"id":"a","deleted":[3]}"#, "Unknown"),
    ] {
        let mut value: Flagged = blank();
        decode(text.as_bytes(), value.slot()).unwrap();
        assert_eq!(value.variant(), variant, "{text}");
    }
}

#[test]
fn members_are_told_apart_by_type_required_properties_and_constants() {
    assert_eq!(variant!(Expandable, r#""cus_1""#), "Id");
    assert_eq!(
        variant!(Expandable, r#"{"id":"a","object":"customer"}"#),
        "Customer"
    );
    assert_eq!(
        variant!(
            Expandable,
            r#"{"object":"customer","deleted":true,"id":"a"}"#
        ),
        "Deleted"
    );
    assert_eq!(
        variant!(Expandable, r#"{"id":"a","object":"card"}"#),
        "Unknown"
    );
    assert_eq!(variant!(Expandable, r#"{"object":"customer"}"#), "Unknown");
    assert_eq!(variant!(Expandable, "7"), "Unknown");
}

#[test]
fn a_lone_member_by_constants_reports_its_errors() {
    let error = read::<Expandable>(r#"{"id":"a","object":"customer","name":7}"#).unwrap_err();
    assert_eq!(error.path(), "$.name");
}

#[test]
fn discriminators_decide() {
    assert_eq!(variant!(Pet, r#"{"lives":9,"kind":"kitten"}"#), "Cat");
    assert_eq!(variant!(Pet, r#"{"kind":"dog","good":true}"#), "Dog");
    assert_eq!(variant!(Pet, r#"{"kind":"fish","wet":true}"#), "Unknown");
    assert_eq!(variant!(Pet, r#"{"lives":9}"#), "Unknown");
    let error = read::<Pet>(r#"{"kind":"dog","lives":9}"#).unwrap_err();
    assert_eq!(
        error.to_string(),
        "$.good: expected a value, found nothing (byte 24)"
    );
}

#[test]
fn the_member_that_knows_most_is_taken_then_the_first() {
    assert_eq!(variant!(Sized, r#"{"id":1,"note":"x"}"#), "Small");
    assert_eq!(variant!(Sized, r#"{"id":1,"extra":"x"}"#), "Large");
    assert_eq!(variant!(Sized, r#"{"id":1,"extra":7}"#), "Small");
    assert_eq!(variant!(Sized, r#"{"id":"x"}"#), "Unknown");
}

#[test]
fn scalars_and_lists_are_tried() {
    assert_eq!(variant!(Scalar, "true"), "Flag");
    assert_eq!(variant!(Scalar, "1"), "Integer");
    assert_eq!(variant!(Scalar, "1.5"), "Number");
    assert_eq!(variant!(Scalar, r#""auto""#), "Mode");
    assert_eq!(variant!(Scalar, r#""other""#), "Text");
    assert_eq!(variant!(Scalar, "[1,2]"), "Numbers");
    assert_eq!(variant!(Scalar, r#"["a"]"#), "Texts");
    assert_eq!(variant!(Scalar, r#"["a",1]"#), "Unknown");
    assert_eq!(variant!(Scalar, "null"), "Unknown");
    assert_eq!(variant!(Modes, r#""other""#), "Mode");
}

#[test]
fn a_failed_trial_leaves_the_rest_readable() {
    let all: Vec<Scalar> = read(r#"[["a"],1.5,[[1]],"auto",{"x":[{}]},true]"#).unwrap();
    let variants: Vec<&str> = all.iter().map(Scalar::variant).collect();
    assert_eq!(
        variants,
        ["Texts", "Number", "Unknown", "Mode", "Unknown", "Flag"]
    );
}

/// Each level has two members that fit; without a bound this takes 4^60 steps.
#[test]
fn hostile_nesting_ends() {
    let deep = format!("{}7{}", r#"{"children":["#.repeat(60), "]}".repeat(60));
    let value: Node = read(&deep).unwrap();
    assert!(!value.variant().is_empty());
    let start = std::time::Instant::now();
    let wide = format!("[{}]", vec![deep; 40].join(","));
    let _ = read::<Vec<Node>>(&wide);
    assert!(start.elapsed().as_secs() < 20);
}
