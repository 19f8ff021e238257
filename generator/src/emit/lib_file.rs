//! `src/lib.rs`.

use super::{OutputFile, docs, pretty};
use crate::rust::ir::Crate;
use quote::quote;

/// `src/lib.rs`.
pub(super) fn file(krate: &Crate) -> OutputFile {
    let mut lines = vec![format!(
        "Client for {} ({}).",
        docs::escaped(&krate.api_title),
        docs::escaped(&krate.api_version)
    )];
    if !krate.docs.is_empty() {
        lines.push(String::new());
        lines.extend(krate.docs.iter().cloned());
    }
    if let Some(url) = &krate.docs_url
        && let Some(url) = docs::link(url)
    {
        lines.push(String::new());
        lines.push(format!("Documentation of the API: <{url}>."));
    }
    let docs = docs::sanitize(&lines).into_iter().map(|line| {
        let line = if line.is_empty() {
            line
        } else {
            format!(" {line}")
        };
        quote!(#![doc = #line])
    });
    let auth = (!krate.api.schemes.is_empty()).then(|| {
        quote!(
            pub use client::auth;
        )
    });
    let xml = krate.xml.as_ref().map(|_| {
        quote! {
            #[rustfmt::skip]
            mod xml;
        }
    });
    let webhooks = (!krate.events.is_empty() || krate.signature.is_some()).then(|| {
        let gate = krate.events_feature.as_ref();
        let gate = gate.map(|feature| quote!(#[cfg(feature = #feature)]));
        quote! {
            #gate
            #[rustfmt::skip]
            pub mod webhooks;
        }
    });
    let mock = krate.mock.then(|| {
        let feature = super::mock::feature(krate);
        quote! {
            #[cfg(feature = #feature)]
            #[rustfmt::skip]
            pub mod mock;
        }
    });
    let tokens = quote! {
        #(#docs)*
        #![allow(clippy::all, deprecated, missing_docs, rustdoc::all, unused_imports, unused_variables)]
        #![forbid(unsafe_code)]
        // Drop check follows types as deep as a vendor nests them.
        #![recursion_limit = "4096"]

        #[rustfmt::skip]
        pub mod client;
        #[rustfmt::skip]
        pub mod models;
        #[rustfmt::skip]
        pub mod operations;
        #webhooks
        #mock
        #xml

        pub use client::Client;
        #auth
        pub use pontoon_runtime as runtime;
        pub use pontoon_runtime::{CallOptions, Error, Response};
    };
    OutputFile {
        path: "src/lib.rs".to_owned(),
        text: pretty(tokens),
    }
}
