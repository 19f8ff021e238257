//! What tells the webhooks of an API apart: a header or a property that has
//! values of its own in each of them. Where nothing is proven, the receiver has to
//! name the webhook (by the URL it was sent to, for example).

use crate::api::{
    Api, Codec, EventKey, EventPlace, EventRule, Location, SchemaId, SchemaKind, Webhook,
};
use std::collections::{BTreeMap, HashMap, HashSet};

/// How deep in a body is looked.
const DEPTH: usize = 2;
/// How many alternatives of a body, and values of a place, are looked at.
const WIDTH: usize = 500;

/// The values that a place may have in one webhook, and whether it must be there.
#[derive(Debug, Clone, PartialEq)]
struct Values {
    listed: Vec<String>,
    required: bool,
}

type Places = BTreeMap<EventPlace, Values>;

/// The key that the description proves, if it proves one.
///
/// In order of evidence: one place with a constant of its own in each webhook; one
/// place that lists the webhook's own name in each; one place whose lists have
/// nothing in common; two places whose constants together differ.
pub fn key(api: &Api) -> Option<EventKey> {
    let webhooks: Vec<&Webhook> = api
        .webhooks
        .iter()
        .filter(|found| found.callback.is_none())
        .collect();
    let found: Vec<Places> = webhooks.iter().map(|found| places(api, found)).collect();
    let mut shared: Vec<&EventPlace> = found.first()?.keys().collect();
    shared.retain(|place| found.iter().all(|places| places.contains_key(*place)));
    // Required ones first, then those nearest to the root; the order of `Places`
    // decides between equals.
    shared.sort_by_key(|place| {
        let optional = found.iter().any(|places| !places[*place].required);
        (optional, depth(place))
    });
    let column = |place: &EventPlace| -> Vec<&Vec<String>> {
        found.iter().map(|places| &places[place].listed).collect()
    };
    let made = |places: &[&EventPlace], values: Vec<Vec<Vec<String>>>, seen: String| EventKey {
        places: places.iter().copied().cloned().collect(),
        rule: EventRule::Values(values),
        seen,
        pointer: webhooks[0].operation.pointer.clone(),
    };
    let count = webhooks.len();
    let constants: Vec<&EventPlace> = shared
        .iter()
        .copied()
        .filter(|place| column(place).iter().all(|listed| listed.len() == 1))
        .collect();
    let alone = count == 1;
    let plural = if alone { " webhook" } else { " webhooks" };
    // One webhook alone proves nothing by a constant that may stand in all others.
    let says_name = |listed: &[String], name: &str| {
        let name = words(name);
        listed.iter().any(|value| words(value) == name)
    };
    let own = constants.iter().find(|place| {
        let column = column(place);
        match alone {
            true => says_name(column[0], &webhooks[0].name),
            false => are_apart(&column),
        }
    });
    if let Some(place) = own {
        let values = column(place).into_iter().map(|one| vec![one.clone()]);
        let seen = format!(
            "{} has one value of its own in each of {count}",
            spoken(place)
        );
        return Some(made(&[place], values.collect(), seen + plural));
    }
    let names: HashSet<&str> = webhooks.iter().map(|found| found.name.as_str()).collect();
    let named = shared.iter().find(|place| {
        let mut both = column(place).into_iter().zip(&webhooks);
        names.len() == count && both.all(|(listed, webhook)| listed.contains(&webhook.name))
    });
    if let Some(place) = named {
        let column = column(place);
        // Lists that have nothing in common say more than the names alone.
        let apart = are_apart(&column);
        let values = column.into_iter().zip(&webhooks).map(|(listed, webhook)| {
            vec![match apart {
                true => listed.clone(),
                false => vec![webhook.name.clone()],
            }]
        });
        let seen = format!("{} lists the name of each of {count}", spoken(place));
        return Some(made(&[place], values.collect(), seen + plural));
    }
    if alone {
        return None;
    }
    if let Some(place) = shared.iter().find(|place| are_apart(&column(place))) {
        let values = column(place).into_iter().map(|one| vec![one.clone()]);
        let seen = format!("{} has values of its own in each of {count}", spoken(place));
        return Some(made(&[place], values.collect(), seen + plural));
    }
    for (index, first) in constants.iter().enumerate() {
        for second in &constants[index + 1..] {
            let pairs: Vec<Vec<Vec<String>>> = found
                .iter()
                .map(|places| {
                    vec![
                        places[*first].listed.clone(),
                        places[*second].listed.clone(),
                    ]
                })
                .collect();
            let distinct: HashSet<&Vec<Vec<String>>> = pairs.iter().collect();
            if distinct.len() == count {
                let (one, two) = (spoken(first), spoken(second));
                let seen = format!("{one} and {two} together differ in each of {count}");
                return Some(made(&[first, second], pairs, seen + plural));
            }
        }
    }
    None
}

