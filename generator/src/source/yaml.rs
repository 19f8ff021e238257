//! YAML 1.2 text to located nodes, with anchors, aliases and merge keys.

use std::borrow::Cow;
use std::collections::HashMap;

use indexmap::map::Entry;
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Tag};

use super::node::{Node, Object, Place, Value};
use super::{LoadOptions, Parsed, scalar};
use crate::diagnostic::{Diagnostic, Effect, codes};

/// How many closing brackets out of line are forgiven.
const MAX_FORGIVEN: usize = 100;

/// Parses the first document of the text of file number `file`.
///
/// YAML wants the bracket that closes `{` or `[` indented, but most parsers
/// do not mind, so many documents rely on that: such a bracket is read as if
/// it stood at the end of the line before.
pub(super) fn parse(text: &str, file: u16, options: &LoadOptions) -> Result<Parsed, Diagnostic> {
    let mut first = match parse_strictly(text, file, options) {
        Ok(parsed) => return Ok(parsed),
        Err(error) => error,
    };
    let mut forgiving = text.to_owned();
    let mut findings = Vec::new();
    let mut error = first.clone();
    while findings.len() < MAX_FORGIVEN {
        let at = error.place.unwrap_or_default();
        let Some(joined) = join_bracket(&forgiving, at.offset as usize) else {
            break;
        };
        forgiving = joined;
        let message = "a closing bracket is not indented; it is read as if it were";
        let finding = Diagnostic::warning(&codes::YAML_FEATURE, message)
            .place(at)
            .help("indent it more than the key that the brackets belong to");
        findings.push(finding.effect(Effect::Repaired));
        match parse_strictly(&forgiving, file, options) {
            Ok(mut parsed) => {
                parsed.findings.append(&mut findings);
                return Ok(parsed);
            }
            Err(next) => error = next,
        }
    }
    if error.place > first.place {
        first = error;
    }
    Err(first)
}

/// Joins the line that begins with the closing bracket at `offset` to the
/// line before, without moving a byte.
fn join_bracket(text: &str, offset: usize) -> Option<String> {
    if !text.get(offset..)?.starts_with(['}', ']']) {
        return None;
    }
    let before = text[..offset].trim_end_matches([' ', '\t']);
    let end = before.strip_suffix('\n')?;
    let end = end.strip_suffix('\r').unwrap_or(end).len();
    let blank = " ".repeat(offset - end);
    Some(format!("{}{blank}{}", &text[..end], &text[offset..]))
}

fn parse_strictly(text: &str, file: u16, options: &LoadOptions) -> Result<Parsed, Diagnostic> {
    let mut reader = Reader {
        offsets: Offsets::new(text),
        file,
        options,
        open: Vec::new(),
        anchors: HashMap::new(),
        nodes: 0,
        root: None,
        findings: Vec::new(),
    };
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| {
            if error.info().contains("recursion limit") {
                return super::too_deep(options.max_depth, reader.place(error.marker()));
            }
            Diagnostic::error(
                &codes::BAD_YAML,
                format!("the YAML is malformed: {}", error.info()),
            )
            .place(reader.place(error.marker()))
            .help("check indentation and quoting at this place")
        })?;
        let place = reader.place(&span.start);
        if matches!(event, Event::DocumentStart(_)) && reader.root.is_some() {
            let message = "the file holds more than one YAML document; only the first is read";
            reader.odd(message, place);
            break;
        }
        reader.event(event, place)?;
    }
    let root = reader.root.take().ok_or_else(|| {
        Diagnostic::error(&codes::EMPTY, "the document holds nothing but comments")
            .help("check that the download succeeded")
    })?;
    Ok(Parsed {
        root,
        findings: reader.findings,
    })
}

/// An object or array that is still being read.
struct Open {
    shape: Shape,
    place: Place,
    anchor: usize,
    /// Values inside it so far.
    nodes: usize,
    /// Levels inside it so far.
    depth: usize,
}

enum Shape {
    Array(Vec<Node>),
    Object {
        members: Object,
        /// The key whose value comes next.
        key: Option<(String, Place, bool)>,
        /// Objects under `<<`, to be merged at the end.
        merged: Vec<Node>,
    },
}

