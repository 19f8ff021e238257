//! Path items, operations, bodies and responses of Swagger 2.0.

use super::parameter::{self, Style};
use super::{Defaults, content, media_types};
use crate::diagnostic::codes;
use crate::dialect::context::{Context, dropped};
use crate::dialect::trail::Trail;
use crate::source::{Node, Object, Place, Value, escape, unescape};

const URLENCODED: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data";

/// A parameter and where it was.
#[derive(Clone)]
struct Found {
    node: Node,
    pointer: String,
}

/// The parameters of one list, by where they go.
#[derive(Default)]
struct Sorted {
    plain: Vec<Found>,
    body: Vec<Found>,
    form: Vec<Found>,
}

/// Lowers a path item in place.
pub(super) fn path_item(
    node: &mut Node,
    defaults: &Defaults,
    at: &Trail<'_>,
    cx: &mut Context<'_>,
) {
    let Some(members) = node.as_object_mut() else {
        return;
    };
    let base = at.pointer();
    let shared = sort(members.shift_remove("parameters"), &base, defaults);
    for (method, operation) in members.iter_mut() {
        let word = method.to_ascii_lowercase();
        let methods = ["get", "put", "post", "delete", "options", "head", "patch"];
        if methods.contains(&word.as_str()) {
            self::operation(operation, &shared, defaults, &at.key(method), cx);
        }
    }
    let place = node.place;
    put_plain(node, shared.plain, place, at, cx);
}

fn operation(
    node: &mut Node,
    shared: &Sorted,
    defaults: &Defaults,
    at: &Trail<'_>,
    cx: &mut Context<'_>,
) {
    let place = node.place;
    let Some(members) = node.as_object_mut() else {
        return;
    };
    members.shift_remove("schemes");
    let listed =
        |members: &mut Object, key: &str, inherited: &[String]| match members.shift_remove(key) {
            Some(node) => media_types(Some(node)),
            None => inherited.to_vec(),
        };
    let consumes = listed(members, "consumes", &defaults.consumes);
    let produces = listed(members, "produces", &defaults.produces);
    let base = at.pointer();
    let own = sort(members.shift_remove("parameters"), &base, defaults);
    let mut bodies = own.body;
    let mut form = own.form;
    if bodies.is_empty() && form.is_empty() {
        bodies.clone_from(&shared.body);
    }
    let names: Vec<_> = form
        .iter()
        .filter_map(|f| f.node.get_str("name"))
        .map(str::to_owned)
        .collect();
    if bodies.is_empty() {
        let inherited = shared.form.iter();
        let new = |f: &&Found| !names.iter().any(|n| f.node.get_str("name") == Some(n));
        form.extend(inherited.filter(new).cloned());
    }
    let extra = usize::from(!bodies.is_empty() && !form.is_empty());
    for lost in bodies.iter().skip(1).chain(form.iter().take(extra)) {
        let finding = dropped(
            &codes::BODY_AND_FORM,
            "the operation has more than one body",
        )
        .help("only the first `in: body` parameter is used");
        cx.report_at(&lost.pointer, lost.node.place, finding);
    }
    let to = format!("{base}/requestBody");
    let body = match bodies.into_iter().next() {
        Some(found) => Some(body(found, &consumes, &to, cx)),
        None if form.is_empty() => None,
        None => Some(form_body(form, &consumes, &to, place, cx)),
    };
    if let Some(body) = body {
        members.insert("requestBody".to_owned(), body);
    }
    if let Some(responses) = members.get_mut("responses") {
        let at = at.key("responses");
        for (status, node) in responses.as_object_mut().into_iter().flatten() {
            response(node, &produces, &at.key(status), cx);
        }
    }
    put_plain(node, own.plain, place, at, cx);
}

/// Sorts a list of parameters; references to shared bodies and form fields
/// are replaced by copies.
fn sort(list: Option<Node>, owner: &str, defaults: &Defaults) -> Sorted {
    let mut out = Sorted::default();
    let Some(Value::Array(items)) = list.map(|n| n.value) else {
        return out;
    };
    for (index, mut node) in items.into_iter().enumerate() {
        let pointer = format!("{owner}/parameters/{index}");
        let target = node.reference().and_then(|reference| {
            let name = unescape(reference.strip_prefix("#/components/parameters/")?);
            defaults.parameters.get(name.as_ref())
        });
        let location = target.unwrap_or(&node).get_str("in").unwrap_or_default();
        let location = location.to_ascii_lowercase();
        let group = match location.as_str() {
            "body" => &mut out.body,
            "formdata" => &mut out.form,
            _ => &mut out.plain,
        };
        if matches!(location.as_str(), "body" | "formdata")
            && let Some(target) = target
        {
            node = target.clone();
        }
        group.push(Found { node, pointer });
    }
    out
}

/// Puts back the parameters that stay parameters.
fn put_plain(
    owner: &mut Node,
    plain: Vec<Found>,
    place: Place,
    at: &Trail<'_>,
    cx: &mut Context<'_>,
) {
    if plain.is_empty() {
        return;
    }
    let at = at.key("parameters");
    let mut items = Vec::new();
    for (index, mut found) in plain.into_iter().enumerate() {
        let at = at.index(index);
        let to = at.pointer();
        if to != found.pointer {
            cx.pointers.record(to, &found.pointer);
        }
        parameter::lower(&mut found.node, &at, cx);
        items.push(found.node);
    }
    if let Some(members) = owner.as_object_mut() {
        members.insert("parameters".to_owned(), Node::new(items, place));
    }
}

