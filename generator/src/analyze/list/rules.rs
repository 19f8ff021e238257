//! How the pages of a list follow each other: one function per rule. Each wants a
//! parameter of the request and a property of the answer that agree in type and in
//! the family of their names; what is short of that is unproven.

use super::answer::{Answer, Form, Value};
use super::words::{
    AFTER_IDS, LAST_IDS, MORE, NEXT_URLS, NEXT_URLS_BY_FORMAT, OFFSETS, PAGE_COUNTS, PAGES, SIZES,
    TOKENS, TOTALS, UNCERTAIN_OFFSETS, plain,
};
use crate::api::{Api, Evidence, Operation, Origin, Paging, PagingRule, Place, SchemaId, Status};

/// An operation as the rules see it.
pub(super) struct Sight<'a> {
    pub(super) api: &'a Api,
    pub(super) operation: &'a Operation,
    pub(super) request: &'a [(Place, Value)],
    pub(super) answer: &'a Answer,
    /// The key of a record as a JSON pointer, with its form, where there is one.
    pub(super) key: Option<(String, Form)>,
}

/// A rule that fits, and what speaks for it.
pub(super) struct Fit {
    pub(super) rule: PagingRule,
    pub(super) name: &'static str,
    pub(super) confidence: f32,
    pub(super) pointer: String,
    pub(super) seen: String,
    /// Whether the number of all records says where the list ends.
    by_total: bool,
}

/// Facts of this confidence may be used.
pub(super) const BAR: f32 = 0.9;

