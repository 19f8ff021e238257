//! How to ask a list by its query for what has changed since a moment.
//!
//! What counts is what the parameter compares: a reading begins no later than the one
//! before it began, by the server's clock, so all that changed in the meantime comes,
//! whichever moment of the records the place is kept by. A parameter that compares when
//! a record was made loses what changed later, and is never proven.

use super::answer::{Form, form, is_moment};
use super::moments::{CHANGED, CHANGES, CREATED, MADE, OTHERS, SINCE};
use super::words::plain;
use crate::api::{
    Api, Evidence, Incremental, Location, Operation, Parameter, Place, SchemaId, SchemaKind, Status,
};

/// What a list takes to give what has changed: what is proven, else what could be.
pub(super) fn find(
    api: &Api,
    operation: &Operation,
    item: SchemaId,
) -> Vec<(Incremental, Evidence)> {
    let moments = moments(api, item);
    let queries = operation.parameters.iter();
    let queries = queries.filter(|found| found.location == Location::Query);
    let mut found: Vec<(Incremental, Evidence)> = queries
        .filter_map(|parameter| judge(api, parameter, &moments))
        .collect();
    let proven = |one: &(Incremental, Evidence)| one.0.status == Status::Proven;
    if let Some(at) = found.iter().position(proven) {
        return vec![found.swap_remove(at)];
    }
    found
}

/// A property of the records that holds a moment: its name as it stands and as the tables
/// have it.
type Moment<'a> = (&'a str, String);

fn moments(api: &Api, item: SchemaId) -> Vec<Moment<'_>> {
    let SchemaKind::Object(object) = &api.schema(item).kind else {
        return Vec::new();
    };
    let all = object.properties.iter();
    let moments = all.filter(|(_, property)| is_moment(api, property.schema));
    moments
        .map(|(name, _)| (name.as_str(), plain(name)))
        .collect()
}

/// What a parameter says of itself.
struct Said<'a> {
    word: String,
    /// The words of its description.
    words: Vec<&'a str>,
    /// Whether it takes a moment, by its format or in words.
    moment: bool,
    /// Whether it takes any text.
    bare: bool,
}

