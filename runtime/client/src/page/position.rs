//! Where a list goes on, to be kept and come back to.

use super::guard::{Fault, fault};
use crate::Error;
use crate::json::Json;
use std::fmt;
use std::str::FromStr;

/// A place between two pages of a list. It is text, so that it can be kept
/// anywhere, and holds no credential; with the same arguments a call begins there:
/// [`Items::start_at`](crate::Items::start_at),
/// [`Pages::start_at`](crate::Pages::start_at).
///
/// ```
/// # fn run() -> Result<(), pontoon_runtime::Error> {
/// use pontoon_runtime::Position;
///
/// let kept = r#"{"operation":"listPets","next":{"value":"c3"},"pages":2,"items":200}"#;
/// let position: Position = kept.parse()?;
/// assert_eq!((position.pages(), position.items(), position.is_end()), (2, 200, false));
/// assert_eq!(position.to_string().parse::<Position>()?, position);
/// # Ok(())
/// # }
/// # run().unwrap();
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Position {
    pub(super) operation: String,
    pub(super) next: Next,
    pub(super) pages: u64,
    pub(super) items: u64,
    /// A print of the records of the page before.
    pub(super) print: Option<u64>,
}

/// What the next page is asked for with.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) enum Next {
    /// Nothing: it is the first.
    #[default]
    Start,
    /// The URL: a path with its query on the server of the call, or whole.
    Url(String),
    /// The value of the parameter that differs from page to page.
    Value(Json),
    /// There is none.
    End,
}

impl Position {
    pub(super) fn start(operation: &str) -> Self {
        Self {
            operation: operation.to_owned(),
            next: Next::Start,
            pages: 0,
            items: 0,
            print: None,
        }
    }

    /// How many pages lie before it.
    pub fn pages(&self) -> u64 {
        self.pages
    }

    /// How many items lie before it.
    pub fn items(&self) -> u64 {
        self.items
    }

    /// Whether nothing follows.
    pub fn is_end(&self) -> bool {
        self.next == Next::End
    }
}

/// One line of JSON.
impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operation = Json::from(self.operation.as_str());
        write!(f, r#"{{"operation":{operation},"next":"#)?;
        match &self.next {
            Next::Start => f.write_str("\"start\"")?,
            Next::End => f.write_str("\"end\"")?,
            Next::Url(url) => write!(f, r#"{{"url":{}}}"#, Json::from(url.as_str()))?,
            Next::Value(value) => write!(f, r#"{{"value":{value}}}"#)?,
        }
        write!(f, r#","pages":{},"items":{}"#, self.pages, self.items)?;
        if let Some(print) = self.print {
            write!(f, r#","print":"{print:016x}""#)?;
        }
        f.write_str("}")
    }
}

impl FromStr for Position {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let json = Json::parse(text.as_bytes()).ok();
        json.and_then(|json| read(&json))
            .ok_or_else(|| fault(Fault::Position, "the text is no position in a list"))
    }
}

fn read(json: &Json) -> Option<Position> {
    let next = match &json["next"] {
        Json::String(word) if word == "start" => Next::Start,
        Json::String(word) if word == "end" => Next::End,
        next => match (next.get("url"), next.get("value")) {
            (Some(url), None) => Next::Url(url.as_str()?.to_owned()),
            (None, Some(value @ (Json::String(_) | Json::Number(_)))) => Next::Value(value.clone()),
            _ => return None,
        },
    };
    Some(Position {
        operation: json["operation"].as_str()?.to_owned(),
        next,
        pages: json["pages"].as_u64()?,
        items: json["items"].as_u64()?,
        print: match &json["print"] {
            Json::Null => None,
            print => Some(u64::from_str_radix(print.as_str()?, 16).ok()?),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::{Next, Position};
    use crate::json::Json;

    #[test]
    fn texts_come_back() {
        let nexts = [
            Next::Start,
            Next::End,
            Next::Url("/a?b=\"c\"".into()),
            Next::Value(Json::from("tok/\u{e9}\"")),
            Next::Value(Json::from(3u64)),
        ];
        for next in nexts {
            let position = Position {
                operation: "GET /a".into(),
                next,
                pages: 1,
                items: 2,
                print: Some(u64::MAX),
            };
            let text = position.to_string();
            assert_eq!(text.parse::<Position>().expect("a position"), position);
            assert!(!text.contains('\n'));
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "{}",
            "null",
            r#"{"operation":"a","next":{},"pages":0,"items":0}"#,
            r#"{"operation":"a","next":{"value":true},"pages":0,"items":0}"#,
            r#"{"operation":"a","next":"end","pages":-1,"items":0}"#,
            r#"{"operation":"a","next":"end","pages":0,"items":0,"print":7}"#,
        ] {
            let error = text.parse::<Position>().expect_err(text);
            assert!(error.is_paging(), "{text}");
        }
    }
}
