//! Which calls may be repeated with a key: those that declare a header for one.

use crate::api::{Api, Evidence, Location, Repeat};

/// Headers that hold such a key and nothing else, in lower case (the HTTPAPI working
/// group's draft "The Idempotency-Key HTTP Header Field", and its forerunners).
const HEADERS: &[&str] = &["idempotency-key", "x-idempotency-key", "x-idempotence-key"];

/// Finds them.
pub fn settle(api: &mut Api) {
    for operation in &mut api.operations {
        let is_key = |name: &str| HEADERS.contains(&name.to_ascii_lowercase().as_str());
        let mut headers = operation.parameters.iter();
        let found = headers.find(|found| found.location == Location::Header && is_key(&found.name));
        let unsafe_method = matches!(operation.method.as_str(), "POST" | "PATCH");
        let Some(parameter) = found.filter(|_| unsafe_method) else {
            continue;
        };
        operation.repeat_evidence = Some(Evidence {
            fact: "repeat",
            rule: "a header for an idempotency key",
            pointer: parameter.pointer.clone(),
            seen: parameter.name.clone(),
            confidence: 0.95,
        });
        operation.repeat = Repeat::Key(parameter.name.clone());
    }
}
