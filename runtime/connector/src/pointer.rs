//! Changes at JSON pointers (RFC 6901).

use serde_json::{Value, json};

/// Puts a value at a pointer, making the objects on the way.
pub(crate) fn set(root: &mut Value, pointer: &str, value: Value) {
    let mut place = root;
    for token in pointer.split('/').skip(1) {
        let name = unescaped(token);
        place = match place {
            Value::Array(items) => {
                match name.parse().ok().and_then(|at: usize| items.get_mut(at)) {
                    Some(item) => item,
                    None => return,
                }
            }
            place => {
                if !place.is_object() {
                    *place = json!({});
                }
                &mut place[name]
            }
        };
    }
    *place = value;
}

/// Takes the property at a pointer away.
#[cfg(feature = "simulate")]
pub(crate) fn remove(root: &mut Value, pointer: &str) {
    let Some((parent, last)) = pointer.rsplit_once('/') else {
        return;
    };
    if let Some(Value::Object(parent)) = root.pointer_mut(parent) {
        parent.remove(&unescaped(last));
    }
}

fn unescaped(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_made_and_taken_away() {
        let mut value = json!({"list": [{"x": 1}], "text": ""});
        set(&mut value, "/a/b~1c", json!(1));
        set(&mut value, "/list/0/x", json!(2));
        set(&mut value, "/list/7/x", json!(3));
        set(&mut value, "/text/deep", json!(4));
        let wanted = json!({"list": [{"x": 2}], "text": {"deep": 4}, "a": {"b/c": 1}});
        assert_eq!(value, wanted);
        remove(&mut value, "/a/b~1c");
        remove(&mut value, "/nothing/x");
        assert_eq!(
            value,
            json!({"list": [{"x": 2}], "text": {"deep": 4}, "a": {}})
        );
        set(&mut value, "", json!("whole"));
        assert_eq!(value, "whole");
    }
}
