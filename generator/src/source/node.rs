//! A JSON value in which every node knows its place in the text.

use indexmap::IndexMap;

/// Where a node stands: a file of the [`Source`](super::Source) and a byte
/// offset in its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Place {
    /// Index into [`Source::files`](super::Source::files).
    pub file: u16,
    /// Byte offset into the text of that file.
    pub offset: u32,
}

type Members = IndexMap<String, Node, foldhash::fast::RandomState>;

/// The members of an object, in the order written: an [`IndexMap`] behind a
/// pointer, so that nodes stay small.
#[derive(Debug, Clone, Default)]
pub struct Object(Box<Members>);

impl std::ops::Deref for Object {
    type Target = Members;

    fn deref(&self) -> &Members {
        &self.0
    }
}

impl std::ops::DerefMut for Object {
    fn deref_mut(&mut self) -> &mut Members {
        &mut self.0
    }
}

impl FromIterator<(String, Node)> for Object {
    fn from_iter<T: IntoIterator<Item = (String, Node)>>(members: T) -> Self {
        Self(Box::new(members.into_iter().collect()))
    }
}

impl Extend<(String, Node)> for Object {
    fn extend<T: IntoIterator<Item = (String, Node)>>(&mut self, members: T) {
        self.0.extend(members);
    }
}

impl IntoIterator for Object {
    type Item = (String, Node);
    type IntoIter = indexmap::map::IntoIter<String, Node>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Object {
    type Item = (&'a String, &'a Node);
    type IntoIter = indexmap::map::Iter<'a, String, Node>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a mut Object {
    type Item = (&'a String, &'a mut Node);
    type IntoIter = indexmap::map::IterMut<'a, String, Node>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter_mut()
    }
}

/// A value and its place.
#[derive(Debug, Clone, Default)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Where it stands. For an object or array that is a member, the place of
    /// its key; else the place of the value itself.
    pub place: Place,
}

/// A JSON value.
#[derive(Debug, Clone, Default)]
pub enum Value {
    /// `null`
    #[default]
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as it is written; always a valid JSON number.
    Number(Box<str>),
    /// A string.
    String(String),
    /// An array.
    Array(Vec<Node>),
    /// An object.
    Object(Object),
}

impl Value {
    /// The kind in words, with its article, for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "an array",
            Value::Object(_) => "an object",
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::String(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::String(text)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Value::Bool(value)
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Self {
        Value::Object(object)
    }
}

impl From<Vec<Node>> for Value {
    fn from(items: Vec<Node>) -> Self {
        Value::Array(items)
    }
}

impl Node {
    /// A node at a place.
    pub fn new(value: impl Into<Value>, place: Place) -> Self {
        Self {
            value: value.into(),
            place,
        }
    }

    /// An object of these members, all of which keep their own places.
    pub fn object<K: Into<String>>(
        place: Place,
        members: impl IntoIterator<Item = (K, Node)>,
    ) -> Self {
        let members: Object = members.into_iter().map(|(k, v)| (k.into(), v)).collect();
        Self::new(members, place)
    }

    /// Takes the value, leaving null.
    pub fn take(&mut self) -> Node {
        let value = std::mem::replace(&mut self.value, Value::Null);
        Node {
            value,
            place: self.place,
        }
    }

    /// A member of an object.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.as_object()?.get(key)
    }

