//! `[paging]` and `[idempotency]` of `client.toml`: what the user knows of lists and
//! of calls that may be repeated, beside what the description proves, or against it.

use crate::api::{
    Api, Codec, Evidence, List, Operation, Origin, Paging, PagingRule, Place, Repeat, SchemaId,
    SchemaKind, Status,
};
use crate::filter::Glob;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The operations that a key stands for: `GET /v1/**`, or a glob as for `include`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Pattern {
    text: String,
    globs: Vec<String>,
}

impl TryFrom<String> for Pattern {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let glob = match words.as_slice() {
            [methods, path] if path.starts_with('/') => format!("{path}#{methods}"),
            [glob] => (*glob).to_owned(),
            _ => return Err(format!("`{text}` is neither `METHOD /path` nor a glob")),
        };
        Glob::parse(&glob)?;
        Ok(Self {
            globs: vec![glob],
            text,
        })
    }
}

impl Pattern {
    /// Whether it means this operation; by itself, not as one of many.
    fn matches(&self, operation: &Operation) -> Option<bool> {
        if self.text == operation.key() {
            return Some(true);
        }
        let tags: Vec<&str> = operation.tags.iter().map(String::as_str).collect();
        let globs = self.globs.iter().filter_map(|glob| Glob::parse(glob).ok());
        let mut hits = globs.map(|glob| glob.matches(&operation.method, &operation.path, &tags));
        hits.any(|hit| hit).then_some(false)
    }
}

/// How the pages of lists follow each other.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ListConfig {
    /// The rule; left out to confirm what was found.
    kind: Option<Kind>,
    /// What was found is right.
    #[serde(default)]
    confirm: bool,
    /// What differs from page to page: `page`, `header X-Page` or `body /cursor`.
    request: Option<RequestPlace>,
    /// What leads on: `/next_cursor` or `header X-Next`.
    response: Option<ResponsePlace>,
    /// Where the records are.
    records: Option<Pointer>,
    /// Where a boolean says whether there is more.
    more: Option<Pointer>,
    /// Where the number of all records is.
    total: Option<Pointer>,
    /// Where the number of pages is.
    pages: Option<Pointer>,
    /// The key of a record, for `last-id`: `/id` by default.
    key: Option<Pointer>,
    /// The number of the first page (1 by default) or record (0).
    first: Option<u64>,
}

/// Kinds of paging.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    None,
    LinkHeader,
    #[serde(alias = "next-url-body")]
    NextUrl,
    #[serde(alias = "cursor-token", alias = "header-token")]
    Token,
    LastId,
    Offset,
    #[serde(alias = "page-number")]
    Page,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
struct RequestPlace(Place);

impl TryFrom<String> for RequestPlace {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Ok(Self(match text.split_once(' ') {
            Some(("header", name)) => Place::Header(name.trim().to_owned()),
            Some(("query", name)) => Place::Query(name.trim().to_owned()),
            Some(("body", pointer)) if pointer.starts_with('/') => Place::Body(pointer.to_owned()),
            None if !text.is_empty() => Place::Query(text),
            _ => {
                return Err(format!(
                    "`{text}` is none of `NAME`, `header NAME` and `body /POINTER`"
                ));
            }
        }))
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
struct ResponsePlace(Origin);

impl TryFrom<String> for ResponsePlace {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text.starts_with('/') {
            return Ok(Self(Origin::Body(text)));
        }
        match text.split_once(' ') {
            Some(("header", name)) => Ok(Self(Origin::Header(name.trim().to_owned()))),
            _ => Err(format!("`{text}` is neither `/POINTER` nor `header NAME`")),
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
struct Pointer(String);

impl TryFrom<String> for Pointer {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.is_empty() || text.starts_with('/') {
            true => Ok(Self(text)),
            false => Err(format!(
                "`{text}` is no JSON pointer: `/data`, or nothing for the whole"
            )),
        }
    }
}

/// Which calls may be repeated.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct IdempotencyConfig {
    /// The request header that holds a key made for each call.
    header: Option<String>,
    /// The operations that take it; every POST and PATCH by default.
    operations: Option<Vec<Pattern>>,
    /// Operations that may always be repeated.
    always: Vec<Pattern>,
    /// Operations that must never be.
    never: Vec<Pattern>,
}

/// By pattern; what names one operation goes before globs, longer globs before shorter.
pub type Lists = BTreeMap<Pattern, ListConfig>;

/// What the configuration says of lists, put on the API. Gives what cannot be.
pub(super) fn apply(lists: &Lists, api: &mut Api) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut rows: Vec<(&Pattern, &ListConfig)> = lists.iter().collect();
    rows.sort_by_key(|(pattern, _)| std::cmp::Reverse(pattern.text.len()));
    let mut used = vec![false; rows.len()];
    for index in 0..api.operations.len() {
        let operation = &api.operations[index];
        let hits = rows
            .iter()
            .enumerate()
            .filter_map(|(at, (pattern, config))| {
                Some((at, *pattern, *config, pattern.matches(operation)?))
            });
        // `false` before `true`: the exact one is the greatest; of equals the first.
        let Some((at, pattern, config, exact)) =
            hits.reduce(|best, hit| if hit.3 && !best.3 { hit } else { best })
        else {
            continue;
        };
        match config.settle(api, operation) {
            Ok(list) => {
                used[at] = true;
                api.operations[index].list = list;
            }
            Err(message) if exact => {
                used[at] = true;
                wrong.push(format!("`{}` in [paging]: {message}", pattern.text));
            }
            // Of many, those that it does not fit are left as they are.
            Err(_) => {}
        }
    }
    let unused = rows.iter().zip(&used).filter(|(_, used)| !**used);
    wrong.extend(
        unused.map(|((pattern, _), _)| format!("`{}` in [paging] fits no operation", pattern.text)),
    );
    wrong
}

