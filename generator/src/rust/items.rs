//! Structs, enumerations, unions and aliases.

use super::boxes::Boxes;
use super::ir::{
    Alias, Enum, Field, IntEnum, Item, Member, ModelFile, Struct, Type, Union, ValueEnum,
};
use super::ledger::{Ledger, row, rows};
use super::moved::Former;
use super::namespaces::Plan;
use super::reach::named;
use super::shape::nullable;
use super::typing::Types;
use super::{docs, names, reserve};
use crate::api::{self, SchemaId, SchemaKind};
use indexmap::IndexMap;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Items with the namespaces that reach them.
pub(super) struct Items {
    pub types: Vec<(Item, BTreeSet<usize>)>,
    /// Response and error enums, by name.
    pub responses: IndexMap<String, (Item, BTreeSet<usize>)>,
    /// Type names in use.
    pub used: HashSet<String>,
}

/// Above this number the shared types are split by first letter.
const FILE_ITEMS: usize = 150;

impl Items {
    /// Names that places had before the vendor moved them, as aliases.
    pub(super) fn former(&mut self, types: &Types<'_>, former: Vec<Former>) {
        for Former { name, target } in former {
            let representative = types.classes.representative[&target];
            let item = Item::Alias(Alias {
                name,
                docs: Vec::new(),
                ty: Type::Named(types.names[&representative].clone()),
            });
            let uses = types.reach[&target].namespaces.clone();
            self.types.push((item, uses));
        }
    }

    /// The files under `src/models/`: a type that one namespace alone reaches is
    /// gated by that namespace's feature.
    pub(super) fn files(self, plan: &Plan) -> Vec<ModelFile> {
        let mut gated: BTreeMap<usize, Vec<Item>> = BTreeMap::new();
        let mut shared: Vec<Item> = Vec::new();
        for (item, namespaces) in self.types.into_iter().chain(self.responses.into_values()) {
            match (namespaces.len(), namespaces.first()) {
                (1, Some(only)) => gated.entry(*only).or_default().push(item),
                _ => shared.push(item),
            }
        }
        let mut files: Vec<ModelFile> = gated
            .into_iter()
            .map(|(namespace, items)| {
                let module = plan.module(namespace).to_owned();
                file(module.clone(), Some(module), items)
            })
            .collect();
        if shared.len() <= FILE_ITEMS {
            if !shared.is_empty() {
                files.push(file("shared".to_owned(), None, shared));
            }
        } else {
            let mut letters: BTreeMap<String, Vec<Item>> = BTreeMap::new();
            for item in shared {
                let letter = item.name().chars().next().filter(char::is_ascii);
                let module = match letter {
                    Some(letter) => format!("shared_{}", letter.to_ascii_lowercase()),
                    None => "shared_other".to_owned(),
                };
                letters.entry(module).or_default().push(item);
            }
            files.extend(
                letters
                    .into_iter()
                    .map(|(module, items)| file(module, None, items)),
            );
        }
        files.sort_by(|a, b| a.module.cmp(&b.module));
        files
    }
}

fn file(module: String, feature: Option<String>, mut items: Vec<Item>) -> ModelFile {
    items.sort_by(|a, b| a.name().cmp(b.name()));
    ModelFile {
        module,
        feature,
        items,
    }
}

