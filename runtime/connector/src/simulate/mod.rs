//! A vendor's API on this machine, made from its description: lists of any length,
//! their paging, the credentials that they ask for, and faults by a script.
//!
//! It is written against the description and knows nothing of the client: what a
//! request must hold is taken from the operation, and a request that does not hold
//! it is refused, as the vendor would.

mod answer;
mod fault;
mod listing;
mod server;
mod template;

pub use fault::{Fault, Script};
pub use server::{Simulator, Tally};
pub use template::{EPOCH, Role, moment};

use crate::manifest::{Location, Paging, Place, SchemeKind};
use serde_json::Value;

/// Record `number` of a list whose records are like `sample` but for these places.
pub fn filled(sample: &Value, roles: &[(String, Role)], number: u64) -> Value {
    let mut text = String::new();
    template::Template::new(sample, roles).write(number, "http://localhost", &mut text);
    serde_json::from_str(&text).unwrap_or_default()
}

/// An API to be simulated.
#[derive(Debug, Clone, Default)]
pub struct Simulation {
    /// The operations.
    pub routes: Vec<Route>,
    /// The security schemes, which routes name by index.
    pub schemes: Vec<SchemeKind>,
    /// How many records a list without a parent has.
    pub records: u64,
    /// How many records a list has below each record of its parent.
    pub children: u64,
    /// The only credential that is taken; without one, any.
    pub token: Option<String>,
}

/// An operation of a simulated API.
#[derive(Debug, Clone)]
pub struct Route {
    /// The method, in upper case.
    pub method: String,
    /// The path template.
    pub path: String,
    /// What requests may hold.
    pub parameters: Vec<Declared>,
    /// Whether a request must have a body.
    pub body_required: bool,
    /// Alternatives, each a list of schemes that are needed together.
    pub security: Vec<Vec<usize>>,
    /// The status of its success.
    pub status: u16,
    /// The media type of its answer; empty where there is no body.
    pub media_type: String,
    /// An answer that the description allows. Of a list it has one record.
    pub answer: Value,
    /// What differs from record to record, by pointers into a record, or into the answer
    /// where it is no list.
    pub roles: Vec<(String, Role)>,
    /// The list that it gives.
    pub list: Option<Listed>,
}

/// A parameter that is declared.
#[derive(Debug, Clone)]
pub struct Declared {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub location: Location,
    /// Whether a request without it is refused.
    pub required: bool,
    /// Whether its value must be an integer.
    pub integer: bool,
    /// The only values it may have; any where there is none.
    pub values: Vec<String>,
}

/// A list that an operation gives.
#[derive(Debug, Clone)]
pub struct Listed {
    /// How its pages follow each other.
    pub paging: Paging,
    /// What stands on the last page in place of what leads on.
    pub end: End,
    /// The pointer of the key in a record.
    pub key: Option<String>,
    /// Where a request asks for what changed since a moment, and the pointer of that
    /// moment in a record.
    pub since: Option<(Place, String)>,
    /// Whether it lies below the records of another list.
    pub is_child: bool,
}

/// What stands on the last page in place of what leads on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum End {
    /// Null.
    #[default]
    Null,
    /// Nothing: the property is not there.
    Absent,
    /// An empty text.
    Empty,
}
