//! `examples/exercise/`: every operation called once, for tests against a server
//! that judges requests; and calls with values from elsewhere.

use super::client::ident;
use super::types::{MODELS, Types, spell};
use super::writer::Writer;
use super::{OutputFile, file_stem, literal, module_line, pretty};
use crate::rust::ir::SchemeKind;
use crate::rust::ir::{Argument, Crate, Exercise, Namespace, Operation, Scheme, Target, Type};
use proc_macro2::TokenStream;
use quote::quote;

/// The files of the program.
pub(super) fn files(krate: &Crate, types: &Types<'_>) -> Vec<OutputFile> {
    let file = |name: &str, text: String| OutputFile {
        path: format!("examples/exercise/{name}.rs"),
        text,
    };
    let mut files = vec![
        file("main", pretty(main_file())),
        file("run", pretty(program(krate))),
        file("cases/mod", index(krate)),
    ];
    files.extend(krate.namespaces.iter().map(|namespace| {
        let name = format!("cases/{}", file_stem(&namespace.module));
        file(&name, cases(krate, namespace, types))
    }));
    files
}

fn index(krate: &Crate) -> String {
    let mut w = Writer::new();
    for namespace in &krate.namespaces {
        module_line(
            &mut w,
            Some(&namespace.feature),
            "pub mod ",
            &namespace.module,
        );
    }
    w.finish()
}

fn cases(krate: &Crate, namespace: &Namespace, types: &Types<'_>) -> String {
    let mut w = Writer::new();
    imports(&mut w, krate, "Case, Started");
    w.blank();
    w.open(&["pub static CASES: &[Case] = &["]);
    for operation in &namespace.operations {
        w.line(&[
            "Case { operation: ",
            &literal::string(&operation.table.id),
            ", method: ",
            &literal::string(&operation.table.method),
            ", path: ",
            &literal::string(&operation.table.path),
            ", start: ",
            &operation.name,
            " },",
        ]);
    }
    w.close("];");
    for operation in &namespace.operations {
        w.blank();
        w.open(&["fn ", &operation.name, "(client: &Client) -> Started {"]);
        body(
            &mut w,
            namespace,
            operation,
            &operation.exercise,
            &[],
            types,
        );
        // By path: an operation may be called `run`.
        let run = match operation.only_streams() {
            true => "crate::run::run_stream(call.send())",
            false => "crate::run::run(call.send())",
        };
        w.line(&[run]);
        w.close("}");
    }
    w.finish()
}

/// A call to write.
#[derive(Debug, Clone)]
pub struct PlannedCall {
    /// The function that makes it; an identifier.
    pub function: String,
    /// Index of the namespace in the crate.
    pub namespace: usize,
    /// Index of the operation in the namespace.
    pub operation: usize,
    /// The values of the arguments. A missing positional one is `null`.
    pub values: Exercise,
    /// Statements that change `body`, a `&mut` of the body's type, before it is
    /// sent: what no JSON text says, such as the names of files.
    pub edits: Vec<String>,
    /// Headers of this call alone: name and value.
    pub headers: Vec<(String, String)>,
}

/// A module with a function `fn(&Client) -> Started` for each call. It uses
/// `crate::run::{Started, value, run, run_declared, run_stream}`, which the program
/// supplies: the last three take the call's future, `run_stream` if its answer is
/// a stream, `run_declared` with the type of the declared errors. Calls whose
/// indices do not exist are left out.
pub fn emit_calls(krate: &Crate, calls: &[PlannedCall]) -> String {
    let types = Types::new(krate);
    let mut w = Writer::new();
    imports(&mut w, krate, "Started");
    for planned in calls {
        let Some(namespace) = krate.namespaces.get(planned.namespace) else {
            continue;
        };
        let Some(operation) = namespace.operations.get(planned.operation) else {
            continue;
        };
        w.blank();
        w.open(&[
            "pub fn ",
            &planned.function,
            "(client: &Client) -> Started {",
        ]);
        let (values, edits) = (&planned.values, &planned.edits);
        body(&mut w, namespace, operation, values, edits, &types);
        for (name, value) in &planned.headers {
            let (name, value) = (literal::string(name), literal::string(value));
            w.line(&[
                "let call = rt::CallOptions::header(call, ",
                &name,
                ", ",
                &value,
                ");",
            ]);
        }
        match &operation.errors {
            _ if operation.only_streams() => w.line(&["crate::run::run_stream(call.send())"]),
            Some(errors) => w.line(&[
                "crate::run::run_declared::<_, ",
                MODELS,
                errors,
                ">(call.send())",
            ]),
            None => w.line(&["crate::run::run(call.send())"]),
        }
        w.close("}");
    }
    w.finish()
}

fn imports(w: &mut Writer, krate: &Crate, used: &str) {
    let library = krate.package.replace('-', "_");
    w.line(&["use crate::run::{", used, "};"]);
    w.line(&["use ", &library, "::{Client, models};"]);
    w.line(&["use ", &library, "::runtime::codegen as rt;"]);
}