/// Every item that the API's schemas need.
pub(super) fn items(types: &Types<'_>, boxes: &Boxes, ledger: &mut Ledger) -> Items {
    let mut list = Vec::new();
    let ids = types.ids();
    for id in &types.classes.order {
        let uses = &types.classes.uses[id];
        let key = types.api.schemas[id.index()].key.as_str();
        let item = match &types.api.schemas[id.index()].kind {
            SchemaKind::Object(object) => {
                Item::Struct(structure(types, boxes, ledger, *id, object, uses.request))
            }
            SchemaKind::StringEnum(values) => {
                let (variants, unknown) = variants(
                    ledger,
                    key,
                    values
                        .iter()
                        .map(|value| (names::camel(value), value.clone())),
                );
                Item::Enum(Enum {
                    name: types.names[id].clone(),
                    docs: docs::schema(&types.api.schemas[id.index()]),
                    deprecated: types.api.schemas[id.index()].annotations.deprecated,
                    variants,
                    unknown,
                })
            }
            SchemaKind::IntegerEnum(values) => {
                let named = values
                    .iter()
                    .map(|value| (names::camel(&value.to_string()), value.to_string()));
                let (variants, unknown) = variants(ledger, key, named);
                Item::IntEnum(IntEnum {
                    name: types.names[id].clone(),
                    docs: docs::schema(&types.api.schemas[id.index()]),
                    deprecated: types.api.schemas[id.index()].annotations.deprecated,
                    variants: variants
                        .into_iter()
                        .filter_map(|(name, value)| Some((name, value.parse().ok()?)))
                        .collect(),
                    unknown,
                })
            }
            SchemaKind::ValueEnum(values) => {
                let named = values
                    .iter()
                    .map(|value| (value_name(value), value.to_string()));
                let (variants, unknown) = variants(ledger, key, named);
                Item::ValueEnum(ValueEnum {
                    name: types.names[id].clone(),
                    docs: docs::schema(&types.api.schemas[id.index()]),
                    deprecated: types.api.schemas[id.index()].annotations.deprecated,
                    variants: variants
                        .into_iter()
                        .filter_map(|(name, value)| {
                            Some((name, serde_json::from_str(&value).ok()?))
                        })
                        .collect(),
                    unknown,
                })
            }
            SchemaKind::Union(found) => Item::Union(union(types, boxes, ledger, *id, found, &ids)),
            _ => continue,
        };
        list.push((item, uses.namespaces.clone()));
    }
    for (id, uses) in aliases(types) {
        let target = types.names[&types.classes.representative[&id]].clone();
        let alias = Alias {
            name: types.names[&id].clone(),
            docs: Vec::new(),
            ty: Type::Named(target),
        };
        list.push((Item::Alias(alias), uses));
    }
    Items {
        types: list,
        responses: IndexMap::new(),
        used: types.used.clone(),
    }
}

/// The second names of types, with the namespaces in which they are spoken: those
/// that reach the place, and those of the types that stand for several places and
/// name this one.
fn aliases(types: &Types<'_>) -> IndexMap<SchemaId, BTreeSet<usize>> {
    let reached = types.reach.iter();
    let mut aliases: IndexMap<SchemaId, BTreeSet<usize>> = reached
        .filter(|(id, _)| types.classes.representative[*id] != **id)
        .map(|(id, uses)| (*id, uses.namespaces.clone()))
        .collect();
    for id in &types.classes.order {
        for part in named(types.api, *id) {
            if let Some(uses) = aliases.get_mut(&part) {
                uses.extend(&types.classes.uses[id].namespaces);
            }
        }
    }
    aliases
}

fn structure(
    types: &Types<'_>,
    boxes: &Boxes,
    ledger: &mut Ledger,
    id: SchemaId,
    object: &api::Object,
    request: bool,
) -> Struct {
    let schema = &types.api.schemas[id.index()];
    let order = field_names(ledger, &schema.key, object);
    let mut used: HashSet<String> = order.iter().map(|(name, _)| name.clone()).collect();
    let fields = order
        .into_iter()
        .map(|(name, wire)| {
            let property = object.properties[&wire];
            field(types, boxes, id, name, wire, property, request)
        })
        .collect();
    let additional = object.additional.map(|value| {
        let name = names::unique("additional".to_owned(), &mut used);
        (name, types.with_null(value))
    });
    Struct {
        name: types.names[&id].clone(),
        docs: docs::schema(schema),
        deprecated: schema.annotations.deprecated,
        fields,
        additional,
        constructor: request,
    }
}

