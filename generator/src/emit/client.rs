//! `src/client.rs`: the API's table, the client, its credentials and servers.

use super::{OutputFile, docs, table};
use crate::rust::ir::{Crate, Namespace, Scheme};
use crate::rust::ir::{FlowKind, SchemeKind};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

/// `src/client.rs`.
pub(super) fn file(krate: &Crate) -> OutputFile {
    OutputFile {
        path: "src/client.rs".to_owned(),
        text: super::pretty(tokens(krate)),
    }
}

fn tokens(krate: &Crate) -> TokenStream {
    let api = api(krate);
    let title = docs::escaped(&krate.api_title);
    let client_docs = attributes(&[format!("A client of {title}.")]);
    let accessors = krate.namespaces.iter().map(accessor);
    let auth = auth(krate);
    let servers = servers(krate);
    let (constraints, builder) = checks(krate);
    quote! {
        use pontoon_runtime::codegen as rt;

        #api
        #constraints

        #client_docs
        ///
        /// Cheap to clone: clones share connections and settings.
        #[derive(Clone, Debug)]
        pub struct Client(rt::CoreClient);

        impl From<rt::CoreClient> for Client {
            fn from(core: rt::CoreClient) -> Self {
                Self(core)
            }
        }

        impl Client {
            /// A client of the default server, with the credentials that the environment holds.
            pub fn from_env() -> Result<Self, rt::Error> {
                Self::builder().credentials_from_env().build()
            }
            /// Settings for a client.
            pub fn builder() -> rt::ClientBuilder<Self> {
                #builder
            }
            /// The part that the clients of all APIs have in common.
            pub fn core(&self) -> &rt::CoreClient {
                &self.0
            }
            #(#accessors)*
        }

        #auth
        #servers
    }
}