impl ListConfig {
    /// What becomes of an operation's list.
    fn settle(&self, api: &Api, operation: &Operation) -> Result<Option<List>, String> {
        let found = operation.list.clone();
        let said = |about: &str| Evidence {
            fact: "paging",
            rule: "client.toml",
            pointer: operation.pointer.clone(),
            seen: about.to_owned(),
            confidence: 1.0,
        };
        let Some(kind) = self.kind else {
            let mut list = found.ok_or("nothing was found to confirm; say the `kind`")?;
            let paging = list.paging.as_mut().filter(|_| self.confirm);
            let paging = paging.ok_or("say the `kind`, or `confirm = true` for what was found")?;
            paging.status = Status::Proven;
            list.status = Status::Proven;
            list.evidence.push(said("confirmed"));
            return Ok(Some(list));
        };
        if kind == Kind::None {
            return Ok(found.map(|mut list| {
                list.paging = Some(paging(PagingRule::None));
                list.evidence.push(said("there are no pages"));
                list
            }));
        }
        let mut list = self.list(api, operation, found)?;
        let rule = self.rule(kind, operation, &list)?;
        for pointer in [&self.more, &self.total, &self.pages].into_iter().flatten() {
            answered(api, operation, &pointer.0)?;
        }
        let text = |pointer: &Option<Pointer>| pointer.as_ref().map(|pointer| pointer.0.clone());
        list.paging = Some(Paging {
            more: text(&self.more),
            total: text(&self.total),
            pages: text(&self.pages),
            size: list.paging.and_then(|paging| paging.size),
            ..paging(rule)
        });
        list.status = Status::Proven;
        list.evidence.retain(|shown| shown.fact != "paging");
        list.evidence.push(said("the configuration says so"));
        Ok(Some(list))
    }

    /// The list with the place of its records.
    fn list(&self, api: &Api, operation: &Operation, found: Option<List>) -> Result<List, String> {
        let Some(Pointer(pointer)) = &self.records else {
            return match found {
                Some(list) if list.status == Status::Proven => Ok(list),
                _ => Err("where the records are is not certain; say `records`".to_owned()),
            };
        };
        let (schema, sparse) = answered(api, operation, pointer)?;
        let item = match schema.map(|schema| &api.schema(schema).kind) {
            None | Some(SchemaKind::Any) => None,
            Some(SchemaKind::Array(item)) => Some(*item),
            Some(_) => return Err(format!("there is no array at `{pointer}` of the answer")),
        };
        let found = match found {
            Some(list) if list.records == *pointer => return Ok(list),
            found => found.map(|list| (list.parents, list.quota)),
        };
        let (parents, quota) = found.unwrap_or_default();
        Ok(List {
            status: Status::Proven,
            records: pointer.clone(),
            item,
            sparse,
            key: Vec::new(),
            paging: None,
            parents,
            incremental: None,
            cursors: Vec::new(),
            quota,
            evidence: Vec::new(),
        })
    }

