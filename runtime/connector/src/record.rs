//! Records: the values of a stream's columns.

/// One value of a record.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// The source said null, or nothing.
    Null,
    /// A boolean.
    Boolean(bool),
    /// An integer.
    Integer(i64),
    /// A number that is not an integer, or too large for one.
    Number(f64),
    /// A text, a moment, a date: as the source writes it.
    Text(String),
    /// An object or an array, as JSON text.
    Json(String),
}

impl Value {
    /// What kind of value it is, for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean(_) => "a boolean",
            Self::Integer(_) => "an integer",
            Self::Number(_) => "a number",
            Self::Text(_) => "a text",
            Self::Json(_) => "a JSON value",
        }
    }
}

/// The values of one record, in the order of the stream's columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Record(Vec<Value>);

impl Record {
    /// A record of these values.
    pub fn new(values: Vec<Value>) -> Self {
        Self(values)
    }

    /// The values.
    pub fn values(&self) -> &[Value] {
        &self.0
    }

    /// The values alone.
    pub fn into_values(self) -> Vec<Value> {
        self.0
    }
}
