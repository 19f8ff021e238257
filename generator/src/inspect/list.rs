//! What `pontoon inspect --json` tells of lists.

use crate::api::{Incremental, List, Operation, Paging, PagingRule, Status};
use serde_json::{Value, json};

/// What is known of an operation as a list; null for what is no list.
pub(super) fn data(operation: &Operation) -> Value {
    let Some(list) = &operation.list else {
        return Value::Null;
    };
    json!({
        "status": list.status.as_str(),
        "records": list.records,
        "key": list.key,
        "paging": list.paging.as_ref().map(paging),
        "parents": list.parents.iter().map(|parent| json!({
            "var": parent.variable,
            "from": parent.from,
            "property": parent.property,
        })).collect::<Vec<_>>(),
        "incremental": list.incremental.as_ref().map(incremental),
        "cursors": list.cursors.iter().map(incremental).collect::<Vec<_>>(),
        "evidence": evidence(list),
    })
}

fn incremental(found: &Incremental) -> Value {
    json!({
        "request": found.request.name(),
        "property": found.property,
        "status": found.status.as_str(),
    })
}

fn paging(paging: &Paging) -> Value {
    let place = paging.rule.place().map(|place| place.name());
    let size = paging.size.as_ref().map(|size| size.name());
    let response = match paging.rule.origin() {
        Some(origin) => Some(origin.name()),
        None if paging.rule.kind() == "link-header" => Some("Link"),
        None => {
            let told = [&paging.more, &paging.pages, &paging.total];
            told.into_iter().flatten().next().map(String::as_str)
        }
    };
    json!({
        "kind": paging.rule.kind(),
        "status": paging.status.as_str(),
        "request": place.into_iter().chain(size).collect::<Vec<_>>(),
        "response": response,
        "more": paging.more,
        "total": paging.total,
        "pages": paging.pages,
    })
}

fn evidence(list: &List) -> Vec<Value> {
    let all = list.evidence.iter();
    let all = all.map(|found| {
        json!({
            "fact": found.fact,
            "rule": found.rule,
            "pointer": found.pointer,
            "seen": found.seen,
            "confidence": (f64::from(found.confidence) * 100.0).round() / 100.0,
        })
    });
    all.collect()
}

/// What is known of an operation as a list, in words.
pub(super) fn lines(operation: &Operation) -> Vec<String> {
    let Some(list) = &operation.list else {
        return Vec::new();
    };
    let records = match list.records.as_str() {
        "" => "the answer",
        pointer => pointer,
    };
    let mut lines = Vec::new();
    let Some(paging) = &list.paging else {
        lines.push(format!("list {records}: nothing is certain of its pages"));
        return lines;
    };
    let certain = list.status == Status::Proven && paging.status == Status::Proven;
    let status = match certain {
        true => Status::Proven,
        false => Status::Unproven,
    };
    let mut line = format!(
        "list {records}: {} ({})",
        paging.rule.kind(),
        status.as_str()
    );
    let shown = list
        .evidence
        .iter()
        .rev()
        .find(|shown| shown.fact == "paging");
    if let Some(shown) = shown {
        line.push_str(&format!(", {}", shown.seen));
    }
    lines.push(line);
    if !certain && paging.rule != PagingRule::None {
        lines.push(format!(
            "  not used; if it is right, add to client.toml under [paging]: {:?} = {{ confirm = true }}",
            operation.key()
        ));
    }
    lines
}
