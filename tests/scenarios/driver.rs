//! The workspace with a crate per document and the driver.

use crate::data::{Group, Planned, Scenario};
use crate::plan::{self, Call, Client, Setting};
use crate::{Result, read};
use pontoon::config::Config;
use pontoon::diagnostic::Diagnostics;
use pontoon::rust::ir::{RuntimeDependency, XmlRoot};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// The runtime, from a crate in the workspace.
const RUNTIME: &str = "../../../../../../runtime/client";

/// Writes `CACHE/workspace` and `CACHE/plan.json`.
pub(crate) fn write(cache: &Path) -> Result<()> {
    let groups: Vec<Group> = read(&cache.join("openapi/groups.json"))?;
    let scenarios: Vec<Scenario> = read(&cache.join("scenarios.json"))?;
    let mut workspace = Workspace::new(cache.join("workspace"));
    let mut clients: Vec<(String, Client)> = Vec::new();
    for group in &groups {
        for file in &group.files {
            match generate(cache, group, file, &mut workspace) {
                Ok(client) => clients.push((group.name.clone(), client)),
                Err(error) => eprintln!("scenarios: {}/{file} is refused: {error}", group.folder),
            }
        }
    }
    let mut calls: Vec<Call> = Vec::new();
    let mut planned = Vec::new();
    let mut number = 0;
    for scenario in &scenarios {
        let mine: Vec<(usize, &Client)> = clients
            .iter()
            .enumerate()
            .filter(|(_, (group, _))| *group == scenario.group)
            .map(|(index, (_, client))| (index, client))
            .collect();
        let mut steps = Vec::new();
        for step in &scenario.steps {
            let (mut call, step) = plan::step(&mine, step, number);
            number += 1;
            if let Some(call) = call
                .as_mut()
                .filter(|_| scenario.keys.iter().any(|key| key == "reconnect"))
            {
                call.settings.push(Setting::Reconnect);
            }
            calls.extend(call);
            steps.push(step);
        }
        planned.push(Planned {
            group: scenario.group.clone(),
            name: scenario.name.clone(),
            steps,
        });
    }
    let clients: Vec<Client> = clients.into_iter().map(|(_, client)| client).collect();
    driver(&clients, &calls, &mut workspace)?;
    workspace.finish()?;
    let text = serde_json::to_string_pretty(&planned).map_err(|error| error.to_string())?;
    save(&cache.join("plan.json"), &text)?;
    eprintln!(
        "scenarios: {} scenarios, {} clients, {} calls",
        scenarios.len(),
        clients.len(),
        calls.len()
    );
    Ok(())
}

/// Generates the crate of one document.
fn generate(cache: &Path, group: &Group, file: &str, workspace: &mut Workspace) -> Result<Client> {
    let version = file.strip_suffix(".json").unwrap_or(file).to_owned();
    let name = match version.as_str() {
        "api" => format!("scenario-{}", group.folder),
        version => format!("scenario-{}-{version}", group.folder),
    };
    let name = name.to_lowercase().replace('.', "-");
    let request = pontoon::Request {
        spec: cache.join("openapi").join(&group.folder).join(file),
        config: Config {
            name: Some(name.clone()),
            ..Config::default()
        },
        runtime: RuntimeDependency {
            version: format!("={}", pontoon::VERSION),
            path: Some(RUNTIME.to_owned()),
        },
        ..pontoon::Request::default()
    };
    let mut source = pontoon::source::Source::default();
    let mut diagnostics = Diagnostics::default();
    let generated = pontoon::generate(&request, &mut source, &mut diagnostics, &|_| {})
        .map_err(|error| error.message.clone())?;
    for file in &generated.files {
        workspace.file(&format!("crates/{name}/{}", file.path), &file.text)?;
    }
    Ok(Client {
        krate: generated.krate,
        version,
    })
}

