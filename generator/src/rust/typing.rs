//! Schemas to Rust types, and the names of types.

use super::classes::Classes;
use super::ir::{JsonTypes, Type};
use super::ledger::Ledger;
use super::names;
use super::namespaces::Plan;
use super::reach::Reach;
use super::scalars::Formats;
use super::shape::nullable;
use crate::api::{Api, SchemaId, SchemaKind};
use std::collections::{HashMap, HashSet};

/// Types of schemas.
pub(super) struct Types<'a> {
    pub api: &'a Api,
    pub formats: &'a Formats,
    pub reach: &'a Reach,
    pub classes: Classes,
    /// The name of each place that needs an item.
    pub names: HashMap<SchemaId, String>,
    /// Type names in use, those of the ledger included.
    pub used: HashSet<String>,
}

/// The deepest nesting of arrays and maps without a named type between them.
const MAX_NESTING: usize = 16;

impl<'a> Types<'a> {
    /// Names every place.
    pub(super) fn new(
        api: &'a Api,
        formats: &'a Formats,
        plan: &Plan,
        reach: &'a Reach,
        classes: Classes,
        ledger: &mut Ledger,
    ) -> Self {
        let mut used: HashSet<String> = ledger.types.values().cloned().collect();
        let prefixes = prefixes(api, plan);
        let mut fresh: Vec<SchemaId> = reach
            .keys()
            .copied()
            .filter(|id| !ledger.types.contains_key(&api.schemas[id.index()].key))
            .collect();
        fresh.sort_unstable_by_key(|id| {
            let schema = &api.schemas[id.index()];
            (schema.component.is_none(), schema.key.as_str())
        });
        for id in fresh {
            let key = &api.schemas[id.index()].key;
            let name = names::unique(base_name(key, &prefixes), &mut used);
            ledger.types.insert(key.clone(), name);
        }
        let names = reach
            .keys()
            .map(|id| (*id, ledger.types[&api.schemas[id.index()].key].clone()))
            .collect();
        Self {
            api,
            formats,
            reach,
            classes,
            names,
            used,
        }
    }

    /// The type of a value at `id`, null not counted.
    pub(super) fn of(&self, id: SchemaId) -> Type {
        self.nested(id, 0)
    }

    /// The type of a value at `id` where null is [`Option::None`].
    pub(super) fn with_null(&self, id: SchemaId) -> Type {
        let ty = self.of(id);
        if nullable(self.api, id) && ty != Type::Json {
            Type::Option(Box::new(ty))
        } else {
            ty
        }
    }

    fn nested(&self, id: SchemaId, depth: usize) -> Type {
        let id = self.api.canonical(id);
        if depth > MAX_NESTING {
            return Type::Json;
        }
        let part = |part: SchemaId| {
            let ty = self.nested(part, depth + 1);
            if nullable(self.api, part) && ty != Type::Json {
                Type::Option(Box::new(ty))
            } else {
                ty
            }
        };
        match &self.api.schemas[id.index()].kind {
            SchemaKind::Any | SchemaKind::Never | SchemaKind::Alias(_) => Type::Json,
            SchemaKind::Boolean => Type::Bool,
            SchemaKind::Integer { format } if format.as_deref() == Some("uint64") => Type::U64,
            SchemaKind::Integer { format } => match self.formats.of_integer(format.as_deref()) {
                Some(scalar) => Type::Scalar(scalar),
                None => Type::I64,
            },
            SchemaKind::Number { format } => match self.formats.of_number(format.as_deref()) {
                Some(scalar) => Type::Scalar(scalar),
                None => Type::F64,
            },
            SchemaKind::String { format } if format.as_deref() == Some("binary") => Type::File,
            SchemaKind::String { format } => match self.formats.of_string(format.as_deref()) {
                Some(scalar) => Type::Scalar(scalar),
                None => Type::String,
            },
            SchemaKind::Array(item) => Type::List(Box::new(part(*item))),
            SchemaKind::Map(value) => Type::Map(Box::new(part(*value))),
            SchemaKind::Tuple(tuple) => {
                let items = tuple.items.iter().enumerate().map(|(index, item)| {
                    match part(*item) {
                        // An item that is null has a place of its own, unlike one
                        // that is not there.
                        Type::Option(inner) => Type::Nullable(inner),
                        item if index < tuple.required => item,
                        item => Type::Option(Box::new(item)),
                    }
                });
                let items = items.collect();
                match tuple.rest {
                    Some(rest) => Type::Tail(items, Box::new(part(rest))),
                    None => Type::Tuple(items),
                }
            }
            SchemaKind::Object(_)
            | SchemaKind::StringEnum(_)
            | SchemaKind::IntegerEnum(_)
            | SchemaKind::ValueEnum(_)
            | SchemaKind::Union(_) => match self.names.get(&id) {
                Some(name) => Type::Named(name.clone()),
                None => Type::Json,
            },
        }
    }

