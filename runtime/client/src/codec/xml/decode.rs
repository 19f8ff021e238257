//! A tree of elements into a value.
//!
//! Names are matched without prefixes, exactly first and then without regard to
//! letter case; what no property knows is skipped. Servers take liberties with
//! lists and with an envelope around the result, so both forms of a list are
//! read, and a root that holds nothing that the type knows is looked into.

use super::tree::{self, Element, local};
use crate::codec::json::DecodeError;
use crate::codec::text;
use crate::json::{Json, JsonObject};
use crate::model::{Field, ListSlot, Member, Reflect, Slot, Table, Union};
use crate::xml::{Xml, XmlField};

type Result<T = ()> = std::result::Result<T, DecodeError>;

/// Reads XML text into `slot`. After an error the slot's value is of no use.
///
/// # Errors
/// The text is no XML, or not of the slot's type.
pub fn decode(text: &str, xml: &Xml, slot: Slot<'_>) -> Result {
    let text = text.trim_start_matches('\u{feff}');
    let root = tree::parse(text).map_err(DecodeError::finish)?;
    let reader = Reader { xml };
    reader.root(root, slot).map_err(DecodeError::finish)
}

struct Reader<'x> {
    xml: &'x Xml,
}

impl Reader<'_> {
    fn root(&self, root: Element, slot: Slot<'_>) -> Result {
        match slot {
            Slot::Opt(place) if root.is_nil() => {
                place.set_null();
                Ok(())
            }
            Slot::Opt(place) => self.root(root, place.insert()),
            Slot::Choice(choice) => self.root(root, choice.select(0)),
            Slot::Model(model) => {
                let table = model.table();
                if table.additional || self.knows(&root, table) {
                    return self.model(&root, model);
                }
                // The root is a property, the type is what would be around it.
                if self.names(table, &root.name) {
                    let around = Element {
                        children: vec![root],
                        ..Element::default()
                    };
                    return self.model(&around, model);
                }
                let inner = root.children.iter().find(|child| self.knows(child, table));
                self.model(inner.unwrap_or(&root), model)
            }
            Slot::List(list) => {
                let is_item = !self.xml.item.is_empty()
                    && root.name == local(self.xml.item)
                    && root.name != local(self.xml.root);
                list.clear();
                if is_item {
                    return self.item(0, &root, list);
                }
                self.items(&root, list)
            }
            slot => self.value(&root, slot),
        }
    }

    /// Whether a child or attribute of the element is a property of the type.
    fn knows(&self, element: &Element, table: &Table) -> bool {
        let children = element.children.iter().map(|child| child.name.as_str());
        let attributes = element.attributes.iter().map(|(name, _)| name.as_str());
        let text = !element.text.trim().is_empty()
            && (0..table.fields.len())
                .any(|index| self.xml.field(table.name, index).has(XmlField::TEXT));
        text || children
            .chain(attributes)
            .any(|name| self.names(table, name))
    }

    /// Whether a property of the type has that name.
    fn names(&self, table: &Table, name: &str) -> bool {
        let fields = table.fields.iter().enumerate();
        fields
            .map(|(index, field)| (field, self.xml.field(table.name, index)))
            .any(|(field, row)| {
                alike(name_of(field, &row), name) || !row.item.is_empty() && alike(row.item, name)
            })
    }

    fn value(&self, element: &Element, slot: Slot<'_>) -> Result {
        match slot {
            Slot::Unit => Ok(()),
            Slot::Opt(place) => {
                if element.is_nil() {
                    place.set_null();
                    return Ok(());
                }
                match self.value(element, place.insert()) {
                    // `<size/>` for a number that is not there.
                    Err(_) if element.is_blank() => {
                        place.set_absent();
                        Ok(())
                    }
                    result => result,
                }
            }
            Slot::Model(model) => self.model(element, model),
            Slot::List(list) => {
                list.clear();
                self.items(element, list)
            }
            Slot::Map(map) => {
                map.clear();
                for (name, value) in &element.attributes {
                    scalar(value, map.entry(name.clone()))?;
                }
                for child in &element.children {
                    self.value(child, map.entry(child.name.clone()))
                        .map_err(|error| error.in_property(&child.name))?;
                }
                Ok(())
            }
            Slot::Union(union) => self.union(element, union),
            Slot::Choice(choice) => self.value(element, choice.select(0)),
            Slot::Json(place) => {
                *place = json(element);
                Ok(())
            }
            slot => scalar(&element.text, slot),
        }
    }

    fn items(&self, around: &Element, list: &mut dyn ListSlot) -> Result {
        for (index, child) in around.children.iter().enumerate() {
            self.item(index, child, list)?;
        }
        Ok(())
    }

    fn item(&self, index: usize, element: &Element, list: &mut dyn ListSlot) -> Result {
        self.value(element, list.push())
            .map_err(|error| error.in_item(index))
    }

    fn model(&self, element: &Element, model: &mut dyn Reflect) -> Result {
        let table = model.table();
        let mut claimed = vec![false; element.children.len()];
        for (index, field) in table.fields.iter().enumerate() {
            let row = self.xml.field(table.name, index);
            let name = name_of(field, &row);
            let slot = model.slot_at(index);
            if row.has(XmlField::TEXT) {
                scalar(&element.text, slot).map_err(|error| error.in_property(field.name))?;
                continue;
            }
            let found = if row.has(XmlField::ATTRIBUTE) {
                Vec::new()
            } else {
                self.children(element, table, name, &row, &mut claimed)
            };
            let result = match (found.as_slice(), attribute(element, name)) {
                ([], Some(text)) => scalar(text, slot),
                ([], None) => absent(field, slot),
                (found, _) => self.property(found, &row, slot),
            };
            result.map_err(|error| error.in_property(field.name))?;
        }
        if table.additional
            && let Slot::Map(map) = model.slot_at(table.fields.len())
        {
            map.clear();
            for (child, _) in element.children.iter().zip(claimed).filter(|pair| !pair.1) {
                self.value(child, map.entry(child.name.clone()))
                    .map_err(|error| error.in_property(&child.name))?;
            }
        }
        Ok(())
    }

    /// The children that are a property: those of its name, exactly or else without
    /// regard to letter case, and those of its items.
    fn children<'e>(
        &self,
        element: &'e Element,
        table: &Table,
        name: &str,
        row: &XmlField,
        claimed: &mut [bool],
    ) -> Vec<&'e Element> {
        let exact = |child: &Element| child.name == local(name);
        let any_exact = element.children.iter().any(exact);
        let is_other = |child: &Element| {
            let fields = table.fields.iter().enumerate();
            fields
                .map(|(index, field)| (field, self.xml.field(table.name, index)))
                .any(|(field, row)| local(name_of(field, &row)) == child.name)
        };
        let is_item = |child: &Element| {
            !row.item.is_empty() && !row.has(XmlField::WRAPPED) && local(row.item) == child.name
        };
        let mut found = Vec::new();
        for (index, child) in element.children.iter().enumerate() {
            let fits = if any_exact {
                exact(child) || is_item(child) && !is_other(child)
            } else {
                (alike(name, &child.name) || is_item(child)) && !is_other(child)
            };
            if fits {
                claimed[index] = true;
                found.push(child);
            }
        }
        found
    }

    /// The elements of one property.
    fn property(&self, found: &[&Element], row: &XmlField, slot: Slot<'_>) -> Result {
        match slot {
            Slot::Opt(place) => {
                let Some(first) = found.first() else {
                    return Ok(());
                };
                if first.is_nil() {
                    place.set_null();
                    return Ok(());
                }
                match self.property(found, row, place.insert()) {
                    Err(_) if found.len() == 1 && first.is_blank() => {
                        place.set_absent();
                        Ok(())
                    }
                    result => result,
                }
            }
            Slot::List(list) => {
                list.clear();
                if let [only] = found
                    && self.is_around(only, list)
                {
                    return self.items(only, list);
                }
                let mut count = 0;
                for element in found {
                    let item = local(row.item);
                    let is_wrapper = row.has(XmlField::WRAPPED)
                        || !item.is_empty()
                            && element.name != item
                            && element.attributes.is_empty()
                            && element.text.trim().is_empty()
                            && element.children.iter().all(|child| child.name == item);
                    let single = [*element];
                    let items: Vec<&Element> = match is_wrapper {
                        true => element.children.iter().collect(),
                        false => single.to_vec(),
                    };
                    for element in items {
                        self.item(count, element, list)?;
                        count += 1;
                    }
                }
                Ok(())
            }
            slot => match found.first() {
                Some(element) => self.value(element, slot),
                None => Ok(()),
            },
        }
    }

    /// Whether an element can be no item of the list, only what stands around its
    /// items, though the document does not say so: it holds elements of one name
    /// that look like items, or nothing where an item cannot be empty.
    fn is_around(&self, element: &Element, list: &mut dyn ListSlot) -> bool {
        let mut children = element.children.iter();
        let first = children.next();
        let alike = children.all(|child| first.is_some_and(|first| first.name == child.name));
        if !element.attributes.is_empty() || !element.text.trim().is_empty() || !alike {
            return false;
        }
        let is_around = match (list.push(), first) {
            (Slot::Model(model), Some(child)) => {
                let table = model.table();
                !table.additional && !self.names(table, &child.name) && self.knows(child, table)
            }
            (
                Slot::Str(_)
                | Slot::I64(_)
                | Slot::U64(_)
                | Slot::F64(_)
                | Slot::Bool(_)
                | Slot::Text(_)
                | Slot::Enum(_),
                Some(_),
            ) => true,
            (Slot::Str(_) | Slot::Bytes(_) | Slot::Json(_) | Slot::Opt(_), None) => false,
            (slot, None) => self.value(element, slot).is_err(),
            _ => false,
        };
        list.clear();
        is_around
    }

    /// The member that the discriminator names, else the first that reads the
    /// element, those with the most required properties first.
    fn union(&self, element: &Element, union: &mut dyn Union) -> Result {
        let table = union.table();
        let told = table.discriminator.and_then(|name| said(element, name));
        let tagged = told.and_then(|tag| {
            let mut members = table.members.iter();
            members.position(|member| member.tags.contains(&tag))
        });
        if let Some(member) = tagged {
            return self.value(element, union.select(member));
        }
        let is_scalar = element.children.is_empty() && element.attributes.is_empty();
        let fits = |member: &&Member| {
            let types = if is_scalar {
                Member::ANY
            } else {
                Member::OBJECT | Member::ARRAY
            };
            let required = member.required.iter();
            let constants = member.constants.iter();
            member.types & types != 0
                && required.clone().all(|name| said(element, name).is_some())
                && constants
                    .clone()
                    .all(|(name, value)| said(element, name).is_none_or(|found| found == *value))
        };
        let mut candidates: Vec<usize> = (0..table.members.len())
            .filter(|index| fits(&&table.members[*index]))
            .collect();
        candidates.sort_by_key(|index| {
            let member = &table.members[*index];
            // Any text is a string: the narrower types are asked first.
            (
                member.types & Member::STRING != 0,
                usize::MAX - member.required.len(),
            )
        });
        for member in candidates {
            if self.value(element, union.select(member)).is_ok() {
                return Ok(());
            }
        }
        union.set_unknown(json(element));
        Ok(())
    }
}