fn judge(
    api: &Api,
    parameter: &Parameter,
    moments: &[Moment<'_>],
) -> Option<(Incremental, Evidence)> {
    let text = parameter.description.as_deref().unwrap_or_default();
    let text = text.to_ascii_lowercase();
    let word = plain(&parameter.name);
    let is_text = form(api, parameter.schema) == Form::Text;
    let said = Said {
        word: match word.strip_prefix("filter") {
            Some(rest) if !rest.is_empty() => rest.to_owned(),
            _ => word,
        },
        words: text
            .split(|letter: char| !letter.is_ascii_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect(),
        moment: is_moment(api, parameter.schema) || is_text && names_a_moment(&text),
        bare: is_text,
    };
    let (property, rule, confidence) = by_name(&said, moments)
        .or_else(|| by_text(&said, moments))
        .or_else(|| in_doubt(&said, moments))?;
    let incremental = Incremental {
        status: match confidence >= super::rules::BAR {
            true => Status::Proven,
            false => Status::Unproven,
        },
        request: Place::Query(parameter.name.clone()),
        property: property.to_owned(),
        any: None,
    };
    let evidence = Evidence {
        fact: "incremental",
        rule,
        pointer: parameter.pointer.clone(),
        seen: format!("{} and {property}, both moments", parameter.name),
        confidence,
    };
    Some((incremental, evidence))
}

type Fit<'a> = (&'a str, &'static str, f32);

/// `updated_since`, `modifiedAtMin`, `last_updated__gte`.
fn by_name<'a>(said: &Said<'_>, moments: &[Moment<'a>]) -> Option<Fit<'a>> {
    let is_since = |rest: &str| SINCE.contains(&rest);
    for (verb, names) in CHANGES {
        let named = moments.iter().find(|(_, name)| {
            let rest = said.word.strip_prefix(name.as_str());
            names.contains(&name.as_str()) && rest.is_some_and(is_since)
        });
        let asks = rest_of(&said.word, verb, names).is_some_and(|rest| is_since(&rest));
        if !asks {
            continue;
        }
        let says_otherwise = said.has(MADE) && !said.has(CHANGED);
        if says_otherwise || said.has(&["before", "until"]) && !said.has(SINCE) {
            return None;
        }
        let found = changed(moments, names)?;
        return match (said.moment, named) {
            (true, _) => Some((found, "a moment since which records have changed", 0.95)),
            // `{property}__gte` takes what the property holds.
            (false, Some((property, _))) if said.bare => Some((
                property,
                "the property of a change, and from where on",
                0.92,
            )),
            _ => None,
        };
    }
    None
}

/// A moment of which the description says that it is that of the last change.
fn by_text<'a>(said: &Said<'_>, moments: &[Moment<'a>]) -> Option<Fit<'a>> {
    // A name that says something else goes before a text that was copied.
    let is_other = OTHERS.iter().any(|other| said.word.contains(other));
    if !said.moment || is_other || !says_since(&said.words) {
        return None;
    }
    let found = changed(moments, &[])?;
    Some((found, "what it says: changed since a moment", 0.92))
}

/// What may be one, or asks for what was made since a moment.
fn in_doubt<'a>(said: &Said<'_>, moments: &[Moment<'a>]) -> Option<Fit<'a>> {
    if !said.moment {
        return None;
    }
    if said.word == "since" && !said.has(MADE) {
        // What it is the moment of, only words could say.
        return Some((changed(moments, &[])?, "since, and no more", 0.7));
    }
    let (verb, names) = CREATED;
    let rest = rest_of(&said.word, verb, names);
    if !rest.is_some_and(|rest| SINCE.contains(&rest.as_str())) {
        return None;
    }
    let made = moments
        .iter()
        .find(|(_, name)| names.contains(&name.as_str()));
    let (property, _) = made?;
    Some((property, "a moment since which records were made", 0.6))
}

impl Said<'_> {
    fn has(&self, words: &[&str]) -> bool {
        self.words.iter().any(|word| words.contains(word))
    }
}

/// The property that tells when a record has changed, of these names before others.
fn changed<'a>(moments: &[Moment<'a>], names: &[&str]) -> Option<&'a str> {
    let of = |names: &[&str]| {
        let mut all = moments.iter();
        let found = all.find(|(_, name)| names.contains(&name.as_str()));
        found.map(|(property, _)| *property)
    };
    let all = CHANGES.iter();
    of(names).or_else(|| all.into_iter().find_map(|(_, names)| of(names)))
}

/// Whether a description says what a text without a format has to be.
fn names_a_moment(text: &str) -> bool {
    let said = ["rfc3339", "rfc 3339", "iso 8601", "iso8601"];
    let is_day = text.contains("yyyy-mm-dd") && !text.contains("hh");
    said.iter().any(|name| text.contains(name)) && !is_day
}

/// Whether words say `updated after the given time`: a change, and soon behind it what
/// begins there.
fn says_since(words: &[&str]) -> bool {
    let after = |at: usize| {
        let next = words[at + 1..].iter().take(4);
        let bound = next
            .take_while(|word| !["before", "until", "by", "in", "not"].contains(word))
            .any(|word| ["since", "after"].contains(word));
        let is_denied = words[..at].iter().rev().take(2).any(|word| *word == "not");
        bound && !is_denied
    };
    let all = words.iter().enumerate();
    all.filter(|(_, word)| CHANGED.contains(word))
        .any(|(at, _)| after(at))
}

/// What is left of a name without the words for the change.
fn rest_of(word: &str, verb: &str, names: &[&str]) -> Option<String> {
    let mut all: Vec<&str> = names.to_vec();
    all.push(verb);
    all.sort_unstable_by_key(|name| std::cmp::Reverse(name.len()));
    let cut = |name: &&str| word.contains(*name).then(|| word.replacen(*name, "", 1));
    all.iter().find_map(cut)
}
