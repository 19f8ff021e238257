//! Inheritance by discriminator: a schema with a `discriminator` and no union of
//! its own, and the schemas that extend it by `allOf` (OAS 3.0.3, Discriminator
//! Object). As a value it is a union of itself and those; as a part of an `allOf`
//! it is its own properties.

use super::facets::{Facets, annotations};
use super::rules;
use super::{Progress, Resolver};
use crate::api::{SchemaId, SchemaKind, Union, UnionMember};
use crate::diagnostic::{Effect, codes};
use crate::source::unescape;
use indexmap::{IndexMap, IndexSet};
use openapiv3::{Discriminator, OpenAPI, ReferenceOr, Schema};
use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// A base of more derived types than this is read as itself alone.
pub(super) const LARGEST_FAMILY: usize = 100;

/// The extension by which a derived type gives its own value of the discriminator.
const TAG: &str = "x-ms-discriminator-value";

/// The families of a document, by the component that is their base.
#[derive(Default)]
pub(super) struct Families {
    bases: IndexMap<String, Family>,
    /// Components that some family derives from its base.
    derived: HashSet<String>,
    /// Bases whose family is too large: their number of derived types.
    large: IndexMap<String, usize>,
}

struct Family {
    property: String,
    /// Components and the values that mean them; the base first.
    members: Vec<(String, Vec<String>)>,
}

/// What one component says of its place among others.
struct Component<'a> {
    parents: Vec<&'a str>,
    discriminator: Option<&'a Discriminator>,
    tag: Option<&'a str>,
    schema: &'a Schema,
    /// It adds something to its parents.
    adds: bool,
}

impl Families {
    /// Finds the families among the components.
    pub(super) fn find(document: &OpenAPI, largest: usize) -> Self {
        let components = components(document);
        let mut children: HashMap<&str, Vec<&str>> = HashMap::new();
        for (name, component) in &components {
            for parent in &component.parents {
                children.entry(parent).or_default().push(name);
            }
        }
        let mut found = Self::default();
        for name in components.keys() {
            let Some(discriminator) = inherited(&components, name) else {
                continue;
            };
            let derived = descendants(&components, &children, name, discriminator);
            if derived.is_empty() {
                continue;
            }
            let tags = |member: &str| tags(&components, discriminator, member);
            let mapped = !discriminator.mapping.is_empty();
            let mut members = vec![((*name).to_owned(), tags(name))];
            members.extend(derived.iter().filter_map(|member| {
                let said = says_tag(&components, discriminator, member);
                (said || !mapped).then(|| ((*member).to_owned(), tags(member)))
            }));
            if members.len() < 2 {
                continue;
            }
            if members.len() - 1 > largest {
                found.large.insert((*name).to_owned(), members.len() - 1);
                continue;
            }
            let derived = members.iter().skip(1).map(|(member, _)| member.clone());
            found.derived.extend(derived);
            let family = Family {
                property: discriminator.property_name.clone(),
                members,
            };
            found.bases.insert((*name).to_owned(), family);
        }
        found
    }

    /// Whether the schema under `key` is a component that a family derives.
    pub(super) fn derives(&self, key: &str) -> bool {
        key.strip_prefix("schema ")
            .is_some_and(|name| self.derived.contains(name))
    }
}

/// The components that are schemas of their own, not references.
fn components(document: &OpenAPI) -> IndexMap<&str, Component<'_>> {
    let schemas = document.components.iter().flat_map(|all| &all.schemas);
    schemas
        .filter_map(|(name, schema)| match schema {
            ReferenceOr::Item(schema) => Some((name.as_str(), component(schema))),
            ReferenceOr::Reference { .. } => None,
        })
        .collect()
}

fn component(schema: &Schema) -> Component<'_> {
    let facets = Facets::of(schema);
    let mut found = Component {
        parents: Vec::new(),
        discriminator: own_discriminator(schema, &facets),
        tag: tag(schema),
        schema,
        adds: facets.properties.is_some() || !facets.required.is_empty(),
    };
    for part in facets.all_of {
        match part {
            ReferenceOr::Reference { reference } => {
                if let Some(name) = component_name(reference) {
                    found.parents.push(name);
                }
            }
            ReferenceOr::Item(item) => {
                let inner = Facets::of(item);
                found.discriminator = found.discriminator.or(own_discriminator(item, &inner));
                found.tag = found.tag.or(tag(item));
                found.adds |= !inner.is_open();
            }
        }
    }
    found.adds |= found.parents.len() > 1;
    found
}

fn own_discriminator<'a>(schema: &'a Schema, facets: &Facets<'_>) -> Option<&'a Discriminator> {
    let union = !facets.one_of.is_empty() || !facets.any_of.is_empty();
    schema.schema_data.discriminator.as_ref().filter(|_| !union)
}

fn tag(schema: &Schema) -> Option<&str> {
    schema.schema_data.extensions.get(TAG)?.as_str()
}

fn component_name(reference: &str) -> Option<&str> {
    let name = reference.strip_prefix("#/components/schemas/")?;
    (!name.contains(['~', '%'])).then_some(name)
}

/// The discriminator of a component: its own, or the nearest that it extends.
fn inherited<'a>(
    components: &IndexMap<&'a str, Component<'a>>,
    name: &str,
) -> Option<&'a Discriminator> {
    let mut level = vec![name];
    let mut seen = HashSet::new();
    while !level.is_empty() {
        let known = level.iter().filter_map(|name| components.get(name));
        let found = known.clone().find_map(|component| component.discriminator);
        if found.is_some() {
            return found;
        }
        let parents = known.flat_map(|component| component.parents.iter().copied());
        level = parents.filter(|parent| seen.insert(*parent)).collect();
    }
    None
}

