//! What XML says of bodies and types.

/// The root of an XML body.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct XmlRoot {
    /// The root element; empty where the value's only property is the root.
    pub root: String,
    /// The element of an item, for lists.
    pub item: String,
    /// Prefix and namespace.
    pub namespace: (String, String),
}

/// What XML says of a type.
#[derive(Debug, Clone, PartialEq)]
pub struct XmlTypeRow {
    /// The struct.
    pub name: String,
    /// Its fields that are not plain elements of their wire name.
    pub fields: Vec<XmlFieldRow>,
}

/// What XML says of a field.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct XmlFieldRow {
    /// Index of the field.
    pub index: usize,
    /// The element or attribute; empty for the wire name.
    pub name: String,
    /// The element of an item; empty for the name.
    pub item: String,
    /// Prefix and namespace.
    pub namespace: (String, String),
    /// An attribute.
    pub attribute: bool,
    /// A list with an element around it.
    pub wrapped: bool,
    /// The text of the element.
    pub text: bool,
}
