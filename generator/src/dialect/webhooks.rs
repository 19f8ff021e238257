//! Webhooks: 3.1's `webhooks`, and `x-webhooks`, which means the same in
//! documents of 3.0 (an extension of widely used documentation tools). They are
//! path items by name, in an extension of the lowered document.

use super::context::{Context, dropped};
use super::trail::Trail;
use super::walk;
use crate::diagnostic::codes;
use crate::source::{Node, Object, Value};

/// Where the lowered document has them.
pub(super) const HOME: &str = "x-pontoon-webhooks";

/// Joins `x-webhooks` to `webhooks`, before references are followed. A name under
/// both is that of `webhooks`.
pub(super) fn rename(tree: &mut Node, cx: &mut Context<'_>) {
    let Some(members) = tree.as_object_mut() else {
        return;
    };
    let is_object = |node: &Node| node.as_object().is_some();
    if !members.get("x-webhooks").is_some_and(is_object) {
        return;
    }
    let Some(found) = members.shift_remove("x-webhooks") else {
        return;
    };
    let root = Trail::ROOT;
    let (from, to) = (root.key("x-webhooks"), root.key("webhooks"));
    let place = found.place;
    let Value::Object(found) = found.value else {
        return;
    };
    if !members.get("webhooks").is_some_and(is_object) {
        members.insert("webhooks".to_owned(), Node::new(Object::default(), place));
    }
    let Some(Value::Object(webhooks)) = members.get_mut("webhooks").map(|node| &mut node.value)
    else {
        return;
    };
    for (name, node) in found {
        if webhooks.contains_key(&name) {
            let message = format!("the webhook `{name}` is declared under `webhooks` too");
            cx.report(
                &from.key(&name),
                node.place,
                dropped(&codes::CALLBACKS, message),
            );
            continue;
        }
        for (name, node, below) in path_items(name, node) {
            let source = from.key(below.0.as_str());
            let source = match &below.1 {
                Some(expression) => source.key(expression).pointer(),
                None => source.pointer(),
            };
            cx.pointers.record(to.key(&name).pointer(), &source);
            webhooks.insert(name, node);
        }
    }
}

/// The path items of a webhook: itself, or those by expression where it is
/// written like a callback. With each goes where it stood.
fn path_items(name: String, node: Node) -> Vec<(String, Node, (String, Option<String>))> {
    let by_expression = |members: &Object| {
        !members.is_empty()
            && members
                .iter()
                .all(|(key, item)| key.contains(['{', '/']) && item.as_object().is_some())
    };
    if !node.as_object().is_some_and(by_expression) {
        let place = (name.clone(), None);
        return vec![(name, node, place)];
    }
    let Value::Object(members) = node.value else {
        return Vec::new();
    };
    let alone = members.len() == 1;
    let each = members.into_iter().map(|(expression, item)| {
        let own = match alone {
            true => name.clone(),
            false => format!("{name} {expression}"),
        };
        (own, item, (name.clone(), Some(expression)))
    });
    each.collect()
}

/// Lowers the path items and moves them to the extension.
pub(super) fn lower(tree: &mut Node, cx: &mut Context<'_>) {
    let Some(members) = tree.as_object_mut() else {
        return;
    };
    let Some(mut node) = members.shift_remove("webhooks") else {
        return;
    };
    let root = Trail::ROOT;
    let from = root.key("webhooks");
    let Value::Object(items) = &mut node.value else {
        if !node.is_null() {
            cx.wrong_kind(&from, &node, "an object");
        }
        return;
    };
    items.retain(|name, item| {
        let keep = item.as_object().is_some();
        if !keep && !name.starts_with("x-") {
            cx.wrong_kind(&from.key(name), item, "a path item");
        }
        keep && !name.starts_with("x-")
    });
    if items.is_empty() {
        return;
    }
    cx.pointers.record(format!("#/{HOME}"), &from.pointer());
    let at = root.key(HOME);
    for (name, item) in items.iter_mut() {
        let (own, before) = (at.key(name).pointer(), from.key(name).pointer());
        cx.pointers.record(own, &before);
        walk::path_item(item, &at.key(name), cx);
    }
    members.insert(HOME.to_owned(), node);
}
