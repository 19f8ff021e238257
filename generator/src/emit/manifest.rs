//! `Cargo.toml`.

use super::OutputFile;
use super::docs;
use super::literal::toml;
use crate::rust::ir::{Crate, SchemeKind};
use std::fmt::Write as _;

/// Features of the runtime that the crate hands on: those of the default first.
const DEFAULT_RUNTIME: [&str; 4] = ["reqwest", "http2", "system-proxy", "fs"];
const OPTIONAL_RUNTIME: [&str; 11] = [
    "hyper",
    "blocking",
    "cache",
    "gzip",
    "brotli",
    "zstd",
    "record",
    "request-signatures",
    "sigv4",
    "tracing",
    "serde",
];

/// Handed on where the API takes bearer tokens.
const OAUTH: [&str; 5] = [
    "oauth",
    "oauth-loopback",
    "private-key-jwt",
    "token-file",
    "keyring",
];

/// `Cargo.toml`.
pub(super) fn file(krate: &Crate) -> OutputFile {
    OutputFile {
        path: "Cargo.toml".to_owned(),
        text: text(krate),
    }
}

fn text(krate: &Crate) -> String {
    let mut text = format!("# {}\n[package]\n", super::MARK_WORDS);
    let mut key = |name: &str, value: &str| {
        // Writing to a string does not fail.
        let _ = writeln!(text, "{name} = {}", toml(value));
    };
    key("name", &krate.package);
    key("version", &krate.version);
    key("edition", "2024");
    key("rust-version", "1.88");
    key("description", &docs::inline(&krate.description));
    if let Some(license) = &krate.license {
        key("license", license);
    }
    key("readme", "README.md");
    if let Some(url) = krate.docs_url.as_deref().and_then(docs::link) {
        key("homepage", url);
    }
    text.push_str(
        "\n[lib]\n# Examples in a vendor's text are no tests of this crate.\ndoctest = false\n",
    );
    features(krate, &mut text);
    dependencies(krate, &mut text);
    if let Some((namespace, _)) = super::example::chosen(krate) {
        let features = ["reqwest", namespace.feature.as_str()].map(toml);
        let _ = writeln!(
            text,
            "\n[[example]]\nname = \"quickstart\"\nrequired-features = [{}]",
            features.join(", ")
        );
    }
    if krate.standalone {
        // Incremental builds pay for what changes often; this crate never does.
        text.push_str("\n[workspace]\n\n[profile.dev]\nincremental = false\n");
    }
    text
}

fn features(krate: &Crate, text: &mut String) {
    text.push_str("\n[features]\n");
    let default = ["full"].into_iter().chain(DEFAULT_RUNTIME).map(toml);
    let _ = writeln!(text, "default = [{}]", join(default));
    text.push_str("# Every namespace.\nfull = [\n");
    for namespace in &krate.namespaces {
        let _ = writeln!(text, "    {},", toml(&namespace.feature));
    }
    // Receiving is asked for where there is something to call, too.
    if let Some(feature) = krate
        .events_feature
        .as_ref()
        .filter(|_| krate.namespaces.is_empty())
    {
        let _ = writeln!(text, "    {},", toml(feature));
    }
    text.push_str("]\n# What the runtime is built with.\n");
    // A namespace that had such a name before the runtime's feature was handed on keeps it.
    let is_free = |feature: &&str| !krate.namespaces.iter().any(|one| one.feature == **feature);
    let optional = OPTIONAL_RUNTIME.into_iter().filter(is_free);
    for feature in DEFAULT_RUNTIME.into_iter().chain(optional) {
        let _ = writeln!(text, "{feature} = [\"pontoon-runtime/{feature}\"]");
    }
    if krate.checks.is_some() {
        text.push_str("# The constraints of requests: `ClientBuilder::check_requests`.\n");
        text.push_str("check-requests = [\"pontoon-runtime/checks\"]\n");
    }
    if krate
        .api
        .schemes
        .iter()
        .any(|scheme| scheme.kind.is_bearer())
    {
        text.push_str("# Tokens that are had and renewed, and where they are kept.\n");
        for feature in OAUTH {
            let _ = writeln!(text, "{feature} = [\"pontoon-runtime/{feature}\"]");
        }
    }
    if krate.mock {
        text.push_str(&super::mock::features(krate));
    }
    text.push_str("# Namespaces.\n");
    for namespace in &krate.namespaces {
        let _ = writeln!(text, "{} = []", toml(&namespace.feature));
    }
    if let Some(feature) = &krate.events_feature {
        text.push_str("# Webhooks and callbacks, and the check of their signatures.\n");
        let _ = writeln!(
            text,
            "{} = [\"pontoon-runtime/webhook-signatures\"]",
            toml(feature)
        );
    }
}

fn dependencies(krate: &Crate, text: &mut String) {
    let path = match &krate.runtime.path {
        Some(path) => format!(", path = {}", toml(path)),
        None => String::new(),
    };
    let _ = writeln!(
        text,
        "\n[dependencies]\npontoon-runtime = {{ version = {}{path}, default-features = false{} }}",
        toml(&krate.runtime.version),
        needed(krate),
    );
    text.push_str(
        "\n[dev-dependencies]\ntokio = { version = \"1\", features = [\"macros\", \"rt\"] }\n",
    );
}

/// The features of the runtime that the crate cannot do without: the types of its
/// formats, XML, and digest credentials.
fn needed(krate: &Crate) -> String {
    let xml = krate.xml.as_ref().map(|_| "xml");
    let mut schemes = krate.api.schemes.iter();
    let digest = schemes.any(|scheme| scheme.kind == SchemeKind::Digest);
    let needed = xml.into_iter().chain(digest.then_some("digest"));
    let features: Vec<&str> = krate
        .scalar_features
        .iter()
        .copied()
        .chain(needed)
        .collect();
    if features.is_empty() {
        return String::new();
    }
    format!(", features = [{}]", join(features.into_iter().map(toml)))
}

fn join(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}
