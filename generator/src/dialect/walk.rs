//! Visits every schema of a document in the shape of OpenAPI 3.0, and lowers
//! what 3.1 and 3.2 add outside of schemas.

use super::context::{Context, dropped, noted, repaired};
use super::schema;
use super::trail::Trail;
use crate::diagnostic::codes;
use crate::source::{Node, Object, Value, escape};

/// The methods of a path item in OpenAPI 3.0.
const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// Lowers the whole document in place.
pub(super) fn document(tree: &mut Node, cx: &mut Context<'_>) {
    let root = Trail::ROOT;
    paths_keys(tree, cx);
    if let Some(Value::Object(members)) = tree.get_mut("paths").map(|n| &mut n.value) {
        let at = root.key("paths");
        for (path, item) in members.iter_mut().filter(|(key, _)| key.starts_with('/')) {
            path_item(item, &at.key(path), cx);
        }
    }
    if let Some(Value::Object(members)) = tree.get_mut("components").map(|n| &mut n.value) {
        components(members, &root.key("components"), cx);
    }
    super::webhooks::lower(tree, cx);
    let Some(members) = tree.as_object_mut() else {
        return;
    };
    let known = [
        "openapi",
        "info",
        "servers",
        "paths",
        "components",
        "security",
        "tags",
        "externalDocs",
    ];
    let ignored = ["jsonSchemaDialect", "$self", "$schema", "id", "$id"];
    let at = &root;
    for (key, node) in members.iter() {
        let expected = known.contains(&key.as_str()) || ignored.contains(&key.as_str());
        if !expected && !key.starts_with("x-") {
            let message = format!("`{key}` means nothing here; it is ignored");
            cx.report(
                &at.key(key),
                node.place,
                noted(&codes::UNKNOWN_MEMBER, message),
            );
        }
    }
}

/// Makes every path begin with a slash.
fn paths_keys(tree: &mut Node, cx: &mut Context<'_>) {
    let Some(paths) = tree.get_mut("paths") else {
        return;
    };
    let Some(members) = paths.as_object_mut() else {
        return;
    };
    let odd = |key: &String| !key.starts_with('/') && !key.starts_with("x-");
    if !members.keys().any(odd) {
        return;
    }
    let root = Trail::ROOT;
    let at = root.key("paths");
    for (key, node) in std::mem::take(members) {
        if !odd(&key) {
            members.insert(key, node);
            continue;
        }
        let path = format!("/{key}");
        if members.contains_key(&path) || node.as_object().is_none() {
            let message = format!("the path `{key}` cannot be used; it is ignored");
            cx.report(
                &at.key(&key),
                node.place,
                dropped(&codes::BAD_PATH, message),
            );
            continue;
        }
        let message = format!("the path `{key}` has no leading slash; one is added");
        cx.report(
            &at.key(&key),
            node.place,
            repaired(&codes::BAD_PATH, message),
        );
        cx.pointers
            .record(at.key(&path).pointer(), &at.key(&key).pointer());
        members.insert(path, node);
    }
}

fn components(members: &mut Object, at: &Trail<'_>, cx: &mut Context<'_>) {
    for (kind, node) in members.iter_mut() {
        let at = at.key(kind);
        let visit: fn(&mut Node, &Trail<'_>, &mut Context<'_>) = match kind.as_str() {
            "schemas" => schema::lower,
            "parameters" | "headers" => parameter,
            "responses" => response,
            "requestBodies" => content,
            "callbacks" => callback,
            "pathItems" => path_item,
            _ => continue,
        };
        each(node, &at, cx, visit);
    }
    members.shift_remove("examples");
}

/// Visits the members of an object of named things.
fn each(
    node: &mut Node,
    at: &Trail<'_>,
    cx: &mut Context<'_>,
    visit: fn(&mut Node, &Trail<'_>, &mut Context<'_>),
) {
    let members = node.as_object_mut().into_iter().flatten();
    for (name, member) in members {
        visit(member, &at.key(name), cx);
    }
}

pub(super) fn path_item(node: &mut Node, at: &Trail<'_>, cx: &mut Context<'_>) {
    other_methods(node, at, cx);
    let Some(members) = node.as_object_mut() else {
        return;
    };
    for (key, member) in members.iter_mut() {
        let at = at.key(key);
        match key.as_str() {
            "parameters" => parameters(member, &at, cx),
            "x-pontoon-operations" => each(member, &at, cx, operation),
            method if METHODS.contains(&method) => operation(member, &at, cx),
            "summary" | "description" | "servers" | "$ref" => {}
            other if other.starts_with("x-") => {}
            other => {
                let message = format!("`{other}` is not a method; it is ignored");
                let finding = dropped(&codes::UNKNOWN_METHOD, message)
                    .help("methods are written in lower case: get, put, post, ...");
                cx.report(&at, member.place, finding);
            }
        }
    }
}

