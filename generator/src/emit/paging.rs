//! How the pages of lists follow each other, as the runtime's tables have it.

use super::literal;
use crate::rust::ir::{Origin, PagingRow, PagingRule, Place, Repeat};

/// `rt::Paging::token(..).records("/data")`
pub(super) fn row(row: &PagingRow) -> String {
    let rule = &row.paging.rule;
    let mut text = String::from("rt::Paging::");
    match rule {
        // Not emitted: a list of one page has no rule.
        PagingRule::None | PagingRule::LinkHeader => text.push_str("link_header()"),
        PagingRule::NextUrl(from) => text.push_str(&["next_url(", &origin(from), ")"].concat()),
        PagingRule::Token(to, from) | PagingRule::NextPage(to, from) => {
            text.push_str(&["token(", &place(to), ", ", &origin(from), ")"].concat());
        }
        PagingRule::LastId(to, key) => {
            text.push_str(&["last_id(", &place(to), ", ", &literal::string(key), ")"].concat());
        }
        PagingRule::Offset(to, first) => {
            text.push_str(&["offset(", &place(to), ", ", &first.to_string(), ")"].concat());
        }
        PagingRule::Page(to, first) => {
            text.push_str(&["page(", &place(to), ", ", &first.to_string(), ")"].concat());
        }
    }
    let mut with = |name: &str, pointer: Option<&str>| {
        if let Some(pointer) = pointer {
            text.push_str(&[".", name, "(", &literal::string(pointer), ")"].concat());
        }
    };
    with(
        "records",
        Some(row.records.as_str()).filter(|records| !records.is_empty()),
    );
    with("more", row.paging.more.as_deref());
    with("total", row.paging.total.as_deref());
    with("pages", row.paging.pages.as_deref());
    if row.sparse {
        text.push_str(".sparse()");
    }
    text
}

fn place(place: &Place) -> String {
    let (kind, name) = match place {
        Place::Query(name) => ("Query", name),
        Place::Header(name) => ("Header", name),
        Place::Body(pointer) => ("Body", pointer),
    };
    ["rt::Place::", kind, "(", &literal::string(name), ")"].concat()
}

fn origin(origin: &Origin) -> String {
    let (kind, name) = match origin {
        Origin::Header(name) => ("Header", name),
        Origin::Body(pointer) => ("Body", pointer),
    };
    ["rt::Origin::", kind, "(", &literal::string(name), ")"].concat()
}

/// Whether a call may be repeated; `None` where the method says it.
pub(super) fn repeat(repeat: &Repeat) -> Option<String> {
    match repeat {
        Repeat::ByMethod => None,
        Repeat::Always => Some("rt::Repeat::Always".to_owned()),
        Repeat::Never => Some("rt::Repeat::Never".to_owned()),
        Repeat::Key(header) => Some(["rt::Repeat::Key(", &literal::string(header), ")"].concat()),
    }
}