    /// A member of an object, to change.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        self.as_object_mut()?.get_mut(key)
    }

    /// A member of an object that is a string.
    pub fn get_str(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_str()
    }

    /// The string, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The boolean, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self.value {
            Value::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// The number as written, if it is one.
    pub fn as_number(&self) -> Option<&str> {
        match &self.value {
            Value::Number(text) => Some(text),
            _ => None,
        }
    }

    /// The number, if it is one and finite.
    pub fn as_f64(&self) -> Option<f64> {
        let number: f64 = self.as_number()?.parse().ok()?;
        number.is_finite().then_some(number)
    }

    /// The number, if it is a whole one within `i64`, however written (`1e3`).
    pub fn as_i64(&self) -> Option<i64> {
        let text = self.as_number()?;
        if let Ok(number) = text.parse() {
            return Some(number);
        }
        let number: f64 = text.parse().ok()?;
        // Every whole f64 of this magnitude is exact.
        (number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0).then_some(number as i64)
    }

    /// The items, if it is an array.
    pub fn as_array(&self) -> Option<&Vec<Node>> {
        match &self.value {
            Value::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The items to change, if it is an array.
    pub fn as_array_mut(&mut self) -> Option<&mut Vec<Node>> {
        match &mut self.value {
            Value::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The members, if it is an object.
    pub fn as_object(&self) -> Option<&Object> {
        match &self.value {
            Value::Object(members) => Some(members),
            _ => None,
        }
    }

    /// The members to change, if it is an object.
    pub fn as_object_mut(&mut self) -> Option<&mut Object> {
        match &mut self.value {
            Value::Object(members) => Some(members),
            _ => None,
        }
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    /// The target of the reference, if it is an object with a string `$ref`.
    pub fn reference(&self) -> Option<&str> {
        self.get_str("$ref")
    }

    /// Puts what its reference leads to in its place. Members beside the
    /// `$ref` are kept, and win; those of them that the target has too, prose
    /// apart, are returned.
    pub(crate) fn replace_reference(&mut self, target: Value) -> Vec<String> {
        let beside = std::mem::replace(&mut self.value, target);
        let (Value::Object(members), Value::Object(beside)) = (&mut self.value, beside) else {
            return Vec::new();
        };
        let mut both = Vec::new();
        for (key, member) in beside.into_iter().filter(|(key, _)| key != "$ref") {
            let prose = matches!(key.as_str(), "summary" | "description");
            if members.insert(key.clone(), member).is_some() && !prose {
                both.push(key);
            }
        }
        both
    }

    /// The node at a JSON pointer (`/a/b`, with or without a leading `#`).
    pub fn pointer(&self, pointer: &str) -> Option<&Node> {
        let (node, matched) = self.nearest(pointer);
        (matched.len() == pointer.len()).then_some(node)
    }

    /// The deepest node on the way to a JSON pointer, and the part of the
    /// pointer that leads to it.
    pub fn nearest<'p>(&self, pointer: &'p str) -> (&Node, &'p str) {
        let mut matched = usize::from(pointer.starts_with('#'));
        let mut node = self;
        while let Some(rest) = pointer[matched..].strip_prefix('/') {
            let segment = rest.split('/').next().unwrap_or_default();
            let Some(next) = node.child(segment) else {
                break;
            };
            node = next;
            matched += 1 + segment.len();
        }
        (node, &pointer[..matched])
    }

    /// The child that a segment of a JSON pointer leads to.
    fn child(&self, segment: &str) -> Option<&Node> {
        match &self.value {
            Value::Object(members) => members.get(unescape(segment).as_ref()).or_else(|| {
                // `$ref`s are URIs, so their pointers may be percent-encoded.
                let decoded = percent_encoding::percent_decode_str(segment)
                    .decode_utf8()
                    .ok()?;
                members.get(unescape(&decoded).as_ref())
            }),
            Value::Array(items) => items.get(segment.parse::<usize>().ok()?),
            _ => None,
        }
    }

    /// The same value for `serde_json`; a number beyond `f64` becomes its
    /// nearest finite one.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match &self.value {
            Value::Null => Json::Null,
            Value::Bool(value) => Json::Bool(*value),
            Value::Number(text) => text.parse().map_or_else(
                |_| {
                    let number: f64 = text.parse().unwrap_or_default();
                    serde_json::Number::from_f64(number.clamp(f64::MIN, f64::MAX))
                        .map_or(Json::Null, Json::Number)
                },
                Json::Number,
            ),
            Value::String(text) => Json::String(text.clone()),
            Value::Array(items) => Json::Array(items.iter().map(Node::to_json).collect()),
            Value::Object(members) => Json::Object(
                members
                    .iter()
                    .map(|(key, node)| (key.clone(), node.to_json()))
                    .collect(),
            ),
        }
    }
}

/// A key as a segment of a JSON pointer.
pub fn escape(key: &str) -> std::borrow::Cow<'_, str> {
    if key.contains(['~', '/']) {
        key.replace('~', "~0").replace('/', "~1").into()
    } else {
        key.into()
    }
}

/// A segment of a JSON pointer as the key it stands for.
pub fn unescape(segment: &str) -> std::borrow::Cow<'_, str> {
    if segment.contains('~') {
        segment.replace("~1", "/").replace("~0", "~").into()
    } else {
        segment.into()
    }
}

#[cfg(test)]
mod tests {
    use crate::source::Source;

    #[test]
    fn pointers() {
        let source = Source::for_test("a.json", r#"{"a/b": [{"x y": 1}], "c~": 2}"#);
        let root = &source.root;
        assert_eq!(
            root.pointer("#/a~1b/0/x y").and_then(|n| n.as_i64()),
            Some(1)
        );
        assert_eq!(
            root.pointer("/a~1b/0/x%20y").and_then(|n| n.as_i64()),
            Some(1)
        );
        assert_eq!(root.pointer("/c~0").and_then(|n| n.as_i64()), Some(2));
        assert!(root.pointer("/a~1b/1").is_none());
        assert_eq!(root.nearest("#/a~1b/0/q/z").1, "#/a~1b/0");
        assert_eq!(root.nearest("nonsense").1, "");
    }

    #[test]
    fn numbers() {
        let source = Source::for_test("a.json", "[1e3, 1.5, 18446744073709551615, 1e400]");
        let items = source.root.as_array().expect("array");
        assert_eq!(items[0].as_i64(), Some(1000));
        assert_eq!(items[1].as_i64(), None);
        assert_eq!(items[2].as_i64(), None);
        assert_eq!(items[3].as_f64(), None);
        assert!(items[3].to_json().is_number());
    }
}
