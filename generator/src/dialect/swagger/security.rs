//! Security schemes of Swagger 2.0.

use crate::source::{Node, Value};

/// Lowers one scheme in place.
pub(super) fn scheme(node: &mut Node) {
    let place = node.place;
    let Some(members) = node.as_object_mut() else {
        return;
    };
    let kind = members
        .get("type")
        .and_then(Node::as_str)
        .unwrap_or_default();
    match kind.to_ascii_lowercase().as_str() {
        "basic" => {
            members.insert("type".to_owned(), Node::new("http", place));
            members.insert("scheme".to_owned(), Node::new("basic", place));
        }
        "apikey" => {
            members.insert("type".to_owned(), Node::new("apiKey", place));
        }
        "oauth2" => {
            let flow = members.shift_remove("flow");
            let name = match flow.as_ref().and_then(Node::as_str).unwrap_or_default() {
                "password" => "password",
                "application" => "clientCredentials",
                "accessCode" => "authorizationCode",
                _ => "implicit",
            };
            let parts = ["authorizationUrl", "tokenUrl", "scopes"];
            let parts = parts
                .into_iter()
                .filter_map(|key| Some((key, members.shift_remove(key)?)));
            let flow = Node::object(place, parts.collect::<Vec<_>>());
            members.insert("type".to_owned(), Node::new("oauth2", place));
            members.insert("flows".to_owned(), Node::object(place, [(name, flow)]));
        }
        _ => {}
    }
    if let Some(Value::String(location)) = members.get_mut("in").map(|n| &mut n.value) {
        location.make_ascii_lowercase();
    }
}