fn name_of<'n>(field: &'n Field, row: &'n XmlField) -> &'n str {
    if row.name.is_empty() {
        field.name
    } else {
        row.name
    }
}

fn alike(declared: &str, name: &str) -> bool {
    local(declared).eq_ignore_ascii_case(name)
}

fn attribute<'e>(element: &'e Element, name: &str) -> Option<&'e str> {
    let exact = element.attribute(local(name));
    exact.or_else(|| {
        let mut found = element.attributes.iter();
        let found = found.find(|(key, _)| alike(name, key));
        found.map(|(_, value)| value.as_str())
    })
}

/// The text of a child or attribute.
fn said<'e>(element: &'e Element, name: &str) -> Option<&'e str> {
    let mut children = element.children.iter();
    let child = children.find(|child| alike(name, &child.name));
    child
        .map(|child| child.text.trim())
        .or_else(|| attribute(element, name))
}

/// A property that is not there: a list without items is one, too.
fn absent(field: &Field, slot: Slot<'_>) -> Result {
    let required = field.flags & (Field::REQUIRED | Field::WRITE_ONLY) == Field::REQUIRED;
    match slot {
        Slot::List(list) => list.clear(),
        Slot::Map(map) => map.clear(),
        Slot::Opt(_) | Slot::Unit => {}
        _ if required => return Err(DecodeError::mismatch("a value", "nothing", 0)),
        _ => {}
    }
    Ok(())
}