/// Binds `call` to the call with its values.
fn body(
    w: &mut Writer,
    namespace: &Namespace,
    operation: &Operation,
    values: &Exercise,
    edits: &[String],
    types: &Types<'_>,
) {
    let mut made = Made::default();
    let positional: Vec<String> = operation
        .positional
        .iter()
        .enumerate()
        .map(|(index, argument)| {
            let text = values.positional.get(index);
            let text = text.map_or("null", String::as_str);
            let value = made.value(w, argument, text, types);
            if argument.target == Target::Body {
                edit(w, &value, edits);
            }
            value
        })
        .collect();
    let optional: Vec<(&str, String)> = values
        .optional
        .iter()
        .filter_map(|(index, text)| {
            let argument = operation.optional.get(*index)?;
            Some((argument.name.as_str(), made.value(w, argument, text, types)))
        })
        .collect();
    w.line(&[
        "let call = client.",
        &namespace.module,
        "().",
        &operation.name,
        "(",
        &positional.join(", "),
        ");",
    ]);
    for (name, value) in optional {
        w.line(&["let call = call.", name, "(", &value, ");"]);
    }
}

/// Changes a body that is passed by reference.
fn edit(w: &mut Writer, value: &str, edits: &[String]) {
    let Some(name) = value.strip_prefix('&').filter(|_| !edits.is_empty()) else {
        return;
    };
    w.line(&["let mut ", name, " = ", name, ";"]);
    w.open(&["{"]);
    w.line(&["let body = &mut ", name, ";"]);
    for line in edits {
        w.line(&[line]);
    }
    w.close("}");
}

/// Values that were bound to variables.
#[derive(Default)]
struct Made(usize);

impl Made {
    /// The expression of a value: a literal, or a variable that is decoded first.
    fn value(
        &mut self,
        w: &mut Writer,
        argument: &Argument,
        text: &str,
        types: &Types<'_>,
    ) -> String {
        let resolved = types.resolve(&argument.ty);
        let plain = match resolved {
            Type::String => serde_json::from_str(text)
                .ok()
                .map(|text: String| literal::string(&text)),
            Type::I64 => serde_json::from_str(text)
                .ok()
                .map(|number: i64| number.to_string()),
            Type::U64 => serde_json::from_str(text)
                .ok()
                .map(|number: u64| number.to_string()),
            Type::F64 => serde_json::from_str(text)
                .ok()
                .map(|number: f64| format!("{number:?}")),
            Type::Bool => serde_json::from_str(text)
                .ok()
                .map(|value: bool| value.to_string()),
            _ => None,
        };
        if let Some(plain) = plain {
            return plain;
        }
        let name = format!("value_{}", self.0);
        self.0 += 1;
        let ty = spell(&argument.ty, MODELS);
        w.line(&[
            "let ",
            &name,
            ": ",
            &ty,
            " = crate::run::value(",
            &literal::string(text),
            ")?;",
        ]);
        let by_reference = types
            .argument(&argument.ty, &argument.name)
            .ty
            .starts_with('&');
        if by_reference {
            ["&", &name].concat()
        } else {
            name
        }
    }
}

/// `main.rs`: what the program is.
fn main_file() -> TokenStream {
    quote! {
        //! Makes every call once, against the server in `PONTOON_BASE_URL`, and prints one line
        //! of JSON for each. `--filter TEXT` takes the operations whose id, method and path hold
        //! the text; `--jobs N` makes N calls at a time (8).
        #![allow(dead_code, deprecated, unused_imports, unused_mut, clippy::all)]
        #[rustfmt::skip]
        mod cases;
        #[rustfmt::skip]
        mod run;

        fn main() -> std::process::ExitCode {
            run::main()
        }
    }
}