/// Whether no value is in two lists.
fn are_apart(column: &[&Vec<String>]) -> bool {
    let mut owners: HashMap<&str, usize> = HashMap::new();
    column.iter().enumerate().all(|(index, listed)| {
        let mut listed = listed.iter();
        listed.all(|value| *owners.entry(value).or_insert(index) == index)
    })
}

/// Letters and digits in small letters: what a name says, however it is written.
fn words(name: &str) -> String {
    let letters = name.chars().filter(|letter| letter.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

fn depth(place: &EventPlace) -> usize {
    match place {
        EventPlace::Header(_) => 0,
        EventPlace::Property(path) => path.len(),
    }
}

/// The place in words.
pub fn spoken(place: &EventPlace) -> String {
    match place {
        EventPlace::Header(name) => format!("the header `{name}`"),
        EventPlace::Property(path) => format!("the property `{}`", path.join(".")),
    }
}

/// The places of a webhook whose values are listed.
fn places(api: &Api, webhook: &Webhook) -> Places {
    let mut found = Places::new();
    for parameter in &webhook.operation.parameters {
        if parameter.location == Location::Header
            && let Some(listed) = listed(api, parameter.schema)
        {
            let place = EventPlace::Header(parameter.name.to_ascii_lowercase());
            let required = parameter.required;
            found.insert(place, Values { listed, required });
        }
    }
    if let Some(body) = &webhook.operation.body
        && body.codec == Codec::Json
        && body.others.is_empty()
    {
        for (path, values) in properties(api, body.schema, DEPTH) {
            found.insert(EventPlace::Property(path), values);
        }
    }
    found
}

/// Properties with listed values, by path.
fn properties(api: &Api, id: SchemaId, depth: usize) -> BTreeMap<Vec<String>, Values> {
    let mut found = BTreeMap::new();
    match &api.schema(id).kind {
        SchemaKind::Object(object) => {
            for (name, property) in &object.properties {
                if let Some(listed) = listed(api, property.schema) {
                    let required = property.required;
                    found.insert(vec![name.clone()], Values { listed, required });
                } else if depth > 1 {
                    for (path, mut values) in properties(api, property.schema, depth - 1) {
                        values.required &= property.required;
                        let path = std::iter::once(name.clone()).chain(path).collect();
                        found.insert(path, values);
                    }
                }
            }
        }
        // What every alternative has.
        SchemaKind::Union(union) if depth > 0 && union.members.len() <= WIDTH => {
            let mut members = union.members.iter();
            let Some(first) = members.next() else {
                return found;
            };
            found = properties(api, first.schema, depth - 1);
            for member in members {
                if found.is_empty() {
                    break;
                }
                let other = properties(api, member.schema, depth - 1);
                found.retain(|path, values| match other.get(path) {
                    Some(more) => {
                        for value in &more.listed {
                            if !values.listed.contains(value) {
                                values.listed.push(value.clone());
                            }
                        }
                        values.required &= more.required;
                        true
                    }
                    None => false,
                });
            }
        }
        _ => {}
    }
    found
}

/// The values that a scalar schema lists, as text.
fn listed(api: &Api, id: SchemaId) -> Option<Vec<String>> {
    let listed: Vec<String> = match &api.schema(id).kind {
        SchemaKind::StringEnum(values) => values.clone(),
        SchemaKind::IntegerEnum(values) => values.iter().map(i64::to_string).collect(),
        _ => return None,
    };
    (!listed.is_empty() && listed.len() <= WIDTH).then_some(listed)
}
