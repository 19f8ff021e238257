//! What a request is answered with.

use super::listing::{self, Asked};
use super::template::{EPOCH, Template};
use super::{Declared, End, Listed, Role, Route, Simulation};
use crate::manifest::{Location, Origin, Rule, SchemeKind};
use crate::pointer::{remove, set};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use pontoon_runtime::jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A request as the simulated API sees it.
pub(super) struct Asking<'a> {
    pub(super) method: &'a str,
    /// The path as it came.
    pub(super) path: &'a str,
    pub(super) query: &'a str,
    pub(super) header: &'a dyn Fn(&str) -> Option<String>,
    pub(super) body: &'a [u8],
    /// `http://host:port`
    pub(super) base: &'a str,
}

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) media_type: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
    /// How many records it holds.
    pub(super) records: u64,
}

/// A simulated API, ready to answer.
pub(super) struct Answers {
    routes: Vec<Ready>,
    schemes: Vec<SchemeKind>,
    records: u64,
    children: u64,
    token: Option<String>,
}

struct Ready {
    route: Route,
    /// The parts of the path: a text, or a variable's name.
    parts: Vec<Part>,
    template: Template,
    /// The first number of the key in a child list lies behind those of other parents.
    seconds: bool,
}

/// The values of a path's variables, in its order.
type Variables<'a> = Vec<(&'a str, String)>;

enum Part {
    Fixed(String),
    /// What stands before the variable, its name, and what stands behind.
    Variable(String, String, String),
}

const RECORDS: &str = "\u{f8ff}records\u{f8ff}";

impl Answers {
    pub(super) fn new(simulation: Simulation) -> Self {
        let ready = |route: Route| {
            let sample = match &route.list {
                None => Some(&route.answer),
                Some(list) => route.answer.pointer(&list.paging.records),
            };
            let sample = match (&route.list, sample) {
                (Some(_), Some(Value::Array(items))) => items.first(),
                (_, sample) => sample,
            };
            Ready {
                template: Template::new(sample.unwrap_or(&Value::Null), &route.roles),
                parts: route.path.split('/').map(part).collect(),
                seconds: route.list.as_ref().is_some_and(|list| {
                    let since = list.since.as_ref();
                    since.is_some_and(|(_, column)| {
                        let role = route.roles.iter().find(|(pointer, _)| pointer == column);
                        matches!(role, Some((_, Role::Moment)))
                    })
                }),
                route,
            }
        };
        let mut routes: Vec<Ready> = simulation.routes.into_iter().map(ready).collect();
        // What is fixed goes before what is variable (OAS 3.0.3, Paths Object).
        routes.sort_by_key(|ready| {
            let variable = |part: &Part| matches!(part, Part::Variable(..));
            ready.parts.iter().map(variable).collect::<Vec<_>>()
        });
        Self {
            routes,
            schemes: simulation.schemes,
            records: simulation.records,
            children: simulation.children,
            token: simulation.token,
        }
    }

    pub(super) fn answer(&self, asking: &Asking<'_>) -> Answer {
        let mut known = false;
        for ready in &self.routes {
            let Some(variables) = ready.variables(asking.path) else {
                continue;
            };
            known = true;
            if ready.route.method == asking.method {
                return self
                    .of_route(ready, &variables, asking)
                    .unwrap_or_else(|refusal| refusal);
            }
        }
        match known {
            true => problem(405, "the path has no operation of this method"),
            false => problem(404, "the API has no such path"),
        }
    }

    fn of_route(
        &self,
        ready: &Ready,
        variables: &Variables<'_>,
        asking: &Asking<'_>,
    ) -> Result<Answer, Answer> {
        let route = &ready.route;
        let query = pairs(asking.query);
        self.authorize(route, &query, asking.header)?;
        for parameter in &route.parameters {
            let value = match parameter.location {
                Location::Path => {
                    let mut all = variables.iter();
                    let found = all.find(|(name, _)| *name == parameter.name);
                    found.map(|(_, value)| value.clone())
                }
                Location::Query => query.get(&parameter.name).cloned(),
                Location::Header => (asking.header)(&parameter.name),
            };
            check(parameter, value.as_deref())?;
        }
        let body: Value = match asking.body {
            [] if route.body_required => return Err(problem(400, "a body is required")),
            [] => Value::Null,
            bytes => serde_json::from_slice(bytes)
                .map_err(|error| problem(400, &format!("the body is not JSON: {error}")))?,
        };
        let mut answer = Answer {
            status: route.status,
            media_type: route.media_type.clone(),
            headers: Vec::new(),
            body: String::new(),
            records: 0,
        };
        match &route.list {
            Some(list) => {
                let asked = Asked {
                    query: &query,
                    header: asking.header,
                    body: &body,
                };
                self.list(ready, list, variables, &asked, asking, &mut answer)?;
            }
            None if route.media_type.is_empty() => {}
            None => {
                // The same path gives the same answer.
                let last = variables.last().map_or("", |(_, value)| value);
                let number = numbered(last).unwrap_or(1);
                ready.template.write(number, asking.base, &mut answer.body);
            }
        }
        Ok(answer)
    }