/// Moves `query` and 3.2's `additionalOperations` to an extension, and
/// methods in capitals to their names.
fn other_methods(node: &mut Node, at: &Trail<'_>, cx: &mut Context<'_>) {
    let place = node.place;
    let Some(members) = node.as_object_mut() else {
        return;
    };
    let capitals: Vec<String> = members
        .keys()
        .filter(|key| {
            let lower = key.to_ascii_lowercase();
            lower != **key && METHODS.contains(&lower.as_str())
        })
        .cloned()
        .collect();
    for key in capitals {
        let lower = key.to_ascii_lowercase();
        if let Some(operation) = members.shift_remove(&key) {
            let message = format!("the method `{key}` is read as `{lower}`");
            let finding = repaired(&codes::UNKNOWN_METHOD, message);
            cx.report(&at.key(&key), operation.place, finding);
            cx.pointers
                .record(at.key(&lower).pointer(), &at.key(&key).pointer());
            members.insert(lower, operation);
        }
    }
    let mut moved = Object::default();
    let base = at.pointer();
    let home = format!("{base}/x-pontoon-operations");
    if let Some(query) = members.shift_remove("query") {
        cx.pointers
            .record(format!("{home}/QUERY"), &format!("{base}/query"));
        moved.insert("QUERY".to_owned(), query);
    }
    if let Some(Value::Object(more)) = members
        .shift_remove("additionalOperations")
        .map(|n| n.value)
    {
        for (method, operation) in more {
            let method_at = escape(&method).into_owned();
            let from = format!("{base}/additionalOperations/{method_at}");
            // A method that has a member of its own belongs there (OAS 3.2.0,
            // "Path Item Object").
            let lower = method.to_ascii_lowercase();
            let fixed = METHODS.contains(&lower.as_str()) && method == method.to_ascii_uppercase();
            if !is_token(&method) || (fixed && members.contains_key(&lower)) {
                let message = format!("`{method}` cannot be a method here; it is ignored");
                let finding = dropped(&codes::UNKNOWN_METHOD, message)
                    .help("a method is a token such as COPY or LINK, and is declared once");
                cx.report_at(&from, operation.place, finding);
                continue;
            }
            if fixed {
                cx.pointers.record(at.key(&lower).pointer(), &from);
                members.insert(lower, operation);
                continue;
            }
            cx.pointers.record(format!("{home}/{method_at}"), &from);
            moved.insert(method, operation);
        }
    }
    if !moved.is_empty() {
        members.insert("x-pontoon-operations".to_owned(), Node::new(moved, place));
    }
}

/// Whether HTTP allows the method (RFC 9110, section 5.6.2).
fn is_token(method: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !method.is_empty() && method.bytes().all(allowed)
}

fn operation(node: &mut Node, at: &Trail<'_>, cx: &mut Context<'_>) {
    let Some(members) = node.as_object_mut() else {
        return;
    };
    for (key, member) in members.iter_mut() {
        let at = at.key(key);
        match key.as_str() {
            "parameters" => parameters(member, &at, cx),
            "requestBody" => content(member, &at, cx),
            "responses" => each(member, &at, cx, response),
            "callbacks" => each(member, &at, cx, callback),
            "tags" if member.as_str().is_some() => {
                let tag = member.take();
                *member = Node::new(vec![tag], member.place);
            }
            _ => {}
        }
    }
}

fn callback(node: &mut Node, at: &Trail<'_>, cx: &mut Context<'_>) {
    each(node, at, cx, path_item);
}

fn parameters(node: &mut Node, at: &Trail<'_>, cx: &mut Context<'_>) {
    let items = node.as_array_mut().into_iter().flatten();
    for (index, item) in items.enumerate() {
        parameter(item, &at.index(index), cx);
    }
}

/// A parameter or header.
fn parameter(node: &mut Node, at: &Trail<'_>, cx: &mut Context<'_>) {
    if node.reference().is_some() {
        return only_reference(node, at, cx);
    }
    if node.get("schema").is_some_and(Node::is_null)
        && let Some(members) = node.as_object_mut()
    {
        members.shift_remove("schema");
    }
    querystring(node, at, cx);
    if node.get("allowReserved").and_then(Node::as_bool) == Some(true)
        && let Some(members) = node.as_object_mut()
    {
        // 3.0 has it in queries alone; 3.2 in paths and cookies too.
        let place = members["allowReserved"].place;
        members.insert(
            "x-pontoon-allow-reserved".to_owned(),
            Node::new(true, place),
        );
    }
    if let Some(schema) = node.get_mut("schema") {
        schema::lower(schema, &at.key("schema"), cx);
    }
    content(node, at, cx);
}

