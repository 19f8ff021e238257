//! Steps between a source and a target: which columns, under which names, which records.

use crate::{Column, ColumnKind, Error, ErrorKind, Record, Stream, Value};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// Keeps these columns, in this order.
    Select(Vec<String>),
    /// Gives columns other names: `old: new`.
    Rename(BTreeMap<String, String>),
    /// Keeps records whose column is as said.
    Filter(Filter),
}

/// What a record must be like to be kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// The column, by the name that it has at this step.
    pub column: String,
    /// The test.
    #[serde(flatten)]
    pub test: Test,
}

/// A test of one value. Null is no value: it is equal to `null` alone, and neither
/// less nor greater than anything.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Test {
    /// Equal.
    Equals(serde_json::Value),
    /// Not equal.
    Differs(serde_json::Value),
    /// One of several.
    In(Vec<serde_json::Value>),
    /// Less: numbers by value, texts by code point.
    Less(serde_json::Value),
    /// Greater.
    Greater(serde_json::Value),
}

/// Steps made ready for one stream.
#[derive(Debug)]
pub struct Plan {
    stream: Stream,
    actions: Vec<Action>,
}

#[derive(Debug)]
enum Action {
    Pick(Vec<usize>),
    Keep(usize, Test),
}

impl Plan {
    /// Makes `steps` ready for the records of `stream`.
    ///
    /// # Errors
    /// A step names a column that there is not at its place, drops a column of the key
    /// or the cursor, or gives two columns one name.
    pub fn new(stream: &Stream, steps: &[Step]) -> Result<Self, Error> {
        let mut shaped = stream.clone();
        let mut actions = Vec::new();
        for step in steps {
            match step {
                Step::Select(names) => {
                    let places: Result<Vec<usize>, Error> =
                        names.iter().map(|name| place(&shaped, name)).collect();
                    let places = places?;
                    let kept = shaped.key.iter().chain(&shaped.cursor);
                    if let Some(lost) = kept.into_iter().find(|name| !names.contains(name)) {
                        return Err(wrong(stream, format!("`select` leaves out `{lost}`"))
                            .with_remedy(format!(
                                "add `{lost}` to it: records are told apart by it, or reading goes on from it"
                            )));
                    }
                    shaped.columns = places
                        .iter()
                        .map(|index| shaped.columns[*index].clone())
                        .collect();
                    actions.push(Action::Pick(places));
                }
                Step::Rename(names) => {
                    for old in names.keys() {
                        place(&shaped, old)?;
                    }
                    let new = |name: &mut String| {
                        if let Some(found) = names.get(name) {
                            name.clone_from(found);
                        }
                    };
                    shaped.columns.iter_mut().for_each(|c| new(&mut c.name));
                    shaped.key.iter_mut().for_each(new);
                    shaped.cursor.iter_mut().for_each(new);
                }
                Step::Filter(filter) => {
                    let index = place(&shaped, &filter.column)?;
                    comparable(&shaped.columns[index], &filter.test)
                        .map_err(|message| wrong(stream, message))?;
                    actions.push(Action::Keep(index, filter.test.clone()));
                }
            }
            let mut names: Vec<&String> = shaped.columns.iter().map(|c| &c.name).collect();
            names.sort();
            if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
                return Err(
                    wrong(stream, format!("two columns are named `{}`", pair[0]))
                        .with_remedy("give them different names"),
                );
            }
        }
        Ok(Self {
            stream: shaped,
            actions,
        })
    }

    /// The stream as it leaves the last step.
    pub fn stream(&self) -> &Stream {
        &self.stream
    }

    /// A record after all steps; `None` where one of them leaves it out.
    pub fn apply(&self, record: Record) -> Option<Record> {
        let mut values = record.into_values();
        for action in &self.actions {
            match action {
                Action::Pick(places) => {
                    values = places
                        .iter()
                        .map(|index| values.get(*index).cloned().unwrap_or(Value::Null))
                        .collect();
                }
                Action::Keep(index, test) => {
                    if !test.holds(values.get(*index).unwrap_or(&Value::Null)) {
                        return None;
                    }
                }
            }
        }
        Some(Record::new(values))
    }
}

impl Test {
    fn holds(&self, value: &Value) -> bool {
        match self {
            Self::Equals(wanted) => is(value, wanted),
            Self::Differs(wanted) => !is(value, wanted),
            Self::In(list) => list.iter().any(|wanted| is(value, wanted)),
            Self::Less(bound) => order(value, bound) == Some(std::cmp::Ordering::Less),
            Self::Greater(bound) => order(value, bound) == Some(std::cmp::Ordering::Greater),
        }
    }
}

fn is(value: &Value, wanted: &serde_json::Value) -> bool {
    match (value, wanted) {
        (Value::Null, wanted) => wanted.is_null(),
        (Value::Boolean(value), serde_json::Value::Bool(wanted)) => value == wanted,
        _ => order(value, wanted) == Some(std::cmp::Ordering::Equal),
    }
}

fn order(value: &Value, bound: &serde_json::Value) -> Option<std::cmp::Ordering> {
    match value {
        Value::Integer(value) => match bound.as_i64() {
            Some(bound) => Some(value.cmp(&bound)),
            #[allow(clippy::cast_precision_loss)]
            None => (*value as f64).partial_cmp(&bound.as_f64()?),
        },
        Value::Number(value) => value.partial_cmp(&bound.as_f64()?),
        Value::Text(value) => Some(value.as_str().cmp(bound.as_str()?)),
        _ => None,
    }
}

fn comparable(column: &Column, test: &Test) -> Result<(), String> {
    let values: Vec<&serde_json::Value> = match test {
        Test::Equals(value) | Test::Differs(value) | Test::Less(value) | Test::Greater(value) => {
            vec![value]
        }
        Test::In(list) => list.iter().collect(),
    };
    let fits = |value: &serde_json::Value| match column.kind {
        ColumnKind::Boolean => value.is_boolean() || value.is_null(),
        ColumnKind::Integer | ColumnKind::Number => value.is_number() || value.is_null(),
        ColumnKind::Text | ColumnKind::Timestamp | ColumnKind::Date => {
            value.is_string() || value.is_null()
        }
        ColumnKind::Json => value.is_null(),
    };
    match values.iter().find(|value| !fits(value)) {
        Some(value) => Err(format!(
            "`filter` compares `{}` with {value}, which its values never are",
            column.name
        )),
        None => Ok(()),
    }
}

fn place(stream: &Stream, column: &str) -> Result<usize, Error> {
    stream.position(column).ok_or_else(|| {
        let names: Vec<&str> = stream.columns.iter().map(|c| c.name.as_str()).collect();
        Error::new(ErrorKind::Unknown, format!("there is no column `{column}`"))
            .of_stream(&stream.name)
            .with_remedy(format!(
                "the columns at this step are: {}",
                names.join(", ")
            ))
    })
}

fn wrong(stream: &Stream, message: String) -> Error {
    Error::new(ErrorKind::Config, message).of_stream(&stream.name)
}

#[cfg(test)]
mod tests;