type RuleOf = fn(&Sight<'_>) -> Option<Fit>;

/// The rules in the order in which they go before each other: what the server says
/// of the next page, then what is reckoned.
const RULES: &[RuleOf] = &[
    next_url,
    link_header,
    token,
    next_page,
    last_id,
    same_token,
    offset,
    page,
];

/// The best rule: the first that is proven, else the most likely.
pub(super) fn find(sight: &Sight<'_>) -> Option<(Paging, Evidence)> {
    let mut best: Option<Fit> = None;
    for rule in RULES {
        let Some(mut fit) = rule(sight) else {
            continue;
        };
        if sight.operation.method != "GET" && fit.rule.place().is_none() {
            // Whether the next request is a POST with the same body, nothing says.
            fit.confidence = fit.confidence.min(0.5);
        }
        if fit
            .rule
            .place()
            .is_some_and(|place| sight.is_switched(place))
        {
            // Whoever does not ask for this way gets the other: a first page without a
            // token, which looks like the last.
            fit.confidence = fit.confidence.min(0.5);
        }
        let ends_in_variable = sight.operation.path.trim_end_matches('/').ends_with('}');
        if ends_in_variable && sight.any_paging_parameter().is_none() {
            // One record, in an envelope that all answers share.
            fit.confidence = fit.confidence.min(0.5);
        }
        if fit.confidence >= BAR {
            best = Some(fit);
            break;
        }
        if best
            .as_ref()
            .is_none_or(|known| known.confidence < fit.confidence)
        {
            best = Some(fit);
        }
    }
    let fit = best?;
    let of = |names: &[&str], forms: &[Form]| {
        let found = sight.value(names, forms)?;
        Some(found.pointer.clone())
    };
    let paging = Paging {
        status: match fit.confidence >= BAR {
            true => Status::Proven,
            false => Status::Unproven,
        },
        more: of(MORE, &[Form::Boolean]),
        total: fit.by_total.then(|| of(TOTALS, &[Form::Integer])).flatten(),
        pages: match fit.rule {
            PagingRule::Page(..) => of(PAGE_COUNTS, &[Form::Integer]),
            _ => None,
        },
        size: sight
            .parameter(SIZES, &[Form::Integer])
            .map(|(place, _)| place.clone()),
        rule: fit.rule,
    };
    let evidence = Evidence {
        fact: "paging",
        rule: fit.name,
        pointer: fit.pointer,
        seen: fit.seen,
        confidence: fit.confidence,
    };
    Some((paging, evidence))
}

impl Sight<'_> {
    /// The parameter of the first of these names that has one of these forms.
    fn parameter(&self, names: &[&str], forms: &[Form]) -> Option<(&Place, &Value)> {
        names.iter().find_map(|name| {
            let mut all = self.request.iter();
            let found = all.find(|(_, value)| {
                (value.name == *name || value.long == *name) && forms.contains(&value.form)
            });
            found.map(|(place, value)| (place, value))
        })
    }

    /// The same in the answer.
    fn value(&self, names: &[&str], forms: &[Form]) -> Option<&Value> {
        names.iter().find_map(|name| {
            let mut all = self.answer.values.iter();
            all.find(|value| is_called(value, name) && forms.contains(&value.form))
        })
    }

    /// The same, or a header of the answer.
    fn origin(&self, names: &[&str], forms: &[Form]) -> Option<(Origin, &Value)> {
        if let Some(value) = self.value(names, forms) {
            return Some((Origin::Body(value.pointer.clone()), value));
        }
        names.iter().find_map(|name| {
            let mut all = self.answer.headers.iter();
            let value = all.find(|value| {
                let bare = value.name.strip_prefix('x').unwrap_or(&value.name);
                (value.name == *name || bare == *name) && forms.contains(&value.form)
            })?;
            Some((Origin::Header(value.pointer.clone()), value))
        })
    }

    fn fit(
        &self,
        name: &'static str,
        rule: PagingRule,
        confidence: f32,
        parameter: Option<&Value>,
        answer: &str,
    ) -> Fit {
        let asked = rule.place().map(|place| place.name().to_owned());
        let asked = asked.or_else(|| parameter.map(|value| value.name.clone()));
        Fit {
            seen: match asked {
                Some(asked) => format!("{asked} in the request, {answer} in the answer"),
                None => format!("{answer} in the answer"),
            },
            pointer: match parameter {
                Some(value) => value.pointer.clone(),
                None => self.answer.pointer.clone(),
            },
            by_total: false,
            rule,
            name,
            confidence,
        }
    }

    /// Whether pages follow each other by this parameter only if another one says so:
    /// `usemarker` beside `marker`.
    fn is_switched(&self, place: &Place) -> bool {
        let word = plain(place.name().rsplit('/').next().unwrap_or_default());
        let mut all = self.request.iter();
        all.any(|(_, value)| {
            value.form == Form::Boolean && value.name != word && value.name.contains(&word)
        })
    }

    /// Whether the description of a parameter quotes the property at this pointer: "the
    /// value of `next` of the last answer".
    fn quotes(&self, place: &Place, pointer: &str) -> bool {
        let name = pointer.rsplit('/').next().unwrap_or_default();
        let mut parameters = self.operation.parameters.iter();
        let parameter = parameters.find(|one| one.name == place.name());
        let text = parameter.and_then(|one| one.description.as_deref());
        let quoted = ['`', '\'', '"'].map(|mark| format!("{mark}{name}{mark}"));
        text.is_some_and(|text| quoted.iter().any(|quoted| text.contains(quoted)))
    }

    /// Whether there is any parameter by which pages are asked for.
    fn any_paging_parameter(&self) -> Option<&Value> {
        let tokens = TOKENS.iter().flat_map(|family| family.request);
        let names: Vec<&str> = [PAGES, OFFSETS, SIZES]
            .into_iter()
            .flatten()
            .chain(tokens)
            .chain(AFTER_IDS)
            .copied()
            .collect();
        let forms = [Form::Text, Form::Integer, Form::Number];
        self.parameter(&names, &forms).map(|(_, value)| value)
    }
}

/// A name that is the property's own, or one with the words of its objects before it.
fn is_called(value: &Value, name: &str) -> bool {
    value.name == name || name.len() > value.name.len() && value.long.ends_with(name)
}

