//! A value as XML text.

use crate::codec::EncodeError;
use crate::codec::walk::{self, Kind, Result, items, kind, members};
use crate::model::{Field, View};
use crate::xml::{Xml, XmlField};
use quick_xml::escape::escape;

/// Writes a value as an XML document in UTF-8.
///
/// # Errors
/// A name or a text that XML cannot hold.
pub fn encode(value: View<'_>, xml: &Xml) -> Result<Vec<u8>> {
    let mut writer = Writer {
        xml,
        out: String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"),
    };
    writer.root(&value)?;
    Ok(writer.out.into_bytes())
}

struct Writer<'x> {
    xml: &'x Xml,
    out: String,
}

/// How an element is written.
#[derive(Clone, Copy)]
struct Tag<'n> {
    name: &'n str,
    item: &'n str,
    namespace: (&'static str, &'static str),
}

impl Writer<'_> {
    fn root(&mut self, value: &View<'_>) -> Result {
        let xml = self.xml;
        if !xml.root.is_empty() {
            let item = if xml.item.is_empty() {
                "item"
            } else {
                xml.item
            };
            return self.element(
                Tag {
                    name: xml.root,
                    item,
                    namespace: xml.namespace,
                },
                value,
            );
        }
        // A document has one root: the only property, where it is one element.
        let (mut count, mut is_element) = (0, false);
        self.each(value, &mut |_, _, row, value| {
            count += 1;
            is_element = match kind(value) {
                Kind::Absent => false,
                Kind::List => row.has(XmlField::WRAPPED),
                _ => !row.has(XmlField::ATTRIBUTE) && !row.has(XmlField::TEXT),
            };
            Ok(())
        })?;
        if count == 1 && is_element {
            return self.content(value);
        }
        let name = match value {
            View::Model(model) => model.table().name,
            _ => "root",
        };
        self.element(
            Tag {
                name,
                item: "item",
                namespace: xml.namespace,
            },
            value,
        )
    }

    /// The members of an object that a request sends, with what XML says of them.
    fn each(
        &mut self,
        value: &View<'_>,
        visit: &mut dyn FnMut(&mut Self, &str, XmlField, &View<'_>) -> Result,
    ) -> Result {
        let plain = XmlField::new(0, "", "", 0);
        let View::Model(model) = value else {
            return members(value, &mut |name, value| visit(self, name, plain, value));
        };
        let table = model.table();
        for (index, field) in table.fields.iter().enumerate() {
            if field.has(Field::READ_ONLY) {
                continue;
            }
            let row = self.xml.field(table.name, index);
            match model.view_at(index) {
                View::Absent if field.has(Field::REQUIRED | Field::NULLABLE) => {
                    visit(self, field.name, row, &View::Null)?;
                }
                View::Absent => {}
                value => visit(self, field.name, row, &value)?,
            }
        }
        if table.additional {
            let rest = model.view_at(table.fields.len());
            members(&rest, &mut |name, value| visit(self, name, plain, value))?;
        }
        Ok(())
    }

    fn element(&mut self, tag: Tag<'_>, value: &View<'_>) -> Result {
        let kind = kind(value);
        if kind == Kind::Absent {
            return Ok(());
        }
        let name = qualified(tag.name, tag.namespace)?;
        self.out.push('<');
        self.out.push_str(&name);
        if let (prefix, uri) = tag.namespace
            && !uri.is_empty()
        {
            let key = match prefix {
                "" => "xmlns".to_owned(),
                prefix => format!("xmlns:{prefix}"),
            };
            self.attribute(&key, uri);
        }
        if kind == Kind::Null {
            self.attribute("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance");
            self.attribute("xsi:nil", "true");
            self.out.push_str("/>");
            return Ok(());
        }
        if kind == Kind::Object {
            self.each(value, &mut |writer, own, row, value| {
                if row.has(XmlField::ATTRIBUTE) && !matches!(walk::kind(value), Kind::Null) {
                    let name = qualified(name_of(own, &row), (row.namespace.0, ""))?;
                    let text = walk::text(value)?;
                    allowed(&text)?;
                    writer.attribute(&name, &text);
                }
                Ok(())
            })?;
        }
        self.out.push('>');
        match kind {
            Kind::Object => self.content(value)?,
            Kind::List => items(value, &mut |item| {
                self.element(
                    Tag {
                        name: tag.item,
                        item: "item",
                        namespace: ("", ""),
                    },
                    item,
                )
            })?,
            _ => self.text(value)?,
        }
        self.out.push_str("</");
        self.out.push_str(&name);
        self.out.push('>');
        Ok(())
    }

    /// The elements and the text of an object.
    fn content(&mut self, value: &View<'_>) -> Result {
        self.each(value, &mut |writer, own, row, value| {
            if row.has(XmlField::ATTRIBUTE) {
                return Ok(());
            }
            if row.has(XmlField::TEXT) {
                return writer.text(value);
            }
            let name = name_of(own, &row);
            let item = if row.item.is_empty() { name } else { row.item };
            let tag = Tag {
                name,
                item,
                namespace: row.namespace,
            };
            if kind(value) != Kind::List || row.has(XmlField::WRAPPED) {
                return writer.element(tag, value);
            }
            let each = Tag {
                name: item,
                item: "item",
                ..tag
            };
            items(value, &mut |item| writer.element(each, item))
        })
    }

    fn text(&mut self, value: &View<'_>) -> Result {
        let text = walk::text(value)?;
        allowed(&text)?;
        self.out.push_str(&escape(text.as_ref()));
        Ok(())
    }

    fn attribute(&mut self, name: &str, value: &str) {
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
        // A reader makes spaces of these (XML 1.0, section 3.3.3).
        let value = escape(value).replace('\t', "&#9;").replace('\n', "&#10;");
        self.out.push_str(&value);
        self.out.push('"');
    }
}

fn name_of<'n>(own: &'n str, row: &XmlField) -> &'n str {
    if row.name.is_empty() { own } else { row.name }
}

/// Text without the characters that no XML document holds (XML 1.0, section 2.2).
fn allowed(text: &str) -> Result {
    let is_forbidden = |letter: char| {
        letter < ' ' && !matches!(letter, '\t' | '\n' | '\r')
            || matches!(letter, '\u{fffe}' | '\u{ffff}')
    };
    if text.chars().any(is_forbidden) {
        return Err(EncodeError::new(
            "XML cannot hold a control character of the text",
        ));
    }
    Ok(())
}

/// A name with its prefix, where both can be written (XML 1.0, section 2.3).
fn qualified(name: &str, (prefix, _): (&str, &str)) -> Result<String> {
    let starts = name.starts_with(|first: char| first.is_alphabetic() || first == '_');
    let rest = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.' | ':');
    if !starts || !name.chars().all(rest) {
        return Err(EncodeError::new(format!("`{name}` is no name in XML")));
    }
    Ok(match prefix {
        "" => name.to_owned(),
        prefix => format!("{prefix}:{name}"),
    })
}