    fn list(
        &self,
        ready: &Ready,
        list: &Listed,
        variables: &Variables<'_>,
        asked: &Asked<'_>,
        asking: &Asking<'_>,
        answer: &mut Answer,
    ) -> Result<(), Answer> {
        // Records of a child list are numbered through over all parents.
        let (offset, total) = match list.is_child {
            true => {
                let values = variables.iter().rev();
                let parent = values.filter_map(|(_, value)| numbered(value)).next();
                let parent = parent.unwrap_or(1).max(1);
                ((parent - 1) * self.children, self.children)
            }
            false => (0, self.records),
        };
        let mut skipped = 0;
        if let Some((place, _)) = list.since.as_ref().filter(|_| ready.seconds) {
            let since = asked.value(place);
            if let Some(since) = since {
                let seconds = seconds(&since).ok_or_else(|| {
                    problem(400, &format!("`{}` is no moment: `{since}`", place.name()))
                })?;
                // Record `n` is of the moment `EPOCH + n`; the moment itself is included.
                let first = seconds.saturating_sub(EPOCH).max(1);
                skipped = (first - 1).saturating_sub(offset).min(total);
            }
        }
        let of_key = |key: &str| {
            let number = numbered(key)?;
            number.checked_sub(1 + offset + skipped)
        };
        let page = listing::page(&list.paging, total - skipped, asked, of_key)
            .map_err(|message| problem(400, &message))?;
        let mut records = String::with_capacity(1024 * page.count.min(1000) as usize);
        records.push('[');
        for index in page.first..page.first + page.count {
            if index > page.first {
                records.push(',');
            }
            let number = offset + skipped + index + 1;
            ready.template.write(number, asking.base, &mut records);
        }
        records.push(']');
        answer.records = page.count;
        let next = page
            .next_query
            .as_ref()
            .map(|query| format!("{}{}?{query}", asking.base, asking.path));
        let mut envelope = ready.route.answer.clone();
        let mut set = |pointer: &str, value: Value| set(&mut envelope, pointer, value);
        set(&list.paging.records, json!(RECORDS));
        if let Some(pointer) = &list.paging.more {
            set(pointer, json!(page.has_more));
        }
        if let Some(pointer) = &list.paging.total {
            set(pointer, json!(total - skipped));
        }
        if let Some(pointer) = &list.paging.pages {
            set(pointer, json!((total - skipped).div_ceil(page.size.max(1))));
        }
        let (mut told, mut gone) = (None, None);
        let mut tell = |from: &Origin, value: Option<Value>| match (from, value) {
            (Origin::Body(pointer), Some(value)) => set(pointer, value),
            (Origin::Body(pointer), None) => match list.end {
                End::Null => set(pointer, Value::Null),
                End::Empty => set(pointer, json!("")),
                End::Absent => gone = Some(pointer.clone()),
            },
            (Origin::Header(name), value) => told = value.map(|value| (name.clone(), text(&value))),
        };
        match &list.paging.rule {
            Rule::NextUrl { from } => tell(from, next.map(Value::from)),
            Rule::Token { from, .. } | Rule::NextPage { from, .. } => tell(from, page.token),
            Rule::LinkHeader => {
                told = next.map(|url| ("Link".to_owned(), format!("<{url}>; rel=\"next\"")));
            }
            Rule::None | Rule::LastId { .. } | Rule::Offset { .. } | Rule::Page { .. } => {}
        }
        answer.headers.extend(told);
        if let Some(pointer) = gone {
            remove(&mut envelope, &pointer);
        }
        let text = envelope.to_string();
        answer.body = text.replacen(&format!("\"{RECORDS}\""), &records, 1);
        Ok(())
    }

