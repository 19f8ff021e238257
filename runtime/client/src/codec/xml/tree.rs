//! XML text as a tree of elements. Entities other than the five that XML itself
//! defines are not expanded; comments and processing instructions are skipped.

use crate::codec::json::DecodeError;
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

/// How deep elements may nest.
const MAX_DEPTH: usize = 200;

/// An element, names without prefixes.
#[derive(Debug, Default)]
pub(super) struct Element {
    pub(super) name: String,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) children: Vec<Element>,
    pub(super) text: String,
}

impl Element {
    /// Neither attributes nor content.
    pub(super) fn is_blank(&self) -> bool {
        self.attributes.is_empty() && self.children.is_empty() && self.text.trim().is_empty()
    }

    /// `xsi:nil="true"` (XML Schema Part 1, section 2.6.2).
    pub(super) fn is_nil(&self) -> bool {
        self.attribute("nil")
            .is_some_and(|value| matches!(value, "true" | "1"))
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let mut found = self.attributes.iter().filter(|(key, _)| key == name);
        found.next().map(|(_, value)| value.as_str())
    }
}

/// Reads a document.
pub(super) fn parse(text: &str) -> Result<Element, DecodeError> {
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Element> = vec![Element::default()];
    loop {
        let offset = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let wrong = |what: String| DecodeError::mismatch("XML", what, offset);
        let event = reader
            .read_event()
            .map_err(|error| wrong(error.to_string()))?;
        match event {
            Event::Start(start) => {
                if open.len() > MAX_DEPTH {
                    return Err(wrong(format!("more than {MAX_DEPTH} levels")));
                }
                open.push(element(&start).map_err(wrong)?);
            }
            Event::Empty(start) => {
                let element = element(&start).map_err(wrong)?;
                append(&mut open, element);
            }
            Event::End(_) => {
                if open.len() > 1
                    && let Some(element) = open.pop()
                {
                    append(&mut open, element);
                }
            }
            Event::Text(content) => write(&mut open, &content.xml10_content()),
            Event::CData(content) => write(&mut open, &content.xml10_content()),
            Event::GeneralRef(reference) => {
                let name = reference.xml10_content();
                match reference.resolve_char_ref() {
                    Ok(Some(letter)) => write(&mut open, letter.encode_utf8(&mut [0; 4])),
                    _ => match resolve_predefined_entity(&name) {
                        Some(text) => write(&mut open, text),
                        None => return Err(wrong(format!("the entity `{name}`"))),
                    },
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    let unclosed = open.len() > 1;
    let mut document = open.swap_remove(0);
    match document.children.pop() {
        Some(root) if !unclosed && document.children.is_empty() => Ok(root),
        _ => Err(DecodeError::mismatch("one XML document", "other text", 0)),
    }
}

fn element(start: &BytesStart<'_>) -> Result<Element, String> {
    let mut attributes = Vec::new();
    for attribute in start.attributes().with_checks(false) {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let name: &str = attribute.key.as_ref();
        if name == "xmlns" || name.starts_with("xmlns:") {
            continue;
        }
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|error| error.to_string())?;
        attributes.push((local(name).to_owned(), value.into_owned()));
    }
    Ok(Element {
        name: local(start.name().as_ref()).to_owned(),
        attributes,
        children: Vec::new(),
        text: String::new(),
    })
}

/// A name without its prefix.
pub(super) fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

fn append(open: &mut [Element], element: Element) {
    if let Some(parent) = open.last_mut() {
        parent.children.push(element);
    }
}

fn write(open: &mut [Element], text: &str) {
    if let Some(parent) = open.last_mut() {
        parent.text.push_str(text);
    }
}