fn api(krate: &Crate) -> TokenStream {
    let agent = format!("{}/{}", krate.package, krate.version);
    let servers = krate
        .api
        .servers
        .iter()
        .map(|server| parsed(&table::server(server)));
    let schemes = krate
        .api
        .schemes
        .iter()
        .map(|scheme| parsed(&table::scheme(scheme)));
    let headers = krate
        .api
        .headers
        .iter()
        .map(|(name, value)| quote!((#name, #value)));
    quote! {
        static API: rt::Api = rt::Api {
            user_agent: #agent,
            servers: &[#(#servers),*],
            schemes: &[#(#schemes),*],
            headers: &[#(#headers),*],
            ..rt::Api::BLANK
        };
    }
}

/// The constraints of requests, and the builder that knows them.
fn checks(krate: &Crate) -> (TokenStream, TokenStream) {
    if krate.checks.is_none() {
        return (TokenStream::new(), quote!(rt::ClientBuilder::new(&API)));
    }
    let constraints = quote! {
        #[cfg(feature = "check-requests")]
        static CHECKS: rt::Checks = rt::Checks::new(include_str!("checks.json"));
    };
    let builder = quote! {
        let builder = rt::ClientBuilder::new(&API);
        #[cfg(feature = "check-requests")]
        let builder = builder.checks(&CHECKS);
        builder
    };
    (constraints, builder)
}

fn accessor(namespace: &Namespace) -> TokenStream {
    let docs = attributes(&namespace.docs);
    let feature = &namespace.feature;
    let name = ident(&namespace.module);
    let ty = ident(&namespace.type_name);
    quote! {
        #docs
        #[cfg(feature = #feature)]
        pub fn #name(&self) -> crate::operations::#name::#ty<'_> {
            crate::operations::#name::#ty(&self.0)
        }
    }
}

fn auth(krate: &Crate) -> TokenStream {
    let schemes = &krate.api.schemes;
    let scopes = scopes(krate);
    if schemes.is_empty() {
        return TokenStream::new();
    }
    let functions = schemes.iter().enumerate().map(|(index, scheme)| {
        let docs = attributes(&credential_docs(scheme));
        let name = ident(&scheme.function);
        let index = proc_macro2::Literal::usize_unsuffixed(index);
        match scheme.kind {
            // A setting of the connection.
            SchemeKind::MutualTls => TokenStream::new(),
            SchemeKind::Basic | SchemeKind::Digest => quote! {
                #docs
                pub fn #name(user: impl Into<rt::Secret>, password: impl Into<rt::Secret>) -> rt::Credential {
                    rt::Credential::basic(#index, user, password)
                }
            },
            SchemeKind::Bearer
            | SchemeKind::OAuth2(_)
            | SchemeKind::OpenIdConnect { .. }
            | SchemeKind::ApiKeyHeader { .. }
            | SchemeKind::ApiKeyQuery { .. }
            | SchemeKind::ApiKeyCookie { .. } => quote! {
                #docs
                pub fn #name(token: impl Into<rt::Token>) -> rt::Credential {
                    rt::Credential::provided(#index, token)
                }
            },
        }
    });
    quote! {
        /// Credentials that the API takes.
        pub mod auth {
            use pontoon_runtime::codegen as rt;
            #(#functions)*
            #scopes
        }
    }
}

/// The function that gives the scopes of operations, where any has some. Its table
/// is one text, which costs the compiler nothing.
fn scopes(krate: &Crate) -> TokenStream {
    let tables = krate
        .namespaces
        .iter()
        .flat_map(|namespace| &namespace.operations);
    let mut table = String::new();
    let mut any = false;
    for operation in tables.map(|operation| &operation.table) {
        if operation.id.contains(char::is_control) {
            continue;
        }
        table.push_str(&operation.id);
        for alternative in &operation.security {
            let scopes: Vec<&str> = alternative
                .iter()
                .flat_map(|(_, scopes)| scopes.iter().map(String::as_str))
                .filter(|scope| !scope.contains(char::is_control))
                .collect();
            any |= !scopes.is_empty();
            table.push('\t');
            table.push_str(&scopes.join(" "));
        }
        table.push('\n');
    }
    if !any {
        return TokenStream::new();
    }
    quote! {
        /// The least scopes that operations need, which are named by their
        /// `operationId` (`METHOD path` where they have none).
        pub fn scopes(operations: &[&str]) -> Result<Vec<&'static str>, rt::Error> {
            rt::scopes(#table, operations)
        }
    }
}

fn credential_docs(scheme: &Scheme) -> Vec<String> {
    let mut lines = scheme.docs.clone();
    if !lines.is_empty() {
        lines.push(String::new());
    }
    lines.push(sent_as(scheme));
    if !scheme.env.is_empty() {
        lines.push(String::new());
        lines.push(format!("From the environment: {}.", env(scheme)));
    }
    lines
}

/// How the credential of a scheme is sent, in words.
pub(super) fn sent_as(scheme: &Scheme) -> String {
    match &scheme.kind {
        SchemeKind::ApiKeyHeader { name, .. } => {
            format!("Sent in the header {}.", docs::code(name))
        }
        SchemeKind::ApiKeyQuery { name } => {
            format!("Sent in the query parameter {}.", docs::code(name))
        }
        SchemeKind::ApiKeyCookie { name } => format!("Sent in the cookie {}.", docs::code(name)),
        SchemeKind::Basic => "HTTP basic: a user name and a password.".to_owned(),
        SchemeKind::Digest => "HTTP digest: a user name and a password.".to_owned(),
        SchemeKind::Bearer => "Sent as `Authorization: Bearer`.".to_owned(),
        SchemeKind::OpenIdConnect { .. } => {
            "OpenID Connect: a token, or an `OAuth` that gets tokens.".to_owned()
        }
        SchemeKind::OAuth2(oauth2) => {
            let flows = oauth2.flows.iter().map(|flow| match flow.kind {
                FlowKind::Implicit => "implicit (a browser's: give the token)",
                FlowKind::Password => "password",
                FlowKind::ClientCredentials => "client credentials",
                FlowKind::AuthorizationCode => "authorization code",
                FlowKind::DeviceAuthorization => "device",
            });
            let flows: Vec<_> = flows.collect();
            let mut words = "OAuth 2: a token, or an `OAuth` that gets tokens".to_owned();
            if !flows.is_empty() {
                words.push_str(". Declared flows: ");
                words.push_str(&flows.join(", "));
            }
            words.push('.');
            words
        }
        SchemeKind::MutualTls => {
            "A certificate in the connection: `ClientBuilder::client_certificate`.".to_owned()
        }
    }
}

/// The environment variables of a scheme.
pub(super) fn env(scheme: &Scheme) -> String {
    let names: Vec<String> = scheme.env.iter().map(|name| docs::code(name)).collect();
    names.join(" and ")
}

fn servers(krate: &Crate) -> TokenStream {
    // A URL with variables is a template; the builder fills those.
    let plain: Vec<_> = krate
        .api
        .servers
        .iter()
        .filter(|server| server.variables.is_empty() && server.url.contains("://"))
        .collect();
    if plain.is_empty() {
        return TokenStream::new();
    }
    let constants = plain.iter().enumerate().map(|(index, server)| {
        let name = match index {
            0 => ident("DEFAULT"),
            _ => ident(&format!("SERVER_{}", index + 1)),
        };
        let mut lines = server.docs.clone();
        if lines.is_empty() {
            lines.push(format!("{}.", docs::code(&server.url)));
        }
        let docs = attributes(&lines);
        let url = &server.url;
        quote! { #docs pub const #name: &str = #url; }
    });
    quote! {
        /// Servers that the API's description names, for the builder's `base_url`.
        pub mod servers {
            #(#constants)*
        }
    }
}

/// Documentation attributes.
pub(super) fn attributes(lines: &[String]) -> TokenStream {
    let lines = docs::sanitize(lines).into_iter().map(|line| {
        let line = if line.is_empty() {
            line
        } else {
            format!(" {line}")
        };
        quote!(#[doc = #line])
    });
    quote!(#(#lines)*)
}

/// Text of ours as tokens; a text that is none becomes nothing, which the tests
/// on output would show.
fn parsed(text: &str) -> TokenStream {
    text.parse().unwrap_or_default()
}

/// An identifier as the IR spells it, raw ones included.
pub(super) fn ident(name: &str) -> Ident {
    match name.strip_prefix("r#") {
        Some(name) => Ident::new_raw(name, Span::call_site()),
        None => Ident::new(name, Span::call_site()),
    }
}
