//! What a server can do wrong with one answer, as data.

use crate::api::{Good, PAGES, Paging};
use crate::bomb;
use crate::client::{LONG, SHORT};
use crate::server::{Act, find};
use std::time::{Duration, SystemTime};

/// An answer that goes wrong. The texts may hold `{length}` (of the body as it
/// is sent), `{whole}` (the length that the right body has), `{here}`,
/// `{foreign}` and `{foreign by name}` (base URLs), `{target}` (of the request), `{in 2 s}` (a date),
/// `{reset}` (the Unix time in 1 to 2 s).
#[derive(Debug, Clone, Copy)]
pub struct Fault {
    /// The name in the table.
    pub name: &'static str,
    /// The status line and the headers; empty where nothing is sent.
    pub head: &'static [&'static str],
    /// The body.
    pub body: Body,
    /// How many milliseconds pass after each byte.
    pub pace: u64,
    /// What happens when all is sent.
    pub then: Then,
    /// The outcomes that are right when the fault occurs once.
    pub once: &'static [&'static str],
    /// The outcomes that are right when it never ends.
    pub always: &'static [&'static str],
}

/// What is sent as the body.
#[derive(Debug, Clone, Copy)]
pub enum Body {
    /// Nothing.
    Nothing,
    /// What is right.
    Right,
    /// The first half of it.
    Half,
    /// Another text.
    Text(&'static str),
    /// What is right, with a first name that is not UTF-8.
    NotUtf8,
    /// The page, with the next page being itself.
    Itself,
    /// The page before, which leads to this page again.
    Before,
    /// The page, with a next page after every page, for ever.
    Endless,
    /// The page, with the next page on the other server.
    Elsewhere,
    /// A block of so many bytes, so many times.
    Zeros(usize, usize),
    /// A header of a block of so many bytes, so many times.
    Header(usize, usize),
    /// So many lists in one another.
    Nested(usize),
    /// What is right in gzip, cut in the middle.
    CutGzip,
    /// Zeros that are small only on the way.
    Bomb(bomb::Coding),
}

/// What the server does with the connection afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// It reads the next request.
    Keep,
    /// It closes the connection.
    Close,
    /// It resets the connection.
    Reset,
    /// It is silent.
    Stall,
}

/// The outcome when nothing is lost.
pub const ALL: &[&str] = &["all"];

impl Fault {
    /// The styles of paging that the fault is tried with.
    pub fn pagings(&self) -> &'static [Paging] {
        match self.body {
            // A cursor names no server.
            Body::Elsewhere => &[Paging::Link, Paging::Address],
            body if body.leads_astray() => &Paging::ALL,
            _ => &[Paging::Cursor],
        }
    }

    /// How long an attempt is waited for.
    pub fn patience(&self) -> Duration {
        match self.then == Then::Stall || self.pace >= 100 {
            true => SHORT,
            false => LONG,
        }
    }

    /// How the fault is tried: with which paging, and whether for ever.
    pub fn ways(&self) -> impl Iterator<Item = (&'static Paging, bool)> {
        let pagings = self.pagings().iter();
        pagings.flat_map(|paging| [(paging, false), (paging, true)])
    }

    /// Whether page `page` goes wrong when the fault is to be at page `at`.
    pub fn strikes(&self, page: usize, at: usize) -> bool {
        match self.body {
            Body::Endless => page >= at,
            _ => page == at,
        }
    }

    /// A fault to be filled in: an answer that is right.
    pub const BLANK: Self = Self {
        name: "",
        head: &[
            "HTTP/1.1 200 OK",
            "Content-Type: application/json",
            "Content-Length: {length}",
        ],
        body: Body::Right,
        pace: 0,
        then: Then::Keep,
        once: ALL,
        always: ALL,
    };

    /// What the server does in place of the right answer.
    pub fn acts(&self, place: &Place<'_>) -> Vec<Act> {
        let good = Good::page(place.paging, place.here, place.page);
        self.acts_on(place, &good, &place.links(self.body))
    }

    /// The same in place of an answer that is given, with headers beside its own.
    pub fn acts_on(&self, place: &Place<'_>, good: &Good, headers: &[String]) -> Vec<Act> {
        let body = self.body.acts(place, good);
        let length: usize = body.iter().map(length).sum();
        let mut acts = Vec::new();
        if !self.head.is_empty() {
            let mut head = String::new();
            for line in self.head {
                head.push_str(&place.fill(line, length, good.body.len()));
                head.push_str("\r\n");
            }
            for line in headers {
                head.push_str(line);
                head.push_str("\r\n");
            }
            match self.body {
                Body::Header(..) => head.push_str("X-Long: "),
                _ => head.push_str("\r\n"),
            }
            acts.push(Act::Send(head.into_bytes()));
        }
        for act in body {
            acts.push(match act {
                Act::Send(bytes) if self.pace > 0 => {
                    Act::Trickle(bytes, Duration::from_millis(self.pace))
                }
                act => act,
            });
        }
        match self.then {
            Then::Keep => {}
            Then::Close => acts.push(Act::Close),
            Then::Reset => {
                // What was sent must have been read, or the reset overtakes it.
                acts.push(Act::Pause(Duration::from_millis(20)));
                acts.push(Act::Reset);
            }
            Then::Stall => acts.push(Act::Stall),
        }
        acts
    }
}