    fn rule(&self, kind: Kind, operation: &Operation, list: &List) -> Result<PagingRule, String> {
        let request = || {
            let place = self
                .request
                .clone()
                .ok_or("say which parameter differs: `request`")?
                .0;
            let declared = match &place {
                // What the description forgot can be named all the same.
                Place::Query(name) => {
                    let mut all = operation.parameters.iter();
                    all.any(|found| found.name == *name)
                }
                Place::Header(_) => true,
                Place::Body(_) => operation.body.is_some(),
            };
            match declared {
                true => Ok(place),
                false => Err(format!("the operation has no `{}`", place.name())),
            }
        };
        let response = || {
            let place = self.response.clone();
            place
                .ok_or("say where the answer leads on: `response`")
                .map(|place| place.0)
        };
        Ok(match kind {
            Kind::None => PagingRule::None,
            Kind::LinkHeader => PagingRule::LinkHeader,
            Kind::NextUrl => PagingRule::NextUrl(response()?),
            Kind::Token => PagingRule::Token(request()?, response()?),
            Kind::LastId => {
                let key = self.key.clone().map(|key| key.0);
                let known = list.key.first().map(|name| format!("/{name}"));
                PagingRule::LastId(
                    request()?,
                    key.or(known).unwrap_or_else(|| "/id".to_owned()),
                )
            }
            Kind::Offset => PagingRule::Offset(request()?, self.first.unwrap_or(0)),
            Kind::Page if self.response.is_some() => PagingRule::NextPage(request()?, response()?),
            Kind::Page => PagingRule::Page(request()?, self.first.unwrap_or(1)),
        })
    }
}

fn paging(rule: PagingRule) -> Paging {
    Paging {
        status: Status::Proven,
        rule,
        more: None,
        total: None,
        pages: None,
        size: None,
    }
}

/// The schema at a pointer of the answer (`None` where the description leaves it open),
/// and whether it may be left out.
fn answered(
    api: &Api,
    operation: &Operation,
    pointer: &str,
) -> Result<(Option<SchemaId>, bool), String> {
    let mut responses = operation.responses.iter();
    let first = responses.find(|found| found.status.is_success() && found.codec == Codec::Json);
    let schema = first.and_then(|found| found.schema);
    let mut at = api.canonical(schema.ok_or("there is no answer in JSON")?);
    let mut sparse = false;
    for token in pointer.split('/').skip(1) {
        let name = token.replace("~1", "/").replace("~0", "~");
        let property = match &api.schema(at).kind {
            SchemaKind::Object(object) => match object.properties.get(&name) {
                None if object.properties.is_empty() => return Ok((None, false)),
                found => found,
            },
            SchemaKind::Any | SchemaKind::Map(_) => return Ok((None, false)),
            _ => None,
        };
        let property = property.ok_or_else(|| format!("the answer has no `{pointer}`"))?;
        sparse |= !property.required;
        at = api.canonical(property.schema);
    }
    Ok((Some(at), sparse))
}

/// What the configuration says of repeated calls, put on the API. Gives what cannot be.
pub(super) fn repeat(config: &IdempotencyConfig, api: &mut Api) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut set = |patterns: &[Pattern], api: &mut Api, repeat: Repeat| {
        for pattern in patterns {
            let mut hit = false;
            for operation in &mut api.operations {
                if pattern.matches(operation).is_some() {
                    hit = true;
                    say(operation, repeat.clone());
                }
            }
            if !hit {
                wrong.push(format!(
                    "`{}` in [idempotency] fits no operation",
                    pattern.text
                ));
            }
        }
    };
    if let Some(header) = &config.header {
        match &config.operations {
            Some(patterns) => set(patterns, api, Repeat::Key(header.clone())),
            None => {
                let takes = |found: &&mut Operation| matches!(&*found.method, "POST" | "PATCH");
                for operation in api.operations.iter_mut().filter(takes) {
                    say(operation, Repeat::Key(header.clone()));
                }
            }
        }
    }
    set(&config.always, api, Repeat::Always);
    set(&config.never, api, Repeat::Never);
    wrong
}

fn say(operation: &mut Operation, repeat: Repeat) {
    operation.repeat = repeat;
    operation.repeat_evidence = Some(Evidence {
        fact: "repeat",
        rule: "client.toml",
        pointer: operation.pointer.clone(),
        seen: "the configuration says so".to_owned(),
        confidence: 1.0,
    });
}
