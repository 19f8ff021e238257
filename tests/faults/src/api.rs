//! The server when nothing goes wrong: a list of fifteen things in five pages.

use crate::server::Request;

/// How many pages there are.
pub const PAGES: usize = 5;
/// How many things a page holds.
pub const PER_PAGE: usize = 3;

/// How a list leads from page to page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paging {
    /// `GET /things`: a cursor in the body.
    Cursor,
    /// `GET /linked`: `Link` headers.
    Link,
    /// `GET /addressed`: the URL of the next page in the body.
    Address,
}

impl Paging {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Cursor, Self::Link, Self::Address];

    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cursor => "cursor",
            Self::Link => "Link header",
            Self::Address => "next URL",
        }
    }

    /// The way that a request asks for pages, if it does.
    pub fn of(request: &Request) -> Option<Self> {
        match (request.method(), request.path()) {
            ("GET", "/things") => Some(Self::Cursor),
            ("GET", "/linked") => Some(Self::Link),
            ("GET", "/addressed") => Some(Self::Address),
            _ => None,
        }
    }

    /// The page that a request asks for, counted from 0.
    pub fn page(self, request: &Request) -> usize {
        let number = |text: Option<&str>| text.and_then(|text| text.parse().ok());
        match self {
            Self::Cursor => {
                let cursor = request.query("cursor");
                number(cursor.and_then(|cursor| cursor.strip_prefix('c'))).unwrap_or(0)
            }
            Self::Link => number(request.query("page")).unwrap_or(1) - 1,
            Self::Address => number(request.query("at")).unwrap_or(0),
        }
    }

    /// The answer that holds page `page` and leads to page `next`.
    pub fn answer(self, base: &str, page: usize, next: Option<usize>) -> Good {
        let ids = page * PER_PAGE..(page + 1) * PER_PAGE;
        let items: Vec<String> = ids
            .map(|id| format!(r#"{{"id":{id},"name":"thing {id}"}}"#))
            .collect();
        let items = items.join(",");
        let mut head = Vec::new();
        let body = match (self, next) {
            (Self::Cursor, Some(next)) => {
                format!(r#"{{"items":[{items}],"next_cursor":"c{next}"}}"#)
            }
            (Self::Cursor, None) => format!(r#"{{"items":[{items}],"next_cursor":null}}"#),
            (Self::Link, next) => {
                if let Some(next) = next {
                    let number = next + 1;
                    head.push(format!(
                        r#"Link: <{base}/linked?page={number}>; rel="next""#
                    ));
                }
                format!("[{items}]")
            }
            (Self::Address, Some(next)) => {
                format!(r#"{{"items":[{items}],"next":"{base}/addressed?at={next}"}}"#)
            }
            (Self::Address, None) => format!(r#"{{"items":[{items}],"next":null}}"#),
        };
        Good { head, body }
    }
}

/// An answer as it should be.
#[derive(Debug, Clone)]
pub struct Good {
    /// Headers beside those of the body.
    pub head: Vec<String>,
    /// The body, JSON.
    pub body: String,
}

impl Good {
    /// The page that a list request asks for.
    pub fn page(paging: Paging, base: &str, page: usize) -> Self {
        paging.answer(base, page, Some(page + 1).filter(|next| *next < PAGES))
    }

    /// The answer as bytes.
    pub fn bytes(&self, status: &str) -> Vec<u8> {
        let mut text = format!("HTTP/1.1 {status}\r\n");
        for line in &self.head {
            text.push_str(line);
            text.push_str("\r\n");
        }
        let length = self.body.len();
        text.push_str("Content-Type: application/json\r\n");
        text.push_str(&format!("Content-Length: {length}\r\n\r\n{}", self.body));
        text.into_bytes()
    }
}

/// An answer with a JSON body.
pub fn json(status: &str, body: impl Into<String>) -> Vec<u8> {
    let good = Good {
        head: Vec::new(),
        body: body.into(),
    };
    good.bytes(status)
}
