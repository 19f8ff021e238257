//! What the description of a list says of the quota on requests: the status that refuses
//! them, and the headers that tell what is left. The runtime heeds both wherever they
//! come; here is what can be expected.

use crate::api::{Api, Evidence, Operation, Quota, SchemaKind, Statuses};

/// "Too Many Requests" (RFC 6585, section 4).
const REFUSED: Statuses = Statuses::Code(429);

/// The quota of an operation, where its description says anything of one.
pub(super) fn find(api: &Api, operation: &Operation) -> Option<(Quota, Evidence)> {
    let bodies = operation.responses.iter().map(|one| one.status);
    let heads = operation.declared.iter().map(|one| one.status);
    let is_refused = bodies.chain(heads).any(|status| status == REFUSED);
    let mut headers: Vec<String> = Vec::new();
    for declared in &operation.declared {
        let Some(SchemaKind::Object(object)) = declared.headers.map(|id| &api.schema(id).kind)
        else {
            continue;
        };
        for name in object.properties.keys() {
            let name = name.to_ascii_lowercase();
            if tells_of_quota(&name) && !headers.contains(&name) {
                headers.push(name);
            }
        }
    }
    if !is_refused && headers.is_empty() {
        return None;
    }
    let status = is_refused.then(|| "429".to_owned());
    let seen: Vec<String> = status.into_iter().chain(headers.iter().cloned()).collect();
    let evidence = Evidence {
        fact: "quota",
        rule: "responses that tell of it",
        pointer: format!("{}/responses", operation.pointer),
        seen: seen.join(", "),
        confidence: 1.0,
    };
    let quota = Quota {
        is_refused,
        headers,
    };
    Some((quota, evidence))
}

/// `retry-after` (RFC 9110, section 10.2.3), `ratelimit`, `ratelimit-policy` and their
/// forerunners: `x-ratelimit-remaining`, `x-rate-limit-reset` and the like.
fn tells_of_quota(name: &str) -> bool {
    let bare = name.strip_prefix("x-").unwrap_or(name);
    name == "retry-after" || bare.starts_with("ratelimit") || bare.starts_with("rate-limit")
}
