use super::{Parts, encode};
use crate::json::Json;
use crate::model::{Borrowed, Reflect, View};
use crate::operation::{Location, Parameter, Style};
use std::collections::BTreeMap;

fn parameter(location: Location, style: Style, explode: bool) -> Parameter {
    Parameter {
        name: "color",
        location,
        style,
        explode,
        allow_reserved: false,
        required: true,
    }
}

fn wire(parameter: &Parameter, value: View<'_>) -> String {
    let mut parts = Parts::default();
    encode(parameter, value, &mut parts).unwrap();
    match parameter.location {
        Location::Path => parts.path.pop().map(|pair| pair.1).unwrap_or_default(),
        Location::Query => parts.query,
        Location::Header => parts.headers.pop().map(|pair| pair.1).unwrap_or_default(),
        Location::Cookie => parts.cookies,
    }
}

fn rgb() -> BTreeMap<String, i64> {
    [("B", 150), ("G", 200), ("R", 100)]
        .map(|(key, value)| (key.to_owned(), value))
        .into()
}

/// The table of style examples: empty, string, array, object.
#[test]
fn styles_are_those_of_the_specification() {
    use Location::{Cookie, Header, Path, Query};
    use Style::{DeepObject, Form, Label, Matrix, PipeDelimited, Simple, SpaceDelimited};
    let list = ["blue", "black", "brown"].map(str::to_owned).to_vec();
    for (location, style, explode, expected) in [
        (
            Path,
            Matrix,
            false,
            [
                ";color",
                ";color=blue",
                ";color=blue,black,brown",
                ";color=B,150,G,200,R,100",
            ],
        ),
        (
            Path,
            Matrix,
            true,
            [
                ";color",
                ";color=blue",
                ";color=blue;color=black;color=brown",
                ";B=150;G=200;R=100",
            ],
        ),
        (
            Path,
            Label,
            false,
            [".", ".blue", ".blue,black,brown", ".B,150,G,200,R,100"],
        ),
        (
            Path,
            Label,
            true,
            [".", ".blue", ".blue.black.brown", ".B=150.G=200.R=100"],
        ),
        (
            Path,
            Simple,
            false,
            ["", "blue", "blue,black,brown", "B,150,G,200,R,100"],
        ),
        (
            Path,
            Simple,
            true,
            ["", "blue", "blue,black,brown", "B=150,G=200,R=100"],
        ),
        (
            Header,
            Simple,
            false,
            ["", "blue", "blue,black,brown", "B,150,G,200,R,100"],
        ),
        (
            Header,
            Simple,
            true,
            ["", "blue", "blue,black,brown", "B=150,G=200,R=100"],
        ),
        (
            Query,
            Form,
            false,
            [
                "color=",
                "color=blue",
                "color=blue,black,brown",
                "color=B,150,G,200,R,100",
            ],
        ),
        (
            Query,
            Form,
            true,
            [
                "color=",
                "color=blue",
                "color=blue&color=black&color=brown",
                "B=150&G=200&R=100",
            ],
        ),
        (
            Query,
            SpaceDelimited,
            false,
            [
                "color=",
                "color=blue",
                "color=blue%20black%20brown",
                "color=B%20150%20G%20200%20R%20100",
            ],
        ),
        (
            Query,
            PipeDelimited,
            false,
            [
                "color=",
                "color=blue",
                "color=blue|black|brown",
                "color=B|150|G|200|R|100",
            ],
        ),
        (
            Query,
            PipeDelimited,
            true,
            [
                "color=",
                "color=blue",
                "color=blue&color=black&color=brown",
                "B=150&G=200&R=100",
            ],
        ),
        (
            Query,
            DeepObject,
            true,
            [
                "color=",
                "color=blue",
                "color%5B%5D=blue&color%5B%5D=black&color%5B%5D=brown",
                "color%5BB%5D=150&color%5BG%5D=200&color%5BR%5D=100",
            ],
        ),
        (
            Query,
            Style::Json,
            false,
            [
                "color=%22%22",
                "color=%22blue%22",
                "color=%5B%22blue%22%2C%22black%22%2C%22brown%22%5D",
                "color=%7B%22B%22%3A150%2C%22G%22%3A200%2C%22R%22%3A100%7D",
            ],
        ),
        (
            Cookie,
            Form,
            true,
            [
                "color=",
                "color=blue",
                "color=blue; color=black; color=brown",
                "B=150; G=200; R=100",
            ],
        ),
        (
            Cookie,
            Form,
            false,
            [
                "color=",
                "color=blue",
                "color=blue,black,brown",
                "color=B,150,G,200,R,100",
            ],
        ),
    ] {
        let parameter = parameter(location, style, explode);
        let sent = [
            wire(&parameter, "".view()),
            wire(&parameter, "blue".view()),
            wire(&parameter, list.view()),
            wire(&parameter, rgb().view()),
        ];
        assert_eq!(sent, expected, "{location:?} {style:?} {explode}");
    }
}

