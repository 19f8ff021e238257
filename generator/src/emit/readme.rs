//! `README.md`.

use super::types::Types;
use super::{OutputFile, client, docs, example, mock};
use crate::rust::ir::{Crate, Events, SchemeKind};
use std::fmt::Write as _;

/// `README.md`.
pub(super) fn file(krate: &Crate, types: &Types<'_>) -> OutputFile {
    let mut text = String::new();
    head(krate, &mut text);
    if let Some(lines) = example::lines(krate, types) {
        let _ = writeln!(text, "\n```rust\n{}\n```", lines.join("\n"));
    }
    credentials(krate, &mut text);
    namespaces(krate, &mut text);
    text.extend(mock::readme(krate));
    webhooks(krate, &mut text);
    provenance(krate, &mut text);
    OutputFile {
        path: "README.md".to_owned(),
        text,
    }
}

// Writing to a string does not fail, so its results are dropped.

fn head(krate: &Crate, text: &mut String) {
    let name = docs::escaped(&krate.package);
    let title = docs::escaped(&krate.api_title);
    let version = docs::escaped(&krate.api_version);
    let _ = writeln!(text, "<!-- {} -->\n# {name}\n", super::MARK_WORDS);
    let operations: usize = krate
        .namespaces
        .iter()
        .map(|each| each.operations.len())
        .sum();
    let _ = writeln!(
        text,
        "A typed Rust client for {title} ({version}): {operations} operations."
    );
    if let Some(url) = krate.docs_url.as_deref().and_then(docs::link) {
        let _ = writeln!(text, "The vendor's documentation: <{url}>.");
    }
    let _ = writeln!(
        text,
        "\n```toml\n[dependencies]\n{} = {}\ntokio = {{ version = \"1\", features = [\"macros\", \"rt\"] }}\n```",
        krate.package,
        super::literal::toml(&krate.version),
    );
}

fn credentials(krate: &Crate, text: &mut String) {
    if krate.api.schemes.is_empty() {
        return;
    }
    let _ = writeln!(
        text,
        "\n## Credentials\n\n`Client::from_env()` reads them from the environment; \
         `Client::builder().credential(...)` takes them from code.\n\n\
         | Credential | Environment | |\n|---|---|---|"
    );
    for scheme in &krate.api.schemes {
        let function = match scheme.kind {
            SchemeKind::MutualTls => docs::code(&scheme.name),
            _ => format!("`auth::{}`", scheme.function),
        };
        let _ = writeln!(
            text,
            "| {function} | {} | {} |",
            client::env(scheme),
            client::sent_as(scheme).replace('|', "\\|")
        );
    }
}

fn namespaces(krate: &Crate, text: &mut String) {
    if krate.namespaces.is_empty() && krate.events_feature.is_some() {
        return;
    }
    let _ = writeln!(
        text,
        "\n## Namespaces\n\nEach is a Cargo feature; all are on by default. For a quicker build \
         take the ones you need:\n\n```toml\n{} = {{ version = {}, default-features = false, \
         features = [\"reqwest\", \"http2\"{}] }}\n```\n\n| Namespace | Feature | Operations |\n|---|---|---|",
        krate.package,
        super::literal::toml(&krate.version),
        match krate.namespaces.first() {
            Some(first) => format!(", {}", super::literal::toml(&first.feature)),
            None => String::new(),
        }
    );
    for namespace in &krate.namespaces {
        let _ = writeln!(
            text,
            "| `client.{}()` | {} | {} |",
            namespace.module,
            docs::code(&namespace.feature),
            namespace.operations.len()
        );
    }
    let _ = writeln!(
        text,
        "\nOther features: `reqwest` (the built-in transport), `http2`, `system-proxy`, `fs` \
         (downloads into and uploads out of files), `hyper` (a leaner transport), `blocking` \
         (`.wait()` in place of `.await`), `cache` (`ClientBuilder::cache`), `gzip`, `brotli`, \
         `zstd`, `record` (exchanges kept in a file), `request-signatures` and `sigv4` (requests \
         that are signed), `tracing`, `serde` (`Serialize` and `Deserialize` for all models)."
    );
    if krate.checks.is_some() {
        let _ = writeln!(
            text,
            "With `check-requests`, `Client::builder().check_requests(true)` has requests judged by the \
             constraints of the API's description before they are sent."
        );
    }
}

fn webhooks(krate: &Crate, text: &mut String) {
    let Some(feature) = &krate.events_feature else {
        return;
    };
    let _ = writeln!(
        text,
        "\n## What the API sends\n\nThe feature {} has {}.",
        docs::code(feature),
        match krate.events.is_empty() {
            true => "the check of webhooks' signatures",
            false => "the types of webhooks and callbacks, and the check of their signatures",
        }
    );
    if krate.signature.is_some() {
        let verified = match krate.events.first() {
            None => "verifier.verify(&headers, &body)?;".to_owned(),
            Some(Events { name, key, .. }) => {
                let call = match key {
                    Some(_) => "verified(&verifier,",
                    None => "verified_named(&verifier, name,",
                };
                format!("let event = webhooks::{name}::{call} &headers, body)?;")
            }
        };
        let _ = writeln!(
            text,
            "\n```rust\nuse {}::{{runtime::webhook::Verifier, webhooks}};\n\n\
             let verifier = Verifier::new(&webhooks::SIGNATURE, [secret])?;\n{verified}\n```",
            krate.package.replace('-', "_"),
        );
    }
    if !krate.events.is_empty() {
        text.push_str("\n| Enumeration | Requests | Told apart by |\n|---|---|---|\n");
    }
    for events in &krate.events {
        let key = match &events.key {
            Some(key) => docs::escaped(&key.seen.replace('`', "'")),
            None => "the name that the receiver gives".to_owned(),
        };
        let _ = writeln!(
            text,
            "| `webhooks::{}` | {} | {} |",
            events.name,
            events.rows.len(),
            key.replace('|', "\\|")
        );
    }
    for events in &krate.events {
        let Some(variant) = events.variants.first() else {
            continue;
        };
        let call = match &events.key {
            Some(_) => "parse(&headers, body)?".to_owned(),
            None => format!(
                "named({}, &headers, body)?",
                super::literal::string(&events.rows[0].name)
            ),
        };
        let _ = writeln!(
            text,
            "\n```rust\nuse {}::webhooks::{name};\n\nmatch {name}::{call} {{\n    \
             {name}::{}(event) => println!(\"{{event:?}}\"),\n    \
             {name}::{}(other) => println!(\"{{:?}}: {{:?}}\", other.name(), other.body()),\n    \
             _ => {{}}\n}}\n```",
            krate.package.replace('-', "_"),
            variant.name,
            events.unknown,
            name = events.name,
        );
    }
}

fn provenance(krate: &Crate, text: &mut String) {
    let _ = writeln!(
        text,
        "\n## Provenance\n\nGenerated by pontoon {} from {}, SHA-256 `{}`. Do not edit: \
         generate again.",
        docs::escaped(&krate.provenance.generator),
        docs::code(&krate.provenance.spec_name),
        docs::inline(&krate.provenance.spec_sha256).replace('`', "'"),
    );
    if let Some(license) = &krate.license {
        let _ = writeln!(text, "\nLicence: {}.", docs::escaped(license));
    }
}