/// `run.rs`: filters, runs, reports.
fn program(krate: &Crate) -> TokenStream {
    let library = ident(&krate.package.replace('-', "_"));
    let credentials = krate
        .api
        .schemes
        .iter()
        .map(|scheme| credential(scheme, &library));
    let all = krate.namespaces.iter().map(|namespace| {
        let feature = &namespace.feature;
        let module = ident(&namespace.module);
        quote! {
            #[cfg(feature = #feature)]
            all.extend(crate::cases::#module::CASES);
        }
    });
    quote! {
        use #library::runtime::codegen as rt;
        use std::future::Future;
        use std::pin::Pin;
        use #library::{Client, Error};

        /// An operation and the function that calls it.
        pub struct Case {
            pub operation: &'static str,
            pub method: &'static str,
            pub path: &'static str,
            pub start: fn(&Client) -> Started,
        }

        /// A call on its way, or why its values could not be made.
        pub type Started = Result<Pin<Box<dyn Future<Output = Answer>>>, String>;

        /// What came back.
        pub struct Answer {
            sent: bool,
            status: Option<u16>,
            valid: Option<String>,
            error: Option<String>,
        }

        /// A value from its JSON text.
        pub fn value<T: rt::Reflect>(text: &str) -> Result<T, String> {
            let json = rt::Json::parse(text.as_bytes()).map_err(|error| error.to_string())?;
            json.to_model().map_err(|error| error.to_string())
        }

        /// A call whose answer no longer depends on its type.
        pub fn run<T: rt::Reflect + 'static>(call: rt::Send<T>) -> Started {
            Ok(Box::pin(async move { answer(call.await.map(|response| response.map(drop))) }))
        }

        /// The same for a call whose answer is a stream: its head is what counts.
        pub fn run_stream<S: rt::Streamed + 'static>(call: rt::Open<S>) -> Started {
            Ok(Box::pin(async move { answer(call.await.map(|response| response.map(drop))) }))
        }

        const VALID: &str = "x-steady-request-valid";

        fn answer(result: Result<rt::Response<()>, Error>) -> Answer {
            match result {
                Ok(response) => Answer {
                    sent: true,
                    status: Some(response.status().as_u16()),
                    valid: response.header(VALID).map(str::to_owned),
                    error: None,
                },
                Err(error) => {
                    let valid = error.headers().and_then(|headers| headers.get(VALID));
                    Answer {
                        sent: !(error.is_request() || error.is_connect()),
                        status: error.status().map(|status| status.as_u16()),
                        valid: valid.and_then(|value| value.to_str().ok()).map(str::to_owned),
                        error: Some(describe(&error)),
                    }
                }
            }
        }

        fn describe(error: &dyn std::error::Error) -> String {
            let mut text = error.to_string();
            let mut source = error.source();
            while let Some(error) = source {
                text.push_str(": ");
                text.push_str(&error.to_string());
                source = error.source();
            }
            text
        }

        fn report(case: &Case, answer: Answer) {
            let text = |value: Option<String>| value.map_or(rt::Json::Null, rt::Json::from);
            let status = answer.status.map_or(rt::Json::Null, |status| rt::Json::from(i64::from(status)));
            println!("{}", rt::Json::from([
                ("operation", rt::Json::from(case.operation)),
                ("method", rt::Json::from(case.method)),
                ("path", rt::Json::from(case.path)),
                ("sent", rt::Json::from(answer.sent)),
                ("status", status),
                ("valid", text(answer.valid)),
                ("error", text(answer.error)),
            ]));
        }

        fn option(name: &str) -> Option<String> {
            let mut arguments = std::env::args().skip_while(|argument| argument != name);
            arguments.nth(1)
        }

        fn client() -> Result<Client, Error> {
            let mut builder = Client::builder().credentials_from_env();
            if let Ok(url) = std::env::var("PONTOON_BASE_URL") {
                builder = builder.base_url(url);
            }
            #(#credentials)*
            builder.build()
        }

        fn all() -> Vec<&'static Case> {
            let mut all: Vec<&'static Case> = Vec::new();
            #(#all)*
            if let Some(filter) = option("--filter") {
                all.retain(|case| {
                    format!("{} {} {}", case.operation, case.method, case.path).contains(&filter)
                });
            }
            all
        }

        #[tokio::main(flavor = "current_thread")]
        pub async fn main() -> std::process::ExitCode {
            let client = match client() {
                Ok(client) => client,
                Err(error) => {
                    eprintln!("error: {}", describe(&error));
                    return std::process::ExitCode::FAILURE;
                }
            };
            let jobs = option("--jobs").and_then(|jobs| jobs.parse().ok()).unwrap_or(8_usize);
            let mut running = tokio::task::JoinSet::new();
            let local = tokio::task::LocalSet::new();
            local.run_until(async move {
                for case in all() {
                    if running.len() >= jobs.max(1) {
                        running.join_next().await;
                    }
                    let started = (case.start)(&client);
                    running.spawn_local(async move {
                        let answer = match started {
                            Ok(call) => call.await,
                            Err(error) => Answer { sent: false, status: None, valid: None, error: Some(error) },
                        };
                        report(case, answer);
                    });
                }
                while running.join_next().await.is_some() {}
            }).await;
            std::process::ExitCode::SUCCESS
        }
    }
}

/// A made credential for a scheme that the environment says nothing of.
fn credential(scheme: &Scheme, library: &proc_macro2::Ident) -> TokenStream {
    let function = ident(&scheme.function);
    let made = match scheme.kind {
        SchemeKind::Basic | SchemeKind::Digest => {
            quote!(#library::auth::#function("user", "password"))
        }
        // No credential of its own.
        SchemeKind::MutualTls => return TokenStream::new(),
        SchemeKind::Bearer
        | SchemeKind::OAuth2(_)
        | SchemeKind::OpenIdConnect { .. }
        | SchemeKind::ApiKeyHeader { .. }
        | SchemeKind::ApiKeyQuery { .. }
        | SchemeKind::ApiKeyCookie { .. } => quote!(#library::auth::#function("token")),
    };
    let set = quote!(builder = builder.credential(#made););
    if scheme.env.is_empty() {
        return set;
    }
    let names = &scheme.env;
    quote! {
        if [#(#names),*].iter().any(|name| std::env::var_os(name).is_none()) {
            #set
        }
    }
}