/// What an anchor stands for.
struct Anchored {
    node: Node,
    nodes: usize,
    depth: usize,
}

struct Reader<'t> {
    offsets: Offsets<'t>,
    file: u16,
    options: &'t LoadOptions,
    open: Vec<Open>,
    anchors: HashMap<usize, Anchored>,
    nodes: usize,
    root: Option<Node>,
    findings: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn place(&mut self, marker: &Marker) -> Place {
        Place {
            file: self.file,
            offset: self.offsets.byte(marker.index()),
        }
    }

    fn odd(&mut self, message: impl Into<String>, place: Place) {
        self.findings.push(
            Diagnostic::warning(&codes::YAML_FEATURE, message)
                .place(place)
                .effect(Effect::Repaired),
        );
    }

    fn event(&mut self, event: Event<'_>, place: Place) -> Result<(), Diagnostic> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.count(1, place)?;
                let plain = style == ScalarStyle::Plain;
                let value = if self.expects_key() {
                    Value::String(text.into_owned())
                } else {
                    self.scalar(text, plain, tag.as_deref(), place)
                };
                let node = Node { value, place };
                self.close(node, anchor, 1, 0, plain)
            }
            Event::Alias(anchor) => {
                let Some(target) = self.anchors.get(&anchor) else {
                    return Err(Diagnostic::error(
                        &codes::BAD_YAML,
                        "an alias refers to an anchor that is not complete",
                    )
                    .place(place)
                    .help("an alias cannot stand inside its own anchor"));
                };
                let (nodes, depth) = (target.nodes, target.depth);
                if self.open.len() + depth > self.options.max_depth {
                    return Err(super::too_deep(self.options.max_depth, place));
                }
                self.nodes = self.nodes.saturating_add(nodes);
                if self.nodes > self.options.max_nodes {
                    return Err(self.too_many(place));
                }
                let node = target.node.clone();
                self.close(node, 0, nodes, depth, false)
            }
            Event::SequenceStart(anchor, _) => self.begin(Shape::Array(Vec::new()), anchor, place),
            Event::MappingStart(anchor, _) => {
                let shape = Shape::Object {
                    members: Object::default(),
                    key: None,
                    merged: Vec::new(),
                };
                self.begin(shape, anchor, place)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(open) = self.open.pop() else {
                    return Ok(());
                };
                let value = match open.shape {
                    Shape::Array(items) => Value::Array(items),
                    Shape::Object {
                        members, merged, ..
                    } => Value::Object(merge(members, merged)),
                };
                let node = Node {
                    value,
                    place: open.place,
                };
                self.close(node, open.anchor, open.nodes, open.depth + 1, false)
            }
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => Ok(()),
        }
    }

    fn expects_key(&self) -> bool {
        matches!(
            self.open.last().map(|open| &open.shape),
            Some(Shape::Object { key: None, .. })
        )
    }

    fn count(&mut self, nodes: usize, place: Place) -> Result<(), Diagnostic> {
        self.nodes = self.nodes.saturating_add(nodes);
        if self.nodes > self.options.max_nodes {
            return Err(self.too_many(place));
        }
        Ok(())
    }

    fn too_many(&self, place: Place) -> Diagnostic {
        Diagnostic::error(
            &codes::TOO_MANY_NODES,
            format!(
                "the document expands to more than {} values",
                self.options.max_nodes
            ),
        )
        .place(place)
        .help("its aliases repeat too much; check where the file comes from")
    }

    fn begin(&mut self, shape: Shape, anchor: usize, place: Place) -> Result<(), Diagnostic> {
        self.count(1, place)?;
        if self.open.len() >= self.options.max_depth {
            return Err(super::too_deep(self.options.max_depth, place));
        }
        // A collection that is a member is shown at its key.
        let place = match self.open.last() {
            Some(Open {
                shape:
                    Shape::Object {
                        key: Some((_, key, _)),
                        ..
                    },
                ..
            }) => *key,
            _ => place,
        };
        self.open.push(Open {
            shape,
            place,
            anchor,
            nodes: 1,
            depth: 0,
        });
        Ok(())
    }

    fn scalar(&mut self, text: Cow<'_, str>, plain: bool, tag: Option<&Tag>, at: Place) -> Value {
        match tag {
            Some(tag) if tag.is_yaml_core_schema() => match tag.suffix.as_str() {
                "str" | "binary" => Value::String(text.into_owned()),
                _ => scalar::resolve(&text),
            },
            Some(tag) => {
                if !(tag.handle.is_empty() && tag.suffix == "!") {
                    self.odd(format!("the tag `{tag}` is ignored"), at);
                }
                Value::String(text.into_owned())
            }
            None if plain => scalar::resolve(&text),
            None => Value::String(text.into_owned()),
        }
    }

    /// Puts a complete node where it belongs.
    fn close(
        &mut self,
        node: Node,
        anchor: usize,
        nodes: usize,
        depth: usize,
        plain: bool,
    ) -> Result<(), Diagnostic> {
        if anchor > 0 {
            let kept = Anchored {
                node: node.clone(),
                nodes,
                depth,
            };
            self.count(nodes, node.place)?;
            self.anchors.insert(anchor, kept);
        }
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        open.nodes += nodes;
        open.depth = open.depth.max(depth);
        match &mut open.shape {
            Shape::Array(items) => items.push(node),
            Shape::Object {
                members,
                key,
                merged,
            } => match key.take() {
                None => match node.value {
                    Value::String(name) => *key = Some((name, node.place, plain)),
                    _ => {
                        let name = node.to_json().to_string();
                        *key = Some((name, node.place, false));
                        self.odd("a key must be a string; its JSON is used", node.place);
                    }
                },
                Some((name, _, true)) if name == "<<" && can_merge(&node) => merged.push(node),
                Some((name, place, _)) => match members.entry(name) {
                    Entry::Vacant(entry) => {
                        entry.insert(node);
                    }
                    Entry::Occupied(mut entry) => {
                        let message = format!("the key `{}` appears twice", entry.key());
                        entry.insert(node);
                        self.findings.push(super::duplicate_key(message, place));
                    }
                },
            },
        }
        Ok(())
    }
}