/// The components that extend `base`, through others too, and those that its
/// mapping names besides.
fn descendants<'a>(
    components: &IndexMap<&'a str, Component<'a>>,
    children: &HashMap<&str, Vec<&'a str>>,
    base: &str,
    discriminator: &'a Discriminator,
) -> IndexSet<&'a str> {
    let mapped: HashSet<&str> = discriminator
        .mapping
        .values()
        .map(|target| target_name(target))
        .collect();
    let mut found: IndexSet<&str> = IndexSet::new();
    let mut next = 0;
    let mut parent = base;
    loop {
        for child in children.get(parent).into_iter().flatten() {
            let said = mapped.contains(child) || components[child].tag.is_some();
            if *child != base && (components[child].adds || said) {
                found.insert(child);
            }
        }
        match found.get_index(next) {
            Some(name) => parent = name,
            None => break,
        }
        next += 1;
    }
    let own = components
        .get(base)
        .is_some_and(|component| component.discriminator.is_some());
    if own {
        // A mapping may name what does not say that it extends the base.
        for target in discriminator.mapping.values() {
            if let Some((name, component)) = components.get_key_value(target_name(target))
                && *name != base
                && component.parents.is_empty()
                && !components[base].parents.contains(name)
            {
                found.insert(name);
            }
        }
    }
    found
}

/// The component that an entry of a mapping means: a reference, or its name.
fn target_name(target: &str) -> &str {
    target.rsplit('/').next().unwrap_or(target)
}

/// The values of the discriminator that mean a component.
fn tags(
    components: &IndexMap<&str, Component<'_>>,
    discriminator: &Discriminator,
    name: &str,
) -> Vec<String> {
    let mut tags: Vec<String> = discriminator
        .mapping
        .iter()
        .filter(|(_, target)| unescape(target_name(target)) == name)
        .map(|(value, _)| value.clone())
        .collect();
    if let Some(component) = components.get(name) {
        let said = component.tag.map(str::to_owned);
        let said = said.or_else(|| constant(component.schema, &discriminator.property_name));
        if let Some(said) = said
            && !tags.contains(&said)
        {
            tags.push(said);
        }
    }
    if tags.is_empty() {
        tags.push(name.to_owned());
    }
    tags
}

/// Whether the document gives a value for the component, so that its name is
/// not the value.
fn says_tag(
    components: &IndexMap<&str, Component<'_>>,
    discriminator: &Discriminator,
    name: &str,
) -> bool {
    let component = components.get(name);
    discriminator
        .mapping
        .values()
        .any(|target| unescape(target_name(target)) == name)
        || component.is_some_and(|component| {
            component.tag.is_some()
                || constant(component.schema, &discriminator.property_name).is_some()
        })
}

/// The only value that a schema allows for a property.
fn constant(schema: &Schema, property: &str) -> Option<String> {
    let facets = Facets::of(schema);
    if let Some(ReferenceOr::Item(item)) = facets.properties.and_then(|all| all.get(property))
        && let Some(values) = Facets::of(item).enumeration
        && let [Value::String(value)] = values.as_slice()
    {
        return Some(value.clone());
    }
    facets.all_of.iter().find_map(|part| match part {
        ReferenceOr::Item(item) => constant(item, property),
        ReferenceOr::Reference { .. } => None,
    })
}

impl Resolver<'_> {
    /// Gives each base of a family a second place for what it is by itself.
    pub(super) fn declare_families(&mut self) {
        let names: Vec<String> = self.families.bases.keys().cloned().collect();
        for name in names {
            let Some(id) = self.components.get(name.as_str()).copied() else {
                continue;
            };
            let pointer = self.schemas[id.index()].pointer.clone();
            let alone = self.allocate(format!("schema {name} |base"), pointer);
            self.alone.insert(id, alone);
            self.bases.insert(alone, name);
        }
        let large: Vec<(String, usize)> = self.families.large.clone().into_iter().collect();
        for (name, count) in large {
            let pointer = format!("#/components/schemas/{}", crate::source::escape(&name));
            self.report(
                &codes::INHERITANCE,
                Effect::Degraded,
                &pointer,
                format!("{count} types extend this base; values are read as the base alone"),
            );
        }
    }

    /// What a schema is by itself, where it is the base of a family.
    pub(super) fn by_itself(&self, id: SchemaId) -> SchemaId {
        self.alone.get(&id).copied().unwrap_or(id)
    }

    /// Makes a base the union of its family.
    pub(super) fn fill_family(&mut self, id: SchemaId, name: &str, schema: &Schema) {
        let Some(family) = self.families.bases.get(name) else {
            return;
        };
        let members = family
            .members
            .iter()
            .filter_map(|(member, tags)| {
                let member = self.components.get(member.as_str())?;
                Some(UnionMember {
                    schema: self.by_itself(*member),
                    tags: tags.clone(),
                })
            })
            .collect();
        let union = Union {
            discriminator: Some(family.property.clone()),
            members,
        };
        let bounds = Facets::of(schema).bounds;
        let place = &mut self.schemas[id.index()];
        place.kind = SchemaKind::Union(union);
        place.nullable = schema.schema_data.nullable;
        place.annotations = annotations(schema, bounds, rules::own(schema));
        self.progress[id.index()] = Progress::Done;
    }

    /// Whether `name` is the base of a family.
    pub(super) fn has_family(&self, name: &str) -> bool {
        self.families.bases.contains_key(name)
    }
}
