//! What `extract.mjs` and `compile.mjs` write.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A scenario of the mock server.
#[derive(Debug, Deserialize)]
pub(crate) struct Scenario {
    pub(crate) group: String,
    pub(crate) name: String,
    /// What must have happened, where the server asks for more than answers.
    #[serde(default)]
    pub(crate) keys: Vec<String>,
    pub(crate) steps: Vec<Step>,
}

/// A request that the server expects, and its answer.
#[derive(Debug, Deserialize)]
pub(crate) struct Step {
    pub(crate) method: String,
    pub(crate) uri: String,
    pub(crate) query: Map<String, Value>,
    pub(crate) path: Map<String, Value>,
    pub(crate) headers: Map<String, Value>,
    pub(crate) body: Option<Body>,
    pub(crate) response: Answer,
}

/// The answer of the server.
#[derive(Debug, Deserialize)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Option<Body>,
}

/// A body: text, bytes in hexadecimal, or parts and files.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Body {
    #[serde(rename = "type")]
    pub(crate) media_type: String,
    pub(crate) text: Option<String>,
    pub(crate) hex: Option<String>,
    pub(crate) parts: Option<Map<String, Value>>,
    #[serde(default)]
    pub(crate) files: Vec<File>,
}

impl Body {
    /// Whether it is an XML document.
    pub(crate) fn is_xml(&self) -> bool {
        self.media_type.ends_with("/xml") || self.media_type.ends_with("+xml")
    }

    /// The value of a JSON body.
    pub(crate) fn json(&self) -> Option<Value> {
        let is_json = self.media_type.ends_with("/json") || self.media_type.ends_with("+json");
        serde_json::from_str(self.text.as_deref().filter(|_| is_json)?).ok()
    }
}

/// A file of a multipart body.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) filename: String,
    #[serde(rename = "type")]
    pub(crate) media_type: String,
    pub(crate) hex: String,
}

/// A group of scenarios: one `main.tsp`.
#[derive(Debug, Deserialize)]
pub(crate) struct Group {
    pub(crate) name: String,
    pub(crate) folder: String,
    pub(crate) files: Vec<String>,
}

/// A scenario with the calls that play it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Planned {
    pub(crate) group: String,
    pub(crate) name: String,
    pub(crate) steps: Vec<PlannedStep>,
}

/// A step with its call, or why there is none.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PlannedStep {
    /// The number of the call.
    pub(crate) call: Option<usize>,
    /// `METHOD uri`, for people.
    pub(crate) request: String,
    /// What of the step has no place in the operation, or why it has none.
    pub(crate) notes: Vec<String>,
    /// The status that must come.
    pub(crate) status: u16,
    /// The value that must come, where it can be compared.
    pub(crate) expected: Option<Value>,
    /// Whether that value is the text of an XML document.
    #[serde(default)]
    pub(crate) is_xml: bool,
}