    /// The representatives whose types a schema contains by value (not through an
    /// array or map).
    pub(super) fn contained(&self, id: SchemaId) -> Vec<SchemaId> {
        let mut found = Vec::new();
        // Resolution leaves no tuple that contains itself without a type between.
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            let id = self.api.canonical(id);
            match &self.api.schemas[id.index()].kind {
                SchemaKind::Object(_) | SchemaKind::Union(_) => {
                    found.extend(self.classes.representative.get(&id));
                }
                SchemaKind::Tuple(tuple) => open.extend(&tuple.items),
                _ => {}
            }
        }
        found
    }

    /// A type with every named place replaced by its representative, to tell
    /// whether two types are one.
    pub(super) fn identity(&self, ty: &Type, ids: &HashMap<&str, SchemaId>) -> Type {
        let inner = |inner: &Type| Box::new(self.identity(inner, ids));
        match ty {
            Type::Named(name) => {
                let representative = ids
                    .get(name.as_str())
                    .and_then(|id| self.classes.representative.get(id))
                    .and_then(|id| self.names.get(id));
                Type::Named(representative.unwrap_or(name).clone())
            }
            Type::Option(ty) => Type::Option(inner(ty)),
            Type::Nullable(ty) => Type::Nullable(inner(ty)),
            Type::List(ty) => Type::List(inner(ty)),
            Type::Map(ty) => Type::Map(inner(ty)),
            Type::Tuple(items) => Type::Tuple(self.identities(items, ids)),
            Type::Tail(items, rest) => Type::Tail(self.identities(items, ids), inner(rest)),
            // A box does not tell two members apart.
            Type::Boxed(ty) => self.identity(ty, ids),
            plain => plain.clone(),
        }
    }

    fn identities(&self, items: &[Type], ids: &HashMap<&str, SchemaId>) -> Vec<Type> {
        items.iter().map(|item| self.identity(item, ids)).collect()
    }

    /// Names to places, for [`Self::identity`].
    pub(super) fn ids(&self) -> HashMap<&str, SchemaId> {
        self.names
            .iter()
            .map(|(id, name)| (name.as_str(), *id))
            .collect()
    }

    /// The JSON types that a schema takes.
    pub(super) fn json_types(&self, id: SchemaId, depth: usize) -> JsonTypes {
        let mut types = JsonTypes::default();
        match &self.api.schema(id).kind {
            SchemaKind::Any | SchemaKind::Never | SchemaKind::Alias(_) => {
                types = JsonTypes {
                    null: true,
                    boolean: true,
                    integer: true,
                    number: true,
                    string: true,
                    array: true,
                    object: true,
                };
            }
            SchemaKind::Boolean => types.boolean = true,
            SchemaKind::Integer { .. } | SchemaKind::IntegerEnum(_) => types.integer = true,
            SchemaKind::Number { .. } => {
                types.integer = true;
                types.number = true;
            }
            SchemaKind::String { .. } | SchemaKind::StringEnum(_) => types.string = true,
            SchemaKind::ValueEnum(values) => {
                for value in values {
                    types.boolean |= value.is_boolean();
                    types.string |= value.is_string();
                    types.integer |= value.is_number();
                    types.number |= value.is_f64();
                }
            }
            SchemaKind::Array(_) | SchemaKind::Tuple(_) => types.array = true,
            SchemaKind::Map(_) | SchemaKind::Object(_) => types.object = true,
            SchemaKind::Union(union) => {
                for member in union.members.iter().filter(|_| depth < MAX_NESTING) {
                    let inner = self.json_types(member.schema, depth + 1);
                    types.null |= inner.null;
                    types.boolean |= inner.boolean;
                    types.integer |= inner.integer;
                    types.number |= inner.number;
                    types.string |= inner.string;
                    types.array |= inner.array;
                    types.object |= inner.object;
                }
            }
        }
        types
    }
}