#[test]
fn characters_are_encoded_and_delimiters_are_not() {
    let path = parameter(Location::Path, Style::Simple, false);
    assert_eq!(wire(&path, "a/b c?#%é".view()), "a%2Fb%20c%3F%23%25%C3%A9");
    let items = ["a,b", "c d", "e|f"].map(str::to_owned);
    let list = &items[..];
    for (style, expected) in [
        (Style::Form, "color=a%2Cb,c%20d,e%7Cf"),
        (Style::SpaceDelimited, "color=a%2Cb%20c%20d%20e%7Cf"),
        (Style::PipeDelimited, "color=a%2Cb|c%20d|e%7Cf"),
    ] {
        let query = parameter(Location::Query, style, false);
        assert_eq!(wire(&query, list.view()), expected);
    }
    let header = parameter(Location::Header, Style::Simple, false);
    assert_eq!(wire(&header, "a b;é".view()), "a b;é");
}

#[test]
fn reserved_characters_pass_where_allowed() {
    let mut parameter = parameter(Location::Query, Style::Form, true);
    parameter.allow_reserved = true;
    assert_eq!(
        wire(&parameter, "a/b:c&d#e%20".view()),
        "color=a/b:c%26d%23e%20"
    );
    parameter.location = Location::Path;
    parameter.style = Style::Simple;
    assert_eq!(wire(&parameter, "src/main.rs?x".view()), "src/main.rs%3Fx");
}

#[test]
fn names_are_encoded() {
    let mut parameter = parameter(Location::Query, Style::Form, true);
    parameter.name = "filter[a b]";
    assert_eq!(wire(&parameter, 1i64.view()), "filter%5Ba%20b%5D=1");
}

#[test]
fn what_is_not_there_is_left_out() {
    let query = parameter(Location::Query, Style::Form, false);
    assert_eq!(wire(&query, None::<String>.view()), "");
    assert_eq!(wire(&query, View::Null), "");
    assert_eq!(wire(&query, Vec::<String>::new().view()), "");
}

#[test]
fn scalars_have_their_plain_text() {
    let query = parameter(Location::Query, Style::Form, true);
    assert_eq!(wire(&query, true.view()), "color=true");
    assert_eq!(wire(&query, 2.0f64.view()), "color=2");
    assert_eq!(wire(&query, 1.5e-7f64.view()), "color=0.00000015");
    assert_eq!(wire(&query, u64::MAX.view()), "color=18446744073709551615");
    let mut parts = Parts::default();
    assert!(encode(&query, f64::NAN.view(), &mut parts).is_err());
}

#[test]
fn deep_objects_nest() {
    let query = parameter(Location::Query, Style::DeepObject, true);
    let value: Json = r#"{"a":{"b":[1,{"c":"x y"}]},"d":null}"#.parse().unwrap();
    assert_eq!(
        wire(&query, value.view())
            .replace("%5B", "[")
            .replace("%5D", "]"),
        "color[a][b][0]=1&color[a][b][1][c]=x%20y&color[d]="
    );
}

#[test]
fn several_parameters_share_the_query() {
    let query = parameter(Location::Query, Style::Form, true);
    let mut parts = Parts::default();
    encode(&query, 1i64.view(), &mut parts).unwrap();
    encode(&query, 2i64.view(), &mut parts).unwrap();
    assert_eq!(parts.query, "color=1&color=2");
}
