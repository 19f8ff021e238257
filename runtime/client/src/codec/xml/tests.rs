use super::{decode, encode};
use crate::json::Json;
use crate::model::{Field, Reflect, Slot, Table, View};
use crate::xml::{Xml, XmlField, XmlType};
use std::collections::BTreeMap;

macro_rules! object {
    ($name:ident { $($index:literal $field:ident: $type:ty = $row:expr),* $(,)? }) => {
        #[derive(Clone, Default)]
        struct $name { $($field: $type),* }
        impl Reflect for $name {
            fn blank() -> Self {
                Self::default()
            }
            fn slot(&mut self) -> Slot<'_> {
                Slot::Model(self)
            }
            fn view(&self) -> View<'_> {
                View::Model(self)
            }
            fn table(&self) -> &'static Table {
                static TABLE: Table =
                    Table { name: stringify!($name), fields: &[$($row),*], additional: false };
                &TABLE
            }
            fn slot_at(&mut self, index: usize) -> Slot<'_> {
                match index {
                    $($index => self.$field.slot(),)*
                    _ => Slot::Unit,
                }
            }
            fn view_at(&self, index: usize) -> View<'_> {
                match index {
                    $($index => self.$field.view(),)*
                    _ => View::Absent,
                }
            }
        }
    };
}

object! { Owner {
    0 id: String = Field::required("ID"),
    1 name: Option<String> = Field::optional("DisplayName"),
} }
object! { Entry {
    0 key: String = Field::required("Key"),
    1 size: Option<i64> = Field::optional("Size"),
    2 owner: Option<Owner> = Field::optional("Owner"),
} }
object! { Listing {
    0 name: String = Field::required("Name"),
    1 truncated: bool = Field::required("IsTruncated"),
    2 entries: Vec<Entry> = Field::required("Contents"),
    3 prefixes: Option<Vec<String>> = Field::optional("Prefixes"),
    4 kind: Option<String> = Field::optional("type"),
    5 note: Option<String> = Field::optional("note"),
    6 tags: Option<BTreeMap<String, String>> = Field::optional("tags"),
    7 hidden: Option<String> = Field::new("hidden", Field::READ_ONLY),
} }

static XML: Xml = Xml {
    root: "ListResult",
    item: "",
    namespace: ("", "http://example.com/doc"),
    types: &[XmlType {
        name: "Listing",
        fields: &[
            XmlField::new(3, "CommonPrefixes", "Prefix", XmlField::WRAPPED),
            XmlField::new(4, "", "", XmlField::ATTRIBUTE).within("x", ""),
            XmlField::new(5, "", "", XmlField::TEXT),
        ],
    }],
};

const DOCUMENT: &str = r#"<?xml version="1.0"?>
<!DOCTYPE ListResult>
<!-- a list -->
<ListResult xmlns="http://example.com/doc" xmlns:x="urn:x" x:type="a &amp; b">
  <Name>photos &lt;&#x31;&gt;<![CDATA[<&>]]></Name>
  <IsTruncated> false </IsTruncated>
  <Unknown><Deep>1</Deep></Unknown>
  <Contents><Key>a</Key><Size>5</Size><Owner><ID>7</ID></Owner></Contents>
  <Contents><Key/><Size/></Contents>
  <CommonPrefixes><Prefix>p/</Prefix><Prefix>q/</Prefix></CommonPrefixes>
  <tags><k>v</k></tags>
</ListResult>"#;

fn listing(text: &str) -> Listing {
    let mut value = Listing::default();
    decode(text, &XML, value.slot()).expect("a listing");
    value
}

#[test]
fn documents_are_read_by_type() {
    let value = listing(DOCUMENT);
    assert_eq!(value.name, "photos <1><&>");
    assert!(!value.truncated);
    assert_eq!(value.entries.len(), 2);
    assert_eq!(value.entries[0].size, Some(5));
    assert_eq!(value.entries[0].owner.as_ref().expect("an owner").id, "7");
    assert_eq!(value.entries[1].key, "");
    assert_eq!(value.entries[1].size, None);
    assert_eq!(
        value.prefixes.as_deref(),
        Some(&["p/".to_owned(), "q/".to_owned()][..])
    );
    assert_eq!(value.kind.as_deref(), Some("a & b"));
    assert_eq!(value.tags.expect("tags")["k"], "v");
}

#[test]
fn what_is_written_is_read_again() {
    let mut value = listing(DOCUMENT);
    value.note = Some("a < b & \"c\"".to_owned());
    value.hidden = Some("never sent".to_owned());
    let text = String::from_utf8(encode(value.view(), &XML).expect("XML")).expect("UTF-8");
    assert!(text.starts_with(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ListResult xmlns=\"http://example.com/doc\" x:type=\"a &amp; b\"><Name>"
    ), "{text}");
    assert!(!text.contains("never sent"));
    let again = listing(&text);
    assert!(crate::model::equal(again.view_at(2), value.view_at(2)));
    assert_eq!(again.note, value.note);
    assert_eq!(again.prefixes, value.prefixes);
    assert_eq!(again.name, value.name);
}