/// 3.2's `in: querystring` with a form is what an exploded object is in 3.0;
/// a query in another media type has no counterpart.
fn querystring(node: &mut Node, at: &Trail<'_>, cx: &mut Context<'_>) {
    const FORM: &str = "application/x-www-form-urlencoded";
    if node.get_str("in") != Some("querystring") {
        return;
    }
    let Some(members) = node.as_object_mut() else {
        return;
    };
    let Some(content) = members.get_mut("content").and_then(Node::as_object_mut) else {
        return;
    };
    let Some(schema) = content
        .get_mut(FORM)
        .and_then(Node::as_object_mut)
        .and_then(|media| media.shift_remove("schema"))
    else {
        return;
    };
    let place = schema.place;
    let base = at.pointer();
    let from = format!("{base}/content/{}/schema", escape(FORM));
    cx.pointers.record(format!("{base}/schema"), &from);
    members.shift_remove("content");
    for (key, value) in [("in", "query"), ("style", "form")] {
        members.insert(key.to_owned(), Node::new(value, place));
    }
    members.insert("explode".to_owned(), Node::new(true, place));
    members.insert("schema".to_owned(), schema);
}

fn response(node: &mut Node, at: &Trail<'_>, cx: &mut Context<'_>) {
    if node.reference().is_some() {
        return only_reference(node, at, cx);
    }
    if let Some(headers) = node.get_mut("headers") {
        each(headers, &at.key("headers"), cx, parameter);
    }
    content(node, at, cx);
}

/// The `content` of a body, response, parameter or header.
fn content(node: &mut Node, at: &Trail<'_>, cx: &mut Context<'_>) {
    if node.reference().is_some() {
        return only_reference(node, at, cx);
    }
    if let Some(content) = node.get_mut("content") {
        each(content, &at.key("content"), cx, media_type);
    }
}

fn media_type(node: &mut Node, at: &Trail<'_>, cx: &mut Context<'_>) {
    let Some(members) = node.as_object_mut() else {
        return;
    };
    if members.get("schema").is_some_and(Node::is_null) {
        members.shift_remove("schema");
    }
    if let Some(item) = members.shift_remove("itemSchema") {
        // A stream of items, each of this schema (3.2).
        let base = at.pointer();
        let to = format!("{base}/schema/items");
        cx.pointers.record(to, &format!("{base}/itemSchema"));
        let place = item.place;
        let mark = Node::new(true, place);
        members.insert("x-pontoon-item-schema".to_owned(), mark);
        let whole = [("type", Node::new("array", place)), ("items", event(item))];
        members.insert("schema".to_owned(), Node::object(place, whole));
    }
    if cx.json_schema()
        && let Some(schema) = members.get("schema")
        && at.pointer().ends_with("/multipart~1form-data")
    {
        let mark = Node::new(true, schema.place);
        members.insert("x-pontoon-typeless-files".to_owned(), mark);
    }
    if let Some(schema) = members.get_mut("schema") {
        schema::lower(schema, &at.key("schema"), cx);
    }
    if let Some(encodings) = members.get_mut("encoding") {
        each(encodings, &at.key("encoding"), cx, |encoding, at, cx| {
            if let Some(headers) = encoding.get_mut("headers") {
                each(headers, &at.key("headers"), cx, parameter);
            }
        });
    }
}

/// The schema of an event whose data is said to be JSON of a schema of its own
/// (3.2, server-sent events): that schema takes the place of the text's.
fn event(mut item: Node) -> Node {
    let data = item
        .get_mut("properties")
        .and_then(|properties| properties.get_mut("data"));
    if let Some(data) = data
        && let Some(content) = data
            .as_object_mut()
            .and_then(|o| o.shift_remove("contentSchema"))
    {
        *data = content;
    }
    item
}

/// Outside of schemas a reference stands alone; 3.1 allows prose beside it.
fn only_reference(node: &mut Node, at: &Trail<'_>, cx: &mut Context<'_>) {
    let Some(members) = node.as_object_mut() else {
        return;
    };
    if members.len() == 1 {
        return;
    }
    let prose =
        |key: &str| matches!(key, "$ref" | "description" | "summary") || key.starts_with("x-");
    let lost: Vec<_> = members.keys().filter(|key| !prose(key)).cloned().collect();
    members.retain(|key, _| key == "$ref");
    if !lost.is_empty() {
        let message = format!("`{}` beside `$ref` is ignored", lost.join("`, `"));
        cx.report(at, node.place, noted(&codes::REF_SIBLINGS, message));
    }
}