fn scalar(content: &str, slot: Slot<'_>) -> Result {
    match slot {
        Slot::Opt(place) => scalar(content, place.insert()),
        Slot::Bool(place) => match content.trim() {
            // XML Schema Part 2, section 3.2.2.
            "true" | "1" => {
                *place = true;
                Ok(())
            }
            "false" | "0" => {
                *place = false;
                Ok(())
            }
            other => text::read(other, Slot::Bool(place)),
        },
        slot @ (Slot::Str(_) | Slot::Bytes(_) | Slot::Json(_)) => text::read(content, slot),
        slot => text::read(content.trim(), slot),
    }
}

/// An element without a type: text, or an object of attributes and children with
/// lists where a name repeats.
fn json(element: &Element) -> Json {
    if element.is_nil() {
        return Json::Null;
    }
    if element.children.is_empty() && element.attributes.is_empty() {
        return Json::String(element.text.clone());
    }
    let mut members = JsonObject::new();
    for (name, value) in &element.attributes {
        members.insert(name.clone(), Json::String(value.clone()));
    }
    for child in &element.children {
        let value = json(child);
        let same = element
            .children
            .iter()
            .filter(|other| other.name == child.name);
        if same.count() == 1 {
            members.insert(child.name.clone(), value);
            continue;
        }
        match members.get_mut(&child.name) {
            Some(Json::Array(items)) => items.push(value),
            _ => {
                members.insert(child.name.clone(), Json::Array(vec![value]));
            }
        }
    }
    let content = element.text.trim();
    if !content.is_empty() {
        members.insert("#text".to_owned(), Json::String(content.to_owned()));
    }
    Json::Object(members)
}