#[test]
fn lists_come_in_both_forms() {
    let flat = "<R><Name>n</Name><IsTruncated>1</IsTruncated><CommonPrefixes><Prefix/></CommonPrefixes></R>";
    assert_eq!(listing(flat).prefixes.map(|list| list.len()), Some(1));
    assert!(listing(flat).truncated);
    // The type is inside an envelope.
    let envelope = "<Response><Result><Name>n</Name><IsTruncated>0</IsTruncated></Result><Id>1</Id></Response>";
    assert_eq!(listing(envelope).name, "n");
    // Around its items, though nothing says so; an unknown element is no item.
    let entries = |text: &str| {
        let text = format!("<R><Name>n</Name><IsTruncated>0</IsTruncated>{text}</R>");
        let read = listing(&text).entries;
        read.into_iter().map(|entry| entry.key).collect::<Vec<_>>()
    };
    let around = "<Contents><E><Key>a</Key></E><E><Key>b</Key></E></Contents>";
    assert_eq!(entries(around), ["a", "b"]);
    assert_eq!(entries("<Contents/>"), [""; 0]);
    let one = "<Contents><Key>a</Key><Other><Key>b</Key></Other></Contents>";
    assert_eq!(entries(one), ["a"]);
    // A list at the root.
    let mut list: Vec<Owner> = Vec::new();
    decode(
        "<a><b><ID>1</ID></b><b><ID>2</ID></b></a>",
        &XML,
        list.slot(),
    )
    .expect("a list");
    assert_eq!(list[1].id, "2");
}

#[test]
fn values_without_a_type_are_json() {
    let mut value = Json::Null;
    let text = "<a k=\"1\"><b>x</b><b>y</b><c><d/></c></a>";
    decode(text, &XML, value.slot()).expect("JSON");
    assert_eq!(value.to_string(), r#"{"b":["x","y"],"c":{"d":""},"k":"1"}"#);
}

#[test]
fn a_missing_or_wrong_value_names_its_place() {
    let mut value = Listing::default();
    let text = "<R><Name>n</Name><IsTruncated>0</IsTruncated><Contents><Size>x</Size><Key>k</Key></Contents></R>";
    let error = decode(text, &XML, value.slot()).expect_err("no number");
    assert_eq!(error.path(), "$.Contents[0].Size");
    let error = decode("<R><Name>n</Name></R>", &XML, value.slot()).expect_err("missing");
    assert_eq!(error.path(), "$.IsTruncated");
}

#[test]
fn hostile_documents_are_refused() {
    let mut value = Json::Null;
    let deep = "<a>".repeat(100_000);
    for text in [
        "",
        "x",
        "<a>",
        "<a></b>",
        "<a/><b/>",
        "<a>&bomb;</a>",
        deep.as_str(),
    ] {
        assert!(decode(text, &XML, value.slot()).is_err(), "{text:.20}");
    }
    let bomb = "<!DOCTYPE a [<!ENTITY b \"bb\">]><a>&b;</a>";
    assert!(decode(bomb, &XML, value.slot()).is_err());
    assert!(encode(View::Str("\u{0}"), &XML).is_err());
    let map = BTreeMap::from([("no name".to_owned(), "x".to_owned())]);
    assert!(encode(map.view(), &XML).is_err());
    let mut value = listing(DOCUMENT);
    value.kind = Some("\u{1}".to_owned());
    assert!(encode(value.view(), &XML).is_err());
}

#[test]
fn white_space_of_an_attribute_is_kept() {
    let mut value = listing(DOCUMENT);
    value.kind = Some("a\tb\r\nc ".to_owned());
    let text = String::from_utf8(encode(value.view(), &XML).expect("XML")).expect("UTF-8");
    assert_eq!(listing(&text).kind, value.kind, "{text}");
}

#[test]
fn null_and_the_only_property() {
    static BARE: Xml = Xml {
        root: "",
        item: "",
        namespace: ("", ""),
        types: &[],
    };
    let map = BTreeMap::from([(
        "Limit".to_owned(),
        Some(Owner {
            id: "1".to_owned(),
            name: None,
        }),
    )]);
    let text = String::from_utf8(encode(map.view(), &BARE).expect("XML")).expect("UTF-8");
    assert!(text.ends_with("?><Limit><ID>1</ID></Limit>"), "{text}");
    // A list is as many elements as it has items, so that it is no root.
    for list in ["[]", "[\"1\"]", "[\"1\",\"2\"]"] {
        let value: Json = format!("{{\"Limit\":{list}}}").parse().expect("JSON");
        let text = String::from_utf8(encode(value.view(), &BARE).expect("XML")).expect("UTF-8");
        assert!(text.contains("?><root>"), "{text}");
        let mut again: BTreeMap<String, Json> = BTreeMap::new();
        decode(&text, &BARE, again.slot()).expect("a map");
        assert_eq!(again.contains_key("Limit"), list != "[]");
    }
    let mut owner = Some(Owner::default());
    let nil = "<a xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:nil=\"true\"/>";
    decode(nil, &BARE, owner.slot()).expect("null");
    assert!(owner.is_none());
}
