//! The rules of the house, executed: who may import whom, who may touch the
//! disk, how large a file may be, and that no vendor is named in code.

use pontoon_tests::root;
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::fs;
use std::path::{Path, PathBuf};

/// Longest hand-written file, in lines.
const LONGEST: usize = 600;

/// The stages of the generator, and what each may import of the others: a stage,
/// or one item of it.
const IMPORTS: &[(&str, &[&str])] = &[
    ("source", &["diagnostic"]),
    ("diagnostic", &["source"]),
    ("overlay", &["source", "diagnostic"]),
    ("dialect", &["source", "diagnostic"]),
    ("filter", &[]),
    ("vendor", &["source", "diagnostic", "filter"]),
    (
        "resolve",
        &["api", "source", "diagnostic", "dialect::Pointers"],
    ),
    ("api", &[]),
    ("analyze", &["api"]),
    ("rust", &["api", "analyze", "diagnostic"]),
    ("emit", &["rust"]),
    ("package", &["emit", "diagnostic"]),
    (
        "config",
        &[
            "api",
            "filter::Glob",
            "resolve",
            "rust",
            "diagnostic::toml_error",
        ],
    ),
    ("project", &[]),
    ("drift", &["api", "dialect", "source", "diagnostic"]),
    ("inspect", &["api", "rust", "dialect", "diagnostic"]),
    (
        "conformance",
        &["inspect", "diagnostic", "emit::OutputFile", "source"],
    ),
    ("connector", &["api"]),
    ("simulation", &["api", "analyze", "connector"]),
];

/// Types of `api` that the Rust IR passes on as they are.
const PASSED_ON: &[&str] = &[
    "Codec",
    "Encoding",
    "EventPlace",
    "Flow",
    "FlowKind",
    "Location",
    "OAuth2",
    "Origin",
    "Paging",
    "PagingRule",
    "Place",
    "Repeat",
    "SchemeKind",
    "Statuses",
    "Style",
];

/// What sees every stage.
const TOP: &[&str] = &["lib", "main", "cli"];

/// What may use `std::fs`.
const DISK: &[&str] = &["source", "package", "cli", "main"];

/// Words that no code of the generator and the runtime may hold.
const VENDORS: &[&str] = &[
    "github",
    "gitlab",
    "stripe",
    "notion",
    "jupyter",
    "prefect",
    "microsoft",
    "msgraph",
    "slack",
    "openai",
    "twilio",
    "hetzner",
    "shopify",
    "atlassian",
    "salesforce",
];

/// Where the runtime may use threads, clocks, sockets and files, which
/// `wasm32-unknown-unknown` lacks: files that are left out there, or say so at the place.
const HOSTED: &[&str] = &[
    "auth/oauth/loopback.rs",
    "auth/store/",
    "blocking.rs",
    "clock.rs",
    "clock/thread.rs",
    "mock/serve.rs",
    "retry/after.rs",
    "transport/hyper/",
    "transport/record/",
];

/// A Rust file.
struct File {
    path: PathBuf,
    text: String,
}

impl File {
    fn shown(&self) -> String {
        let path = self.path.strip_prefix(root()).unwrap_or(&self.path);
        path.display().to_string()
    }

    fn tokens(&self) -> Vec<TokenTree> {
        match self.text.parse::<TokenStream>() {
            Ok(tokens) => flat(tokens),
            Err(error) => panic!("{}: {error}", self.shown()),
        }
    }
}

/// The hand-written Rust files under a folder of the workspace.
fn files(folder: &str) -> Vec<File> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let is_ours = !matches!(name.as_str(), "target" | "expected" | "node_modules")
                && !name.starts_with('.');
            if path.is_dir() && is_ours {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push(File { path, text });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(!found.is_empty(), "no files under {folder}");
    found
}

/// All tokens in order. Groups are followed by their content, and their end is a
/// lone `;`, so that no sequence goes across it. What stands in `quote!` is code
/// of another crate and left out.
fn flat(tokens: TokenStream) -> Vec<TokenTree> {
    let mut out: Vec<TokenTree> = Vec::new();
    for token in tokens {
        let quoted = out.len() >= 2 && ident(out.get(out.len() - 2)).as_deref() == Some("quote");
        let inside = match &token {
            TokenTree::Group(group) if !quoted => Some(group.stream()),
            _ => None,
        };
        out.push(token);
        if let Some(stream) = inside {
            out.extend(flat(stream));
            out.push(TokenTree::Punct(proc_macro2::Punct::new(
                ';',
                proc_macro2::Spacing::Alone,
            )));
        }
    }
    out
}

fn ident(token: Option<&TokenTree>) -> Option<String> {
    match token? {
        TokenTree::Ident(ident) => Some(ident.to_string()),
        _ => None,
    }
}