/// A URL of the next page in the body.
fn next_url(sight: &Sight<'_>) -> Option<Fit> {
    let by_name = sight.value(NEXT_URLS, &[Form::Text, Form::Url]);
    let found = by_name.or_else(|| sight.value(NEXT_URLS_BY_FORMAT, &[Form::Url]))?;
    let rule = PagingRule::NextUrl(Origin::Body(found.pointer.clone()));
    let asked = sight.any_paging_parameter();
    Some(sight.fit("next-url", rule, 0.95, asked, &found.pointer))
}

/// A `Link` header beside a parameter for pages.
fn link_header(sight: &Sight<'_>) -> Option<Fit> {
    let header = sight
        .answer
        .headers
        .iter()
        .find(|value| value.name == "link")?;
    let asked = sight.any_paging_parameter();
    let confidence = match asked {
        Some(_) => 0.95,
        None => 0.6,
    };
    let rule = PagingRule::LinkHeader;
    Some(sight.fit("link-header", rule, confidence, asked, &header.pointer))
}

/// A token of the next page.
fn token(sight: &Sight<'_>) -> Option<Fit> {
    for form in [Form::Text, Form::Integer] {
        for family in TOKENS {
            let Some((place, asked)) = sight.parameter(family.request, &[form]) else {
                continue;
            };
            if let Some((origin, found)) = sight.origin(family.next, &[form]) {
                // A number of the next page is another rule.
                if form == Form::Integer && PAGES.contains(&asked.name.as_str()) {
                    continue;
                }
                let seen = found.pointer.clone();
                let rule = PagingRule::Token(place.clone(), origin);
                return Some(sight.fit("token", rule, 0.97, Some(asked), &seen));
            }
        }
    }
    // The types do not agree, or the name could be a URL's.
    let requests = TOKENS.iter().flat_map(|family| family.request);
    let requests: Vec<&str> = requests.copied().collect();
    let (place, asked) = sight.parameter(&requests, &[Form::Text])?;
    let nexts = TOKENS.iter().flat_map(|family| family.next).copied();
    let nexts: Vec<&str> = nexts.chain(["next"]).collect();
    let forms = [Form::Text, Form::Integer, Form::Other];
    let (origin, found) = sight.origin(&nexts, &forms)?;
    let seen = found.pointer.clone();
    let rule = PagingRule::Token(place.clone(), origin);
    if found.form == Form::Text && sight.quotes(place, &seen) {
        return Some(sight.fit("token-by-what-it-says", rule, 0.93, Some(asked), &seen));
    }
    Some(sight.fit("token-by-name", rule, 0.6, Some(asked), &seen))
}

/// A token that the answer has by the name of the parameter.
fn same_token(sight: &Sight<'_>) -> Option<Fit> {
    let leads = [NEXT_URLS, NEXT_URLS_BY_FORMAT].concat();
    let forms = [Form::Text, Form::Url, Form::Integer, Form::Other];
    let other = sight.value(&leads, &forms).is_some();
    TOKENS.iter().find_map(|family| {
        let (place, asked) = sight.parameter(family.request, &[Form::Text])?;
        let (origin, found) = sight.origin(family.same, &[Form::Text])?;
        let seen = found.pointer.clone();
        let rule = PagingRule::Token(place.clone(), origin);
        let confidence = if other { 0.5 } else { 0.92 };
        Some(sight.fit(
            "token-of-the-same-name",
            rule,
            confidence,
            Some(asked),
            &seen,
        ))
    })
}

/// The number of the next page.
fn next_page(sight: &Sight<'_>) -> Option<Fit> {
    let (place, asked) = sight.parameter(PAGES, &[Form::Integer])?;
    let (origin, found) = sight.origin(&["nextpage", "nextpagenumber"], &[Form::Integer])?;
    let seen = found.pointer.clone();
    let rule = PagingRule::NextPage(place.clone(), origin);
    Some(sight.fit("next-page-number", rule, 0.95, Some(asked), &seen))
}