fn length(act: &Act) -> usize {
    match act {
        Act::Send(bytes) | Act::Trickle(bytes, _) => bytes.len(),
        Act::Repeat(bytes, times) => bytes.len() * times,
        _ => 0,
    }
}

/// Where an answer is given.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// How pages are asked for.
    pub paging: Paging,
    /// The page that is asked for.
    pub page: usize,
    /// The target of the request.
    pub target: &'a str,
    /// The base URL of this server.
    pub here: &'a str,
    /// That of another.
    pub foreign: &'a str,
}

impl Place<'_> {
    fn fill(&self, text: &str, length: usize, whole: usize) -> String {
        if !text.contains('{') {
            return text.to_owned();
        }
        let now = SystemTime::now();
        let unix = now
            .duration_since(SystemTime::UNIX_EPOCH)
            .map_or(0, |time| time.as_secs());
        text.replace("{length}", &length.to_string())
            .replace("{whole}", &whole.to_string())
            .replace("{here}", self.here)
            .replace("{foreign}", self.foreign)
            .replace(
                "{foreign by name}",
                &self.foreign.replace("127.0.0.1", "localhost"),
            )
            .replace("{target}", self.target)
            .replace("{reset}", &(unix + 2).to_string())
            .replace(
                "{in 2 s}",
                &httpdate::fmt_http_date(now + Duration::from_secs(2)),
            )
    }

    /// The page in question as the body has it, and where it leads.
    fn turned(&self, body: Body) -> Good {
        let (paging, here) = (self.paging, self.here);
        match body {
            Body::Itself => paging.answer(here, self.page, Some(self.page)),
            Body::Before => paging.answer(here, self.page.saturating_sub(1), Some(self.page)),
            Body::Endless => paging.answer(here, self.page, Some(self.page + 1)),
            Body::Elsewhere => paging.answer(self.foreign, self.page, Some(self.page + 1)),
            _ => Good::page(paging, here, self.page),
        }
    }

    /// The headers that a page needs to lead on.
    fn links(&self, body: Body) -> Vec<String> {
        match body {
            Body::Nothing | Body::Text(_) => Vec::new(),
            body => self.turned(body).head,
        }
    }
}

impl Body {
    fn acts(self, place: &Place<'_>, good: &Good) -> Vec<Act> {
        let right = good.body.as_bytes();
        let send = |bytes: &[u8]| vec![Act::Send(bytes.to_vec())];
        match self {
            Self::Nothing => Vec::new(),
            Self::Right => send(right),
            Self::Half => send(&right[..right.len() / 2]),
            Self::Text(text) => send(place.fill(text, 0, right.len()).as_bytes()),
            Self::NotUtf8 => {
                let mut bytes = right.to_vec();
                if let Some(at) = find(right, b"thing") {
                    bytes[at] = 0xff;
                }
                send(&bytes)
            }
            Self::Itself | Self::Before | Self::Endless | Self::Elsewhere => {
                send(place.turned(self).body.as_bytes())
            }
            Self::Zeros(block, times) | Self::Header(block, times) => {
                vec![Act::Repeat(vec![b'0'; block], times)]
            }
            Self::Nested(depth) => {
                let mut text = br#"{"items":"#.to_vec();
                text.resize(text.len() + depth, b'[');
                vec![Act::Send(text)]
            }
            Self::CutGzip => {
                let whole = bomb::gzip(right);
                send(&whole[..whole.len() / 2])
            }
            Self::Bomb(coding) => bomb::acts(coding),
        }
    }

    /// Whether the fault is in where the page leads: it differs by style of paging.
    pub fn leads_astray(self) -> bool {
        matches!(
            self,
            Self::Itself | Self::Before | Self::Endless | Self::Elsewhere
        )
    }
}

/// How many things the whole list holds.
pub const ITEMS: usize = PAGES * crate::api::PER_PAGE;