/// A body parameter as a request body.
fn body(found: Found, consumes: &[String], to: &str, cx: &mut Context<'_>) -> Node {
    let Found { mut node, pointer } = found;
    let place = node.place;
    cx.pointers.record(to.to_owned(), &pointer);
    let Some(members) = node.as_object_mut() else {
        return node;
    };
    let mut schema = members.shift_remove("schema").unwrap_or_else(|| {
        // Some documents describe the body like any other parameter.
        Node::new(parameter::schema(members), place)
    });
    if schema.is_null() {
        schema.value = Value::Object(Object::default());
    }
    let consumes = or_json(consumes);
    let from = format!("{pointer}/schema");
    let content = content(&schema, &consumes, to, &from, cx);
    let mut out = Object::default();
    for key in ["description", "required"] {
        if let Some(node) = members.shift_remove(key) {
            out.insert(key.to_owned(), node);
        }
    }
    out.insert("content".to_owned(), content);
    if let Some(name) = members.shift_remove("name") {
        out.insert("x-pontoon-body-name".to_owned(), name);
    }
    out.extend(
        std::mem::take(members)
            .into_iter()
            .filter(|(key, _)| key.starts_with("x-")),
    );
    Node::new(out, place)
}

fn or_json(media_types: &[String]) -> Vec<String> {
    if media_types.is_empty() {
        vec!["application/json".to_owned()]
    } else {
        media_types.to_vec()
    }
}

/// Form fields as a request body.
fn form_body(
    form: Vec<Found>,
    consumes: &[String],
    to: &str,
    place: Place,
    cx: &mut Context<'_>,
) -> Node {
    let file = form.iter().any(|f| f.node.get_str("type") == Some("file"));
    let has = |wanted: &str| {
        consumes
            .iter()
            .any(|c| c.to_ascii_lowercase().starts_with(wanted))
    };
    let media_type = if file || (has(MULTIPART) && !has(URLENCODED)) {
        MULTIPART
    } else {
        URLENCODED
    };
    let schema_at = format!("{to}/content/{}/schema", escape(media_type));
    let mut properties = Object::default();
    let mut required = Vec::new();
    let mut encoding = Object::default();
    let mut any_required = false;
    for Found { mut node, pointer } in form {
        let field = node.place;
        let Some(name) = node.get_str("name").map(str::to_owned) else {
            continue;
        };
        let to = format!("{schema_at}/properties/{}", escape(&name));
        cx.pointers.record(to.clone(), &pointer);
        let root = Trail::ROOT;
        let style = parameter::style(&mut node, &root.key(&name), cx);
        let Some(members) = node.as_object_mut() else {
            continue;
        };
        let mut schema = match members.shift_remove("schema") {
            Some(Node {
                value: Value::Object(schema),
                ..
            }) => schema,
            _ => parameter::schema(members),
        };
        if let Some(description) = members.shift_remove("description") {
            schema.insert("description".to_owned(), description);
        }
        if members.get("required").and_then(Node::as_bool) == Some(true) {
            any_required = true;
            required.push(Node::new(name.clone(), field));
        }
        if let Some(style) = style {
            let mut how = Object::default();
            match style {
                Style::Spaces => how.insert("style".to_owned(), Node::new("spaceDelimited", field)),
                Style::Pipes => how.insert("style".to_owned(), Node::new("pipeDelimited", field)),
                Style::Commas | Style::Repeated => None,
            };
            let explode = style == Style::Repeated;
            how.insert("explode".to_owned(), Node::new(explode, field));
            encoding.insert(name.clone(), Node::new(how, field));
        }
        properties.insert(name, Node::new(schema, field));
    }
    let mut schema = vec![
        ("type", Node::new("object", place)),
        ("properties", Node::new(properties, place)),
    ];
    if any_required {
        schema.push(("required", Node::new(required, place)));
    }
    let mut media = vec![("schema", Node::object(place, schema))];
    if !encoding.is_empty() {
        media.push(("encoding", Node::new(encoding, place)));
    }
    let content = Node::object(place, [(media_type, Node::object(place, media))]);
    let required = Node::new(any_required, place);
    Node::object(place, [("content", content), ("required", required)])
}

/// Lowers a response in place.
pub(super) fn response(node: &mut Node, produces: &[String], at: &Trail<'_>, cx: &mut Context<'_>) {
    if node.reference().is_some() {
        return;
    }
    let Some(members) = node.as_object_mut() else {
        return;
    };
    if let Some(schema) = members.shift_remove("schema").filter(|s| !s.is_null()) {
        let file = schema.get_str("type") == Some("file");
        let media_types = if file && produces.is_empty() {
            vec!["application/octet-stream".to_owned()]
        } else {
            or_json(produces)
        };
        let base = at.pointer();
        let from = format!("{base}/schema");
        let content = content(&schema, &media_types, &base, &from, cx);
        members.insert("content".to_owned(), content);
    }
    if let Some(Value::Object(headers)) = members.get_mut("headers").map(|n| &mut n.value) {
        let at = at.key("headers");
        for (name, header) in headers.iter_mut() {
            parameter::lower(header, &at.key(name), cx);
        }
    }
}