fn field(
    types: &Types<'_>,
    boxes: &Boxes,
    owner: SchemaId,
    name: String,
    wire: String,
    property: api::Property,
    request: bool,
) -> Field {
    let place = &types.api.schemas[property.schema.index()];
    let annotations = &place.annotations;
    let mut inner = types.of(property.schema);
    let on_cycle = types
        .contained(property.schema)
        .into_iter()
        .any(|to| boxes.contains(&(owner, to)));
    if on_cycle {
        inner = Type::Boxed(Box::new(inner));
    }
    let null = nullable(types.api, property.schema) && inner != Type::Json;
    // One type serves both directions, so what only one of them carries is
    // optional in it (generator/README.md, "One type for both directions").
    let one_way = annotations.write_only || (annotations.read_only && request);
    let required = property.required && !one_way;
    let struct_cycle = on_cycle
        && matches!(
            types.api.schema(property.schema).kind,
            SchemaKind::Object(_) | SchemaKind::Tuple(_)
        );
    let ty = match (required, null) {
        // A required value of the type's own kind could never be built.
        (true, false) if struct_cycle => Type::Option(Box::new(inner)),
        (true, false) => inner,
        (true, true) | (false, false) => Type::Option(Box::new(inner)),
        (false, true) => Type::Nullable(Box::new(inner)),
    };
    let secret = matches!(
        &types.api.schema(property.schema).kind,
        SchemaKind::String { format: Some(format) } if format == "password"
    ) || wire.eq_ignore_ascii_case("set-cookie");
    Field {
        name,
        wire,
        ty,
        required,
        nullable: null,
        read_only: annotations.read_only,
        write_only: annotations.write_only,
        secret,
        docs: if place.component.is_some() {
            Vec::new()
        } else {
            docs::value(None, annotations)
        },
        deprecated: annotations.deprecated,
    }
}

/// `(Rust name, wire name)` of each property: those of the ledger in its order,
/// then new ones.
fn field_names(ledger: &mut Ledger, key: &str, object: &api::Object) -> Vec<(String, String)> {
    let known = ledger.fields.remove(key).unwrap_or_default();
    let known: Vec<(&str, &str)> = rows(&known).collect();
    let mut used = reserve(known.iter().map(|(rust, _)| *rust));
    let mut order: Vec<(String, String)> = known
        .iter()
        .filter(|(_, wire)| object.properties.contains_key(*wire))
        .map(|(rust, wire)| ((*rust).to_owned(), (*wire).to_owned()))
        .collect();
    let seen: HashSet<&str> = known.iter().map(|(_, wire)| *wire).collect();
    let mut fresh: Vec<&String> = object
        .properties
        .keys()
        .filter(|name| !seen.contains(name.as_str()))
        .collect();
    // Names are given in an order of their own, fields stand in the document's.
    let mut by_name = fresh.clone();
    by_name.sort_unstable_by_key(|name| (names::snake(name) != **name, name.as_str()));
    let given: HashMap<&String, String> = by_name
        .into_iter()
        .map(|wire| (wire, names::unique(names::snake(wire), &mut used)))
        .collect();
    order.extend(
        fresh
            .drain(..)
            .map(|wire| (given[wire].clone(), wire.clone())),
    );
    let gone = known
        .iter()
        .filter(|(_, wire)| !object.properties.contains_key(*wire))
        .map(|(rust, wire)| row(rust, wire));
    let rows = order
        .iter()
        .map(|(rust, wire)| row(rust, wire))
        .chain(gone)
        .collect();
    ledger.fields.insert(key.to_owned(), rows);
    order
}

/// Variants as `(name, value)`, in the order given, and the name for what is not
/// listed; `key` is the ledger's.
pub(super) fn variants(
    ledger: &mut Ledger,
    key: &str,
    listed: impl Iterator<Item = (String, String)>,
) -> (Vec<(String, String)>, String) {
    let listed: Vec<(String, String)> = listed.collect();
    let known = ledger.variants.remove(key).unwrap_or_default();
    let unknown = match known.iter().find_map(|row| row.strip_prefix('?')) {
        Some(name) => name.to_owned(),
        None => ["Unknown", "Unrecognized", "UnrecognizedValue"]
            .into_iter()
            .find(|name| !listed.iter().any(|(other, _)| other == name))
            .unwrap_or("UnrecognizedValue_")
            .to_owned(),
    };
    let given: HashMap<String, String> = rows(&known)
        .map(|(rust, wire)| (wire.to_owned(), rust.to_owned()))
        .collect();
    let mut used = reserve(given.values().map(String::as_str));
    used.insert(unknown.clone());
    used.insert("Self".to_owned());
    let mut fresh: Vec<&(String, String)> = listed
        .iter()
        .filter(|(_, value)| !given.contains_key(value))
        .collect();
    fresh.sort_unstable_by(|a, b| a.1.cmp(&b.1));
    let mut given = given;
    for (name, value) in fresh {
        let name = if name == "Self" { "SelfValue" } else { name };
        let name = names::unique(name.to_owned(), &mut used);
        given.insert(value.clone(), name);
    }
    let mut rows_out = vec![format!("?{unknown}")];
    let mut sorted: Vec<(&String, &String)> = given.iter().collect();
    sorted.sort_unstable();
    rows_out.extend(sorted.into_iter().map(|(value, name)| row(name, value)));
    ledger.variants.insert(key.to_owned(), rows_out);
    let variants = listed
        .into_iter()
        .map(|(_, value)| (given[&value].clone(), value))
        .collect();
    (variants, unknown)
}