/// Whether the value of `<<` is an object or an array of objects.
fn can_merge(node: &Node) -> bool {
    match &node.value {
        Value::Object(_) => true,
        Value::Array(items) => items.iter().all(|item| item.as_object().is_some()),
        _ => false,
    }
}

/// Adds what is merged in: members written out win, then the earlier object.
fn merge(mut members: Object, merged: Vec<Node>) -> Object {
    for node in merged {
        let objects = match node.value {
            Value::Array(items) => items,
            _ => vec![node],
        };
        for object in objects {
            if let Value::Object(object) = object.value {
                for (key, value) in object {
                    members.entry(key).or_insert(value);
                }
            }
        }
    }
    members
}

/// Turns the parser's character indices into byte offsets. Indices come
/// nearly in order, so a cursor suffices.
struct Offsets<'t> {
    text: &'t str,
    ascii: bool,
    character: usize,
    byte: usize,
}

impl<'t> Offsets<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            ascii: text.is_ascii(),
            character: 0,
            byte: 0,
        }
    }

    fn byte(&mut self, index: usize) -> u32 {
        if self.ascii {
            return u32::try_from(index.min(self.text.len())).unwrap_or(u32::MAX);
        }
        let bytes = self.text.as_bytes();
        let continues = |at: usize| bytes.get(at).is_some_and(|b| b & 0xc0 == 0x80);
        while self.character < index && self.byte < bytes.len() {
            self.byte += 1;
            while continues(self.byte) {
                self.byte += 1;
            }
            self.character += 1;
        }
        while self.character > index && self.byte > 0 {
            self.byte -= 1;
            while continues(self.byte) {
                self.byte -= 1;
            }
            self.character -= 1;
        }
        u32::try_from(self.byte).unwrap_or(u32::MAX)
    }
}
