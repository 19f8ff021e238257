//! What XML says of types and bodies (OAS 3.0.4, XML Object), as rows of the
//! tables that the codec reads.
//!
//! A name stands for a property where the property itself has it; the name of a
//! component is that of the root element and of items of lists, because
//! frameworks write their root elements there.

use super::ir::{Item, XmlFieldRow, XmlRoot, XmlTypeRow};
use super::items::Items;
use super::typing::Types;
use crate::api::{Api, Codec, Schema, SchemaId, SchemaKind, Xml};

/// The schemas from `id` to what it refers to.
fn chain(api: &Api, mut id: SchemaId) -> Vec<&Schema> {
    let mut found = Vec::new();
    for _ in 0..=api.schemas.len() {
        let schema = &api.schemas[id.index()];
        found.push(schema);
        match schema.kind {
            SchemaKind::Alias(next) => id = next,
            _ => break,
        }
    }
    found
}

fn first<'a, T>(chain: &[&'a Schema], get: impl Fn(&'a Xml) -> Option<T>) -> Option<T> {
    let mut facts = chain
        .iter()
        .filter_map(|schema| schema.annotations.xml.as_deref());
    facts.find_map(get)
}

/// The element of an item of the list that the chain ends in.
fn item(api: &Api, list: &[&Schema]) -> Option<String> {
    let Some(SchemaKind::Array(item)) = list.last().map(|schema| &schema.kind) else {
        return None;
    };
    first(&chain(api, *item), |xml| xml.name.clone())
}

fn namespace(chain: &[&Schema]) -> (String, String) {
    let prefix = first(chain, |xml| xml.prefix.clone());
    let uri = first(chain, |xml| xml.namespace.clone());
    (prefix.unwrap_or_default(), uri.unwrap_or_default())
}

/// The root of a body.
pub(super) fn root(api: &Api, codec: Codec, schema: Option<SchemaId>) -> Option<XmlRoot> {
    if codec != Codec::Xml {
        return None;
    }
    let chain = chain(api, schema?);
    let component = || chain.iter().find_map(|schema| schema.component.clone());
    let is_list = matches!(chain.last()?.kind, SchemaKind::Array(_));
    let list_item = || match chain.last()?.kind {
        SchemaKind::Array(item) => {
            let found = self::chain(api, item);
            found.iter().find_map(|schema| schema.component.clone())
        }
        _ => None,
    };
    let name = first(&chain, |xml| xml.name.clone()).or_else(component);
    Some(XmlRoot {
        root: match name {
            Some(name) => name,
            None if is_list => "items".to_owned(),
            None => String::new(),
        },
        item: item(api, &chain).or_else(list_item).unwrap_or_default(),
        namespace: namespace(&chain),
    })
}

/// The rows of all types, in order of name; `None` where no body is XML.
pub(super) fn types(types: &Types<'_>, items: &Items) -> Option<Vec<XmlTypeRow>> {
    let api = types.api;
    let speaks = api.exchanges().any(|(_, operation)| {
        let bodies = operation.body.iter();
        let mut bodies = bodies.flat_map(|body| std::iter::once(body).chain(&body.others));
        let mut responses = operation.responses.iter();
        bodies.any(|body| body.codec == Codec::Xml)
            || responses.any(|response| response.codec == Codec::Xml)
    });
    if !speaks {
        return None;
    }
    let ids = types.ids();
    let mut found = Vec::new();
    for item in items.types.iter().map(|(item, _)| item) {
        let Item::Struct(item) = item else { continue };
        let Some(id) = ids.get(item.name.as_str()) else {
            continue;
        };
        let SchemaKind::Object(object) = &api.schema(*id).kind else {
            continue;
        };
        let rows = item.fields.iter().enumerate().filter_map(|(index, field)| {
            let property = object.properties.get(&field.wire)?;
            row(api, index, &field.wire, property.schema)
        });
        let fields: Vec<XmlFieldRow> = rows.collect();
        if !fields.is_empty() {
            found.push(XmlTypeRow {
                name: item.name.clone(),
                fields,
            });
        }
    }
    found.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    Some(found)
}

/// What XML says of a property; `None` for a plain element of its name.
fn row(api: &Api, index: usize, wire: &str, id: SchemaId) -> Option<XmlFieldRow> {
    let chain = chain(api, id);
    let own = chain.iter().take_while(|schema| schema.component.is_none());
    let own: Vec<&Schema> = own.copied().collect();
    let name = first(&own, |xml| xml.name.clone()).filter(|name| name != wire);
    let row = XmlFieldRow {
        index,
        item: item(api, &chain)
            .filter(|item| item != name.as_deref().unwrap_or(wire))
            .unwrap_or_default(),
        name: name.unwrap_or_default(),
        namespace: namespace(&own),
        attribute: first(&chain, |xml| xml.attribute.then_some(())).is_some(),
        wrapped: first(&chain, |xml| xml.wrapped) == Some(true),
        text: first(&chain, |xml| xml.text.then_some(())).is_some(),
    };
    let plain = XmlFieldRow {
        index,
        ..XmlFieldRow::default()
    };
    (row != plain).then_some(row)
}