fn colons(tokens: &[TokenTree], at: usize) -> bool {
    (at..at + 2).all(|index| matches!(tokens.get(index), Some(TokenTree::Punct(punct)) if punct.as_char() == ':'))
}

/// What follows `PREFIX ::` at `at`: one name, or the first names in a group.
fn after(tokens: &[TokenTree], at: usize) -> Vec<String> {
    match tokens.get(at) {
        Some(TokenTree::Ident(ident)) => vec![ident.to_string()],
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
            let mut names = Vec::new();
            let mut first = true;
            for token in group.stream() {
                match token {
                    TokenTree::Ident(ident) if first => {
                        names.push(ident.to_string());
                        first = false;
                    }
                    TokenTree::Punct(punct) if punct.as_char() == ',' => first = true,
                    _ => {}
                }
            }
            names
        }
        _ => Vec::new(),
    }
}

/// The modules of the crate that a file names, with what it names of each:
/// through `crate::`, or through as many `super::` as lead to the root.
fn modules(tokens: &[TokenTree], depth: usize) -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    for at in 0..tokens.len() {
        let mut next = at;
        let rooted = match ident(tokens.get(at)).as_deref() {
            Some("crate") if colons(tokens, at + 1) => {
                next += 3;
                true
            }
            Some("super") if colons(tokens, at + 1) => {
                // A `super` in the middle of a chain was counted with its start.
                if at >= 3 && colons(tokens, at - 2) {
                    continue;
                }
                let mut supers = 0;
                while ident(tokens.get(next)).as_deref() == Some("super")
                    && colons(tokens, next + 1)
                {
                    supers += 1;
                    next += 3;
                }
                supers == depth
            }
            _ => false,
        };
        if !rooted {
            continue;
        }
        let names = after(tokens, next);
        let inside = match tokens.get(next) {
            Some(TokenTree::Ident(_)) if colons(tokens, next + 1) => after(tokens, next + 3),
            _ => Vec::new(),
        };
        found.extend(names.into_iter().map(|name| (name, inside.clone())));
    }
    found
}

/// Module path of a file below `src`: `["rust", "names"]`.
fn module_path(file: &File, src: &Path) -> Vec<String> {
    let path = file
        .path
        .strip_prefix(src)
        .unwrap_or(&file.path)
        .with_extension("");
    let mut parts: Vec<String> = path
        .components()
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect();
    if parts.last().is_some_and(|last| last == "mod") {
        parts.pop();
    }
    parts
}

#[track_caller]
fn assert_none(rule: &str, findings: &[String]) {
    assert!(findings.is_empty(), "{rule}:\n  {}", findings.join("\n  "));
}

#[test]
fn stages_import_what_they_may() {
    let src = root().join("generator/src");
    let mut findings = Vec::new();
    for file in files("generator/src") {
        let path = module_path(&file, &src);
        let stage = path[0].as_str();
        if TOP.contains(&stage) {
            continue;
        }
        let Some((_, allowed)) = IMPORTS.iter().find(|(name, _)| *name == stage) else {
            findings.push(format!("{}: the stage `{stage}` has no rule", file.shown()));
            continue;
        };
        for (module, inside) in modules(&file.tokens(), path.len()) {
            let is_stage =
                IMPORTS.iter().any(|(name, _)| *name == module) || TOP.contains(&module.as_str());
            let items_allowed = !inside.is_empty()
                && inside
                    .iter()
                    .all(|item| allowed.contains(&format!("{module}::{item}").as_str()));
            if !is_stage || module == stage || allowed.contains(&module.as_str()) || items_allowed {
                continue;
            }
            findings.push(format!(
                "{}: `{stage}` imports `{module}` {inside:?}",
                file.shown()
            ));
        }
    }
    assert_none("an import that no stage of this kind may have", &findings);
}

/// Emission knows the API through the Rust IR alone; the IR hands over small
/// enums as they are, and nothing else of the API.
#[test]
fn the_rust_ir_hands_over_small_enums_only() {
    let ir = files("generator/src/rust")
        .into_iter()
        .find(|file| file.path.ends_with("ir.rs"));
    let ir = ir.expect("the Rust IR");
    let findings: Vec<String> = modules(&ir.tokens(), 2)
        .into_iter()
        .filter(|(module, _)| module == "api")
        .flat_map(|(_, inside)| inside)
        .filter(|name| !PASSED_ON.contains(&name.as_str()))
        .collect();
    assert_none(
        "the Rust IR holds more of `api` than small enums",
        &findings,
    );
}

#[test]
fn only_the_ends_touch_the_disk() {
    let src = root().join("generator/src");
    let mut findings = Vec::new();
    for file in files("generator/src") {
        let path = module_path(&file, &src);
        if DISK.contains(&path[0].as_str()) {
            continue;
        }
        let tokens = file.tokens();
        for at in 0..tokens.len() {
            let names_std =
                ident(tokens.get(at)).as_deref() == Some("std") && colons(&tokens, at + 1);
            let disk = |name: &String| matches!(name.as_str(), "fs" | "net" | "process");
            if names_std && after(&tokens, at + 3).iter().any(disk) {
                findings.push(file.shown());
            }
        }
    }
    assert_none("uses std::fs, std::net or std::process", &findings);
}