/// The words of a listed value: `0.5` and `05` differ in them.
fn value_name(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => names::camel(text),
        other => names::camel(&other.to_string().replace('.', " point ")),
    }
}

fn union(
    types: &Types<'_>,
    boxes: &Boxes,
    ledger: &mut Ledger,
    id: SchemaId,
    union: &api::Union,
    ids: &HashMap<&str, SchemaId>,
) -> Union {
    let schema = &types.api.schemas[id.index()];
    let mut seen = HashMap::new();
    let labels = union.members.iter().map(|member| {
        let label = member_label(types, &schema.key, member.schema);
        // Two members may carry one label; the value of the row must differ.
        let count = seen.entry(label.1.clone()).or_insert(0usize);
        *count += 1;
        if *count == 1 {
            label
        } else {
            (label.0, format!("{} #{count}", label.1))
        }
    });
    let (names, unknown) = variants(ledger, &schema.key, labels);
    let mut identities: HashMap<Type, usize> = HashMap::new();
    let tys: Vec<(Type, Type)> = union
        .members
        .iter()
        .map(|member| {
            let mut ty = types.with_null(member.schema);
            let boxed = types
                .contained(member.schema)
                .into_iter()
                .any(|to| boxes.contains(&(id, to)));
            if boxed {
                ty = match ty {
                    Type::Option(inner) => Type::Option(Box::new(Type::Boxed(inner))),
                    ty => Type::Boxed(Box::new(ty)),
                };
            }
            let identity = types.identity(&ty, ids);
            *identities.entry(identity.clone()).or_default() += 1;
            (ty, identity)
        })
        .collect();
    let members = union
        .members
        .iter()
        .zip(names)
        .zip(tys)
        .map(|((member, (name, _)), (ty, identity))| {
            let mut required = Vec::new();
            let mut constants = Vec::new();
            if let SchemaKind::Object(object) = &types.api.schema(member.schema).kind {
                for (wire, property) in &object.properties {
                    let annotations = &types.api.schemas[property.schema.index()].annotations;
                    if property.required && !annotations.write_only {
                        required.push(wire.clone());
                    }
                    if let Some(value) = api::constant(types.api, property.schema) {
                        constants.push((wire.clone(), value));
                    }
                }
            }
            Member {
                name,
                from: identities[&identity] == 1,
                ty,
                types: types.json_types(member.schema, 0),
                tags: member.tags.clone(),
                required,
                constants,
            }
        })
        .collect();
    Union {
        name: types.names[&id].clone(),
        docs: docs::schema(schema),
        deprecated: schema.annotations.deprecated,
        discriminator: union.discriminator.clone(),
        members,
        unknown,
    }
}

/// The variant name of a union member and the words the ledger knows it by: the
/// component's name, or the shape.
fn member_label(types: &Types<'_>, union: &str, id: SchemaId) -> (String, String) {
    let schema = &types.api.schemas[id.index()];
    // The base of a family, by itself: in its own family, or in another's.
    if let Some(base) = schema.key.strip_suffix(" |base")
        && base != union
        && let Some(component) = base.strip_prefix("schema ")
    {
        return (names::camel(component), base.to_owned());
    }
    if let Some(component) = &schema.component {
        return (names::camel(component), format!("schema {component}"));
    }
    let label = schema
        .key
        .rsplit_once('|')
        .map_or(schema.key.as_str(), |(_, label)| label);
    let label = label.split(" #").next().unwrap_or(label);
    let words = label.split_once('~').map_or(label, |(words, _)| words);
    let words = words.split_once('=').map_or(words, |(_, value)| value);
    (names::camel(words), label.to_owned())
}
