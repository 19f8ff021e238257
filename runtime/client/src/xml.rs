//! The names of XML as data (OAS 3.0.4, XML Object), beside the tables of types:
//! a crate that speaks no XML holds none of it.

/// How a body is written as XML.
#[derive(Debug, PartialEq, Eq)]
pub struct Xml {
    /// The root element; empty where the value's only property is the root.
    pub root: &'static str,
    /// The element of an item where the body is a list.
    pub item: &'static str,
    /// `prefix` and `namespace` of the root; both may be empty.
    pub namespace: (&'static str, &'static str),
    /// The types whose properties have other names than in JSON, in order of name.
    pub types: &'static [XmlType],
}

/// The properties of a type that XML says something about.
#[derive(Debug, PartialEq, Eq)]
pub struct XmlType {
    /// The name of its [`Table`](crate::model::Table).
    pub name: &'static str,
    /// The properties.
    pub fields: &'static [XmlField],
}

/// What XML says about a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct XmlField {
    /// Its index in the type's table.
    pub index: u16,
    /// The element or attribute; empty for the property's own name.
    pub name: &'static str,
    /// The element of an item of a list; empty for the name of the list.
    pub item: &'static str,
    /// `prefix` and `namespace`; both may be empty.
    pub namespace: (&'static str, &'static str),
    /// A union of the constants of this type.
    pub flags: u8,
}

impl XmlField {
    /// An attribute of the element.
    pub const ATTRIBUTE: u8 = 1;
    /// A list with an element around its items.
    pub const WRAPPED: u8 = 2;
    /// The text of the element (`nodeType: text`, `cdata`).
    pub const TEXT: u8 = 4;

    /// An element, or an attribute or the text by `flags`.
    pub const fn new(index: u16, name: &'static str, item: &'static str, flags: u8) -> Self {
        Self {
            index,
            name,
            item,
            namespace: ("", ""),
            flags,
        }
    }
    /// The same in a namespace.
    pub const fn within(mut self, prefix: &'static str, namespace: &'static str) -> Self {
        self.namespace = (prefix, namespace);
        self
    }
    /// Whether all bits of `flag` are set.
    pub const fn has(&self, flag: u8) -> bool {
        self.flags & flag == flag
    }
}

#[cfg(feature = "xml")]
impl Xml {
    /// What is said of property `index` of the type `name`.
    pub(crate) fn field(&self, name: &str, index: usize) -> XmlField {
        let plain = XmlField::new(0, "", "", 0);
        let Ok(found) = self.types.binary_search_by(|known| known.name.cmp(name)) else {
            return plain;
        };
        let mut fields = self.types[found].fields.iter();
        let field = fields.find(|field| usize::from(field.index) == index);
        field.copied().unwrap_or(plain)
    }
}