#[test]
fn the_core_keeps_clear_of_the_host() {
    let src = root().join("runtime/client/src");
    let mut findings = Vec::new();
    for file in files("runtime/client/src") {
        let path = file.path.strip_prefix(&src).unwrap_or(&file.path);
        let path = path.to_string_lossy().replace('\\', "/");
        let is_test = path.ends_with("tests.rs") || path.contains("/tests/");
        if is_test || HOSTED.iter().any(|allowed| path.starts_with(allowed)) {
            continue;
        }
        let code = file.text.split("#[cfg(test)]").next().unwrap_or_default();
        for (index, line) in code.lines().enumerate() {
            let line = line.split("//").next().unwrap_or_default();
            // Needs no threads: it is there, too.
            let line = line.replace("std::thread::panicking", "");
            let used = [
                "std::thread",
                "std::fs",
                "std::process",
                "TcpStream",
                "TcpListener",
                "UdpSocket",
                "Instant::now",
                "SystemTime::now",
            ];
            // The clock of Tokio comes with a transport that needs Tokio.
            if used.iter().any(|name| line.contains(name)) && !line.contains("tokio::time") {
                findings.push(format!("{}:{}: {}", file.shown(), index + 1, line.trim()));
            }
        }
    }
    assert_none("uses what wasm32-unknown-unknown lacks", &findings);
}

#[test]
fn the_runtime_knows_no_generator() {
    for file in files("runtime") {
        for (at, token) in file.tokens().iter().enumerate() {
            let named = matches!(token, TokenTree::Ident(ident) if ident == "pontoon");
            assert!(!named, "{}: token {at} names the generator", file.shown());
        }
    }
    let manifest = fs::read_to_string(root().join("runtime/client/Cargo.toml")).unwrap();
    assert_eq!(ours(&manifest), Vec::<String>::new());
}

/// The packages of this workspace that a manifest depends on.
fn ours(manifest: &str) -> Vec<String> {
    let manifest: toml::Table = toml::from_str(manifest).unwrap();
    let mut names = Vec::new();
    for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
        let table = manifest.get(kind).and_then(toml::Value::as_table);
        for (name, value) in table.into_iter().flatten() {
            let package = value
                .get("package")
                .and_then(toml::Value::as_str)
                .unwrap_or(name);
            if package.starts_with("pontoon") {
                names.push(package.to_owned());
            }
        }
    }
    names
}

#[test]
fn generated_crates_know_the_runtime_alone() {
    for entry in fs::read_dir(root().join("generated")).into_iter().flatten() {
        let folder = entry.unwrap().path();
        let Ok(manifest) = fs::read_to_string(folder.join("Cargo.toml")) else {
            continue;
        };
        assert_eq!(ours(&manifest), ["pontoon-runtime"], "{}", folder.display());
    }
}

#[test]
fn files_are_short() {
    let mut findings = Vec::new();
    for folder in ["generator", "runtime", "tests"] {
        for file in files(folder) {
            let lines = file.text.lines().count();
            if lines > LONGEST {
                findings.push(format!("{}: {lines} lines", file.shown()));
            }
        }
    }
    assert_none("longer than 600 lines", &findings);
}

#[test]
fn no_vendor_is_named() {
    let mut findings = Vec::new();
    for folder in ["generator/src", "runtime"] {
        for file in files(folder) {
            for (index, line) in file.text.lines().enumerate() {
                let line = without_links(line).to_lowercase();
                let named = VENDORS.iter().find(|vendor| line.contains(**vendor));
                if let Some(vendor) = named {
                    findings.push(format!("{}:{}: {vendor}", file.shown(), index + 1));
                }
            }
        }
    }
    assert_none("names a vendor", &findings);
}

/// A line without its URLs.
fn without_links(line: &str) -> String {
    let words = line.split_inclusive([' ', '<', '(', ')', '>', '"']);
    words.filter(|word| !word.contains("://")).collect()
}

#[test]
fn nothing_is_left_to_do() {
    let mut findings = Vec::new();
    for folder in ["generator", "runtime", "tests"] {
        for file in files(folder) {
            let tokens = file.tokens();
            for at in 0..tokens.len() {
                let name = ident(tokens.get(at));
                let macro_call = matches!(tokens.get(at + 1), Some(TokenTree::Punct(punct)) if punct.as_char() == '!');
                if macro_call && matches!(name.as_deref(), Some("todo" | "unimplemented" | "dbg")) {
                    findings.push(file.shown());
                }
            }
        }
    }
    assert_none("todo!, unimplemented! or dbg!", &findings);
}