    fn authorize(
        &self,
        route: &Route,
        query: &BTreeMap<String, String>,
        header: &dyn Fn(&str) -> Option<String>,
    ) -> Result<(), Answer> {
        let given = |index: &usize| match self.schemes.get(*index) {
            None => None,
            Some(SchemeKind::ApiKeyHeader {
                header: name,
                prefix,
            }) => Some(header(name)?.strip_prefix(prefix)?.to_owned()),
            Some(SchemeKind::ApiKeyQuery { parameter }) => query.get(parameter).cloned(),
            Some(SchemeKind::ApiKeyCookie { cookie }) => {
                let cookies = header("cookie")?;
                let mut all = cookies.split("; ").filter_map(|pair| pair.split_once('='));
                Some(all.find(|(name, _)| name == cookie)?.1.to_owned())
            }
            Some(SchemeKind::Basic) => {
                let value = header("authorization")?;
                let bytes = STANDARD.decode(value.strip_prefix("Basic ")?).ok()?;
                let pair = String::from_utf8(bytes).ok()?;
                Some(pair.split_once(':')?.1.to_owned())
            }
            Some(
                SchemeKind::Bearer | SchemeKind::OAuth2 { .. } | SchemeKind::OpenIdConnect { .. },
            ) => {
                let value = header("authorization")?;
                Some(value.strip_prefix("Bearer ")?.to_owned())
            }
        };
        let takes = |index: &usize| match (given(index), &self.token) {
            (Some(found), Some(token)) => found == *token,
            (found, None) => found.is_some_and(|found| !found.is_empty()),
            (None, Some(_)) => false,
        };
        let open = route.security.is_empty();
        match open || route.security.iter().any(|all| all.iter().all(takes)) {
            true => Ok(()),
            false => Err(problem(401, "the credential is missing or not taken")),
        }
    }
}

impl Ready {
    fn variables(&self, path: &str) -> Option<Variables<'_>> {
        let mut found = Vec::new();
        let mut segments = path.split('/');
        for part in &self.parts {
            let segment = segments.next()?;
            match part {
                Part::Fixed(text) if text == segment => {}
                Part::Variable(before, name, after) => {
                    let value = segment.strip_prefix(before.as_str())?;
                    let value = value.strip_suffix(after.as_str())?;
                    if value.is_empty() {
                        return None;
                    }
                    found.push((name.as_str(), decoded(value)));
                }
                Part::Fixed(_) => return None,
            }
        }
        segments.next().is_none().then_some(found)
    }
}

fn part(text: &str) -> Part {
    match text
        .split_once('{')
        .and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
    {
        Some((before, (name, after))) => {
            Part::Variable(before.to_owned(), name.to_owned(), after.to_owned())
        }
        None => Part::Fixed(text.to_owned()),
    }
}

fn check(parameter: &Declared, value: Option<&str>) -> Result<(), Answer> {
    let name = &parameter.name;
    let Some(value) = value else {
        return match parameter.required {
            true => Err(problem(400, &format!("`{name}` is required"))),
            false => Ok(()),
        };
    };
    if parameter.integer && value.parse::<i64>().is_err() {
        return Err(problem(
            400,
            &format!("`{name}` must be an integer, it is `{value}`"),
        ));
    }
    if !parameter.values.is_empty() && !parameter.values.iter().any(|one| one == value) {
        let list = parameter.values.join(", ");
        return Err(problem(
            400,
            &format!("`{name}` must be one of {list}, it is `{value}`"),
        ));
    }
    Ok(())
}

/// A value as a header has it.
fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// The number at the end of a made text, or the number itself.
fn numbered(text: &str) -> Option<u64> {
    let digits = text.rsplit(|c: char| !c.is_ascii_hexdigit()).next()?;
    match digits.len() == 12 && text.len() == 36 {
        // A made UUID.
        true => u64::from_str_radix(digits, 16).ok(),
        false => text
            .rsplit(|c: char| !c.is_ascii_digit())
            .next()?
            .parse()
            .ok(),
    }
}

/// Seconds since 1970, of a moment as RFC 3339 writes it; fractions are cut off.
fn seconds(text: &str) -> Option<u64> {
    let moment: Timestamp = text.parse().ok()?;
    u64::try_from(moment.as_second()).ok()
}

pub(super) fn problem(status: u16, message: &str) -> Answer {
    Answer {
        status,
        media_type: "application/json".to_owned(),
        headers: Vec::new(),
        body: json!({"message": message, "status": status}).to_string(),
        records: 0,
    }
}

fn pairs(query: &str) -> BTreeMap<String, String> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decoded(name), decoded(&value.replace('+', " "))))
        .collect()
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests;
