use super::*;
use crate::json::{Json, JsonObject};
use crate::model::{Field, Reflect, Slot, Table};

#[test]
fn plain_texts_end_where_they_do() {
    let alphabet = [
        b'a', b'"', b'\\', 0x1F, 0x20, 0x7F, 0x80, 0xFF, 0xA2, 0xDC, 0,
    ];
    let mut seed = 7usize;
    for length in 0..40 {
        for _ in 0..200 {
            let data: Vec<u8> = (0..length)
                .map(|_| {
                    seed = seed
                        .wrapping_mul(0x5851_F42D_4C95_7F2D)
                        .wrapping_add(0x1405);
                    match (seed >> 33) % 24 {
                        rare @ 0..11 => alphabet[rare],
                        _ => b'x',
                    }
                })
                .collect();
            let expected = data
                .iter()
                .position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1F));
            assert_eq!(plain_end(&data, 0), expected.unwrap_or(length), "{data:?}");
        }
    }
}

#[test]
fn integers_are_those_of_jiter() {
    for text in [
        "0",
        "-0",
        "7",
        "-7",
        "00",
        "01",
        "-",
        "-01",
        "1.0",
        "1e2",
        "12E1",
        "1x",
        "1 ",
        "999999999999999999",
        "-999999999999999999",
        "9999999999999999999",
        "9223372036854775807",
        "-9223372036854775808",
        "9223372036854775808",
        "1]",
    ] {
        let mut cursor = Cursor::new(text.as_bytes());
        let peek = Peek::new(text.as_bytes()[0]);
        let mut jiter = Jiter::new(text.as_bytes());
        let expected = match jiter.known_int(peek) {
            Ok(NumberInt::Int(value)) => Some((value, jiter.current_index())),
            _ => None,
        };
        let found = cursor.known_int(peek);
        let found = found.map(|value| (value, cursor.current_index()));
        assert_eq!(found, expected, "{text}");
        if found.is_none() {
            assert_eq!(cursor.current_index(), 0, "{text}");
        }
    }
}

/// Has some of the names of the texts below, two of which are escaped in a text.
#[derive(Debug, Default)]
struct Named([Option<Json>; 6], std::collections::BTreeMap<String, Json>);

static NAMED: Table = Table {
    name: "Named",
    fields: &[
        Field::optional("a"),
        Field::optional("bc"),
        Field::optional("long name of a property"),
        Field::optional("q\"t"),
        Field::optional("n\\n"),
        Field::optional("n"),
    ],
    additional: true,
};

impl Reflect for Named {
    fn blank() -> Self {
        Self::default()
    }
    fn table(&self) -> &'static Table {
        &NAMED
    }
    fn slot_at(&mut self, index: usize) -> Slot<'_> {
        match self.0.get_mut(index) {
            Some(value) => value.slot(),
            None => self.1.slot(),
        }
    }
    fn view_at(&self, _: usize) -> crate::model::View<'_> {
        crate::model::View::Absent
    }
}

impl Named {
    /// As any JSON.
    fn whole(self) -> JsonObject {
        let names = NAMED.fields.iter().map(|field| field.name.to_owned());
        let known = names.zip(self.0);
        let known = known.filter_map(|(name, value)| Some((name, value?)));
        known.chain(self.1).collect()
    }
}

/// Whatever is done to a text, it is JSON exactly where jiter says so.
#[test]
fn texts_are_json_where_jiter_says_so() {
    const TEXTS: [&str; 5] = [
        r#"{"a":1,"bc":null,"long name of a property":[{}],"q\"t":2,"n\n":3,"n":"x"}"#,
        r#" {"a": [1, -2.5e3, "x\n\u00e9é", true, null], "bc":{"d" : false , "":[]} } "#,
        r#"[[],[{}],{"long name of a property":"https://h.example/a?b=\"c\"","n":0}]"#,
        "{\r\n\t\"k\" :\t123456789012345678901234,\"k\":-0,\"s\":\"\u{1F600}\"}",
        "\"a text that is longer than two vectors of sixteen bytes\"",
    ];
    const BYTES: &[u8] = b"\"\\{}[],: 0-.eE1tfnuNI\x00\x1f\x7f\x80\xc3\xff\n/";
    let mut seed = 11u64;
    let mut random = move |below: usize| {
        seed = seed
            .wrapping_mul(0x5851_F42D_4C95_7F2D)
            .wrapping_add(0x1405);
        (seed >> 33) as usize % below
    };
    let (mut good, mut bad) = (0, 0);
    for round in 0..40_000 {
        let mut text = TEXTS[round % TEXTS.len()].as_bytes().to_vec();
        for _ in 0..=random(3) {
            let at = random(text.len());
            match random(3) {
                0 => drop(text.remove(at)),
                1 => text.insert(at, BYTES[random(BYTES.len())]),
                _ => text[at] = BYTES[random(BYTES.len())],
            }
        }
        // (Its values have no numbers of any size: the value is passed over.)
        let mut jiter = Jiter::new(&text);
        let read = jiter.next_skip().and_then(|()| jiter.finish());
        let is_json = read.is_ok() && std::str::from_utf8(&text).is_ok();
        let mut value = Json::Null;
        let found = super::super::decode(&text, value.slot());
        let shown = String::from_utf8_lossy(&text);
        let mut named = Named::default();
        let typed = super::super::decode(&text, named.slot());
        match (&typed, &value) {
            (Ok(()), Json::Object(members)) if found.is_ok() => {
                assert_eq!(&named.whole(), members, "{shown}");
            }
            (Err(error), _) if error.is_syntax() && found.is_err() => {}
            (Err(_), _) if !text.trim_ascii_start().starts_with(b"{") => {}
            _ => panic!("{shown}: {typed:?}, {found:?}"),
        }
        match found {
            Ok(()) if is_json => good += 1,
            Err(error) if !is_json && error.is_syntax() => bad += 1,
            found => panic!("{shown}: {found:?}, {read:?}"),
        }
    }
    assert!(good > 5_000 && bad > 5_000, "{good} {bad}");
}