/// The key of the last record, with a boolean that says whether there is more.
fn last_id(sight: &Sight<'_>) -> Option<Fit> {
    let more = sight.value(MORE, &[Form::Boolean]);
    let forms = [Form::Text, Form::Integer];
    let by_name = sight.parameter(AFTER_IDS, &forms);
    let last = sight.value(LAST_IDS, &forms);
    let (place, asked) = by_name.or_else(|| sight.parameter(&["after"], &forms))?;
    let (key, form) = sight.key.clone()?;
    let certain = by_name.is_some() || last.is_some();
    let confidence = match more {
        Some(_) if certain && form == asked.form => 0.95,
        Some(_) if form == asked.form => 0.7,
        _ if by_name.is_some() && form == asked.form => 0.6,
        _ => return None,
    };
    let seen = more
        .map_or("nothing", |more| more.pointer.as_str())
        .to_owned();
    let seen = format!("{key} of a record and {seen}");
    let rule = PagingRule::LastId(place.clone(), key);
    Some(sight.fit("last-id", rule, confidence, Some(asked), &seen))
}

/// The least number that a parameter takes, where the description says it.
fn first(api: &Api, schema: SchemaId) -> Option<u64> {
    let number = |id: SchemaId| {
        let notes = &api.schemas[id.index()].annotations;
        let declared = notes.default.as_ref().and_then(serde_json::Value::as_f64);
        declared.or(notes.bounds.minimum)
    };
    let found = number(schema).or_else(|| number(api.canonical(schema)))?;
    match found {
        0.0 => Some(0),
        1.0 => Some(1),
        _ => None,
    }
}

/// Whether a default is declared that is not the first of all.
fn starts_elsewhere(api: &Api, schema: SchemaId) -> bool {
    let default = |id: SchemaId| api.schemas[id.index()].annotations.default.clone();
    let found = default(schema).or_else(|| default(api.canonical(schema)));
    found.is_some_and(|value| value.as_f64() != Some(0.0))
}

/// How many records to skip, with a size, and a total or the like in the answer.
fn offset(sight: &Sight<'_>) -> Option<Fit> {
    let (place, asked) = sight.parameter(OFFSETS, &[Form::Integer])?;
    let size = sight.parameter(SIZES, &[Form::Integer, Form::Number]);
    let total = sight.value(TOTALS, &[Form::Integer]);
    let more = sight.value(MORE, &[Form::Boolean]);
    let echo = sight.value(OFFSETS, &[Form::Integer]);
    let word = asked.name.as_str();
    let known = first(sight.api, asked.schema);
    let (from, certain) = match UNCERTAIN_OFFSETS.contains(&word) {
        true => (known.unwrap_or(0), known.is_some()),
        false => (0, !starts_elsewhere(sight.api, asked.schema)),
    };
    let seen = total.or(more).or(echo);
    let confidence = match (size, seen) {
        (Some(_), Some(_)) if certain => 0.93,
        (Some(_), _) => 0.6,
        _ => 0.4,
    };
    let seen = seen
        .map_or("nothing", |value| value.pointer.as_str())
        .to_owned();
    let rule = PagingRule::Offset(place.clone(), from);
    let mut fit = sight.fit("offset", rule, confidence, Some(asked), &seen);
    fit.by_total = more.is_none();
    Some(fit)
}

/// The number of a page, and how many there are, or the like, in the answer.
fn page(sight: &Sight<'_>) -> Option<Fit> {
    let (place, asked) = sight.parameter(PAGES, &[Form::Integer])?;
    let total = sight.value(TOTALS, &[Form::Integer]);
    let pages = sight.value(PAGE_COUNTS, &[Form::Integer]);
    let more = sight.value(MORE, &[Form::Boolean]);
    let known = first(sight.api, asked.schema);
    let seen = more.or(pages).or(total);
    let confidence = match (known, seen) {
        (Some(_), Some(_)) => 0.93,
        (None, Some(_)) => 0.7,
        _ => 0.5,
    };
    let seen = seen
        .map_or("nothing", |value| value.pointer.as_str())
        .to_owned();
    let rule = PagingRule::Page(place.clone(), known.unwrap_or(1));
    let mut fit = sight.fit("page-number", rule, confidence, Some(asked), &seen);
    fit.by_total = more.is_none() && pages.is_none();
    Some(fit)
}