/// The driver: a module of calls for each client.
fn driver(clients: &[Client], calls: &[Call], workspace: &mut Workspace) -> Result<()> {
    let mut manifest = "[package]\nname = \"driver\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
        [dependencies]\npontoon-runtime = { path = \"../../../../../runtime/client\", features = [\"xml\"] }\n\
        tokio = { version = \"1\", features = [\"net\", \"rt\", \"time\"] }\n"
        .to_owned();
    let mut index = String::new();
    let mut tables = String::new();
    for (number, client) in clients.iter().enumerate() {
        let mine: Vec<&Call> = calls.iter().filter(|call| call.client == number).collect();
        if mine.is_empty() {
            continue;
        }
        let package = &client.krate.package;
        let module = package.replace('-', "_");
        let _ = writeln!(manifest, "{package} = {{ path = \"../crates/{package}\" }}");
        let _ = writeln!(index, "mod {module};");
        let _ = writeln!(tables, "    {module}::CALLS,");
        workspace.file(
            &format!("driver/src/calls/{module}.rs"),
            &module_text(client, &mine),
        )?;
    }
    let _ = write!(
        index,
        "\npub static CALLS: &[&[crate::run::Planned]] = &[\n{tables}];\n"
    );
    workspace.file("driver/Cargo.toml", &manifest)?;
    workspace.file("driver/src/calls/mod.rs", &index)?;
    workspace.file("driver/src/main.rs", include_str!("driver/main.rs"))?;
    workspace.file("driver/src/run.rs", include_str!("driver/run.rs"))?;
    let manifest = "[workspace]\nresolver = \"3\"\nmembers = [\"crates/*\", \"driver\"]\n\n\
        [profile.dev]\ndebug = 0\nincremental = false\n";
    workspace.file("Cargo.toml", manifest)
}

fn module_text(client: &Client, calls: &[&Call]) -> String {
    let planned: Vec<_> = calls.iter().map(|call| call.planned.clone()).collect();
    let mut text = "#![allow(unused_imports, unused_variables, deprecated)]\n".to_owned();
    text.push_str(&pontoon::emit::emit_calls(&client.krate, &planned));
    let library = client.krate.package.replace('-', "_");
    if client.krate.xml.is_some() {
        // The names of XML are data, and private to the crate.
        let package = &client.krate.package;
        let _ = write!(
            text,
            "\n#[path = \"../../../crates/{package}/src/xml.rs\"]\nmod xml;\n"
        );
    }
    text.push_str("\nuse crate::run::{Planned, Target, describe};\n");
    text.push_str("\npub static CALLS: &[Planned] = &[\n");
    for call in calls {
        let number = call.number;
        let _ = writeln!(
            text,
            "    Planned {{ number: {number}, start: start_{number} }},"
        );
    }
    text.push_str("];\n");
    for call in calls {
        let number = call.number;
        let _ = write!(
            text,
            "\nfn start_{number}(target: &Target) -> Started {{\n    let builder = Client::builder()"
        );
        let mut before = String::new();
        for setting in &call.settings {
            let _ = match setting {
                Setting::Reconnect => writeln!(
                    before,
                    "    crate::run::RECONNECT.store(true, std::sync::atomic::Ordering::Relaxed);"
                ),
                Setting::XmlBody(root) => {
                    writeln!(before, "    crate::run::XML_BODY.set(Some({}));", xml(root))
                }
                Setting::XmlAnswer(root) => {
                    writeln!(
                        before,
                        "    crate::run::XML_ANSWER.set(Some({}));",
                        xml(root)
                    )
                }
                _ => Ok(()),
            };
        }
        for setting in &call.settings {
            let _ = match setting {
                Setting::Reconnect | Setting::XmlBody(_) | Setting::XmlAnswer(_) => Ok(()),
                Setting::Base(path) => {
                    write!(
                        text,
                        "\n        .base_url(format!(\"{{}}{{}}\", target.origin, {path:?}))"
                    )
                }
                Setting::Variable(name, Some(value)) => {
                    write!(text, "\n        .server_variable({name:?}, {value:?})")
                }
                Setting::Variable(name, None) => {
                    write!(
                        text,
                        "\n        .server_variable({name:?}, target.origin.clone())"
                    )
                }
                Setting::Credential(function, token) => {
                    write!(
                        text,
                        "\n        .credential({library}::auth::{function}({token:?}))"
                    )
                }
            };
        }
        let _ = write!(
            text,
            "\n        .no_proxy();\n    let client = builder.build().map_err(describe)?;\n{before}    call_{number}(&client)\n}}\n"
        );
    }
    text
}

/// The expression of a body's root.
fn xml(root: &XmlRoot) -> String {
    let (prefix, uri) = &root.namespace;
    format!(
        "&rt::Xml {{ root: {:?}, item: {:?}, namespace: ({prefix:?}, {uri:?}), types: xml::TYPES }}",
        root.root, root.item
    )
}

/// Files that are written only if they change, so that cargo builds no more
/// than it must; files of earlier runs go.
struct Workspace {
    root: PathBuf,
    written: BTreeSet<PathBuf>,
}

impl Workspace {
    fn new(root: PathBuf) -> Self {
        Self {
            root,
            written: BTreeSet::new(),
        }
    }

    fn file(&mut self, path: &str, text: &str) -> Result<()> {
        let path = self.root.join(path);
        save(&path, text)?;
        self.written.insert(path);
        Ok(())
    }

    fn finish(&self) -> Result<()> {
        self.prune(&self.root.join("crates"))?;
        self.prune(&self.root.join("driver"))
    }

    fn prune(&self, folder: &Path) -> Result<()> {
        let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
        for entry in fs::read_dir(folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            if path.is_dir() {
                self.prune(&path)?;
            } else if !self.written.contains(&path) {
                fs::remove_file(&path).map_err(failed)?;
            }
        }
        // A folder that still holds something stays.
        let _ = fs::remove_dir(folder);
        Ok(())
    }
}

fn save(path: &Path, text: &str) -> Result<()> {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    fs::write(path, text).map_err(failed)
}