/// Keys of operations, webhooks and callbacks with the words their types begin with.
pub(super) fn prefixes(api: &Api, plan: &Plan) -> HashMap<String, String> {
    let operations = api.operations.iter().zip(&plan.operations);
    let operations = operations.map(|(operation, (namespace, method))| {
        let module = &plan.namespaces[*namespace].module;
        let method = method.strip_prefix("r#").unwrap_or(method);
        let words = if method == module {
            method.to_owned()
        } else {
            format!("{module} {method}")
        };
        (operation.key(), words)
    });
    let mut words: HashMap<String, String> = operations.collect();
    let received = super::events::prefixes(api, &words);
    words.extend(received);
    words
}

/// The name of a place before collisions are settled.
fn base_name(key: &str, prefixes: &HashMap<String, String>) -> String {
    for kind in [
        "schema ",
        "parameter ",
        "body ",
        "response ",
        "header ",
        "at ",
        "missing ",
    ] {
        if let Some(rest) = key.strip_prefix(kind) {
            // A component that calls itself a patch needs no second word for it.
            let plain = rest.strip_suffix(" |patch");
            let is_patch = |plain: &&str| plain.to_ascii_lowercase().ends_with("patch");
            let rest = plain.filter(is_patch).unwrap_or(rest);
            let words = match kind {
                "body " => format!("{} body", spoken(rest)),
                "response " if rest.split_once(' ').is_some_and(is_headers) => spoken(rest),
                "header " => format!("{} header", spoken(rest)),
                "response " => format!("{} response", spoken(rest)),
                _ => spoken(rest),
            };
            return names::type_name(&words);
        }
    }
    // `METHOD /path query state .a []`: the path may hold spaces, so the longest
    // known operation decides.
    let mut end = key.len();
    while let Some(position) = key[..end].rfind(' ') {
        if let Some(words) = prefixes.get(&key[..position]) {
            return names::type_name(&format!("{words} {}", part(&key[position + 1..])));
        }
        end = position;
    }
    names::type_name(&spoken(key))
}

/// The part of an operation: `query state`, `body`, `200`, `404 .errors`.
fn part(rest: &str) -> String {
    let (word, after) = rest.split_once(' ').unwrap_or((rest, ""));
    match word {
        "query" | "path" | "header" | "cookie" => spoken(after),
        "body" => format!("body {}", spoken(after)),
        "default" => format!("default response {}", spoken(after)),
        status => {
            let name = match status.parse::<u16>() {
                // The headers of a success are those of the operation.
                Ok(200..=299) if is_headers((word, after)) => String::new(),
                Ok(200..=299) => "response".to_owned(),
                Ok(code) => super::errors::phrase(code),
                Err(_) => format!("response {status}"),
            };
            format!("{name} {}", spoken(after))
        }
    }
}

/// Whether a response's part is its headers, or in them.
fn is_headers((_, part): (&str, &str)) -> bool {
    part == "headers" || part.starts_with("headers .")
}

/// `.a [] {} |x` in words.
fn spoken(rest: &str) -> String {
    let rest = rest.replace(" []", " item").replace(" {}", " value");
    // `|label~3f2a`: the digest is for the ledger, not for people.
    let mut words = String::with_capacity(rest.len());
    for part in rest.split_inclusive(' ') {
        match part.rsplit_once('~') {
            Some((word, digest)) if digest.trim_end().len() == 4 => {
                words.push_str(word);
                words.push(' ');
            }
            _ => words.push_str(part),
        }
    }
    words
}
