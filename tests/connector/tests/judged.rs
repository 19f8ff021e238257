//! The simulator's answers, held against the description by someone else's validator, for
//! plain requests: every list of a vendor from its first page to its last.

use pontoon::diagnostic::Diagnostics;
use pontoon::source::Source;
use pontoon::{api::Api, simulation};
use pontoon_connector::manifest::{Location, Manifest, Operation, Origin, Place, Rule};
use pontoon_connector::simulate::{Role, Script, Simulator};
use pontoon_tests::judge::Judge;
use pontoon_tests::root;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

const TOKEN: &str = "a-token-of-this-test";
/// Records of a list, and those below each record of its parent: some pages of each.
const RECORDS: u64 = 70;
const CHILDREN: u64 = 40;
/// No list has as many pages.
const MOST_PAGES: usize = 200;

fn api(vendor: &str) -> Api {
    let specs = root().join("specs").join(vendor);
    let config = std::fs::read_to_string(specs.join("client.toml")).expect("client.toml");
    let request = pontoon::Request {
        spec: specs.join("openapi.json"),
        config: pontoon::config::Config::parse(&config).expect("a configuration"),
        ..pontoon::Request::default()
    };
    let mut source = Source::default();
    let read = pontoon::read(&request, &mut source, &mut Diagnostics::new(), &|_| {});
    read.expect("the API").api
}

/// What was seen of one vendor.
#[derive(Default)]
struct Seen {
    lists: usize,
    pages: usize,
    records: usize,
    wrong: Vec<String>,
}

/// A request, as the description asks for it.
#[derive(Clone)]
struct Plain {
    path: String,
    query: BTreeMap<String, String>,
    headers: BTreeMap<String, String>,
    body: Value,
}

impl Plain {
    fn new(manifest: &Manifest, operation: &Operation) -> Self {
        let mut plain = Self {
            path: operation.path.clone(),
            query: BTreeMap::new(),
            headers: manifest.headers.clone(),
            body: json!({}),
        };
        plain
            .headers
            .insert("authorization".to_owned(), format!("Bearer {TOKEN}"));
        for parameter in operation.parameters.iter().filter(|one| one.required) {
            // A number is also a text; the values that are listed are in the manifest.
            let value = parameter.value.clone().unwrap_or_else(|| "1".to_owned());
            let name = &parameter.name;
            match parameter.location {
                Location::Path => plain.path = plain.path.replace(&format!("{{{name}}}"), &value),
                Location::Query => drop(plain.query.insert(name.clone(), value)),
                Location::Header => drop(plain.headers.insert(name.clone(), value)),
            }
        }
        plain
    }

    fn put(&mut self, place: &Place, value: &Value) {
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        match place {
            Place::Query(name) => drop(self.query.insert(name.clone(), text)),
            Place::Header(name) => drop(self.headers.insert(name.clone(), text)),
            Place::Body(pointer) => {
                let name = pointer.strip_prefix('/').expect("a pointer");
                assert!(!name.contains('/'), "deep places are not made here");
                self.body[name] = value.clone();
            }
        }
    }

    /// The path and query of a URL that the server has made.
    fn go_to(&mut self, url: &str) {
        let after = url.split_once("://").map_or(url, |(_, after)| after);
        self.path = after[after.find('/').unwrap_or(0)..].to_owned();
        self.query.clear();
    }

    async fn ask(&self, client: &reqwest::Client, method: &str, base: &str) -> reqwest::Response {
        let method = method.parse().expect("a method");
        let mut request = client.request(method, format!("{base}{}", self.path));
        if !self.query.is_empty() {
            request = request.query(&self.query);
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if self.body.as_object().is_some_and(|body| !body.is_empty()) {
            request = request.json(&self.body);
        }
        request.send().await.expect("an answer")
    }
}

/// Walks one list; what is wrong is told.
async fn walk(
    client: &reqwest::Client,
    base: &str,
    operation: &Operation,
    mut plain: Plain,
    seen: &mut Seen,
) -> Result<(), String> {
    let paging = operation.paging.as_ref().expect("a list has paging");
    if operation.body.is_some() {
        // A body is there, also where nothing is asked for in it.
        plain.body["unused"] = Value::Null;
        plain.body = match paging.size.as_ref().map(|size| &size.to) {
            Some(Place::Body(pointer)) => json!({ &pointer[1..]: 30 }),
            _ => json!({}),
        };
    }
    let mut got = 0_u64;
    for _ in 0..MOST_PAGES {
        let answer = plain.ask(client, &operation.method, base).await;
        let status = answer.status();
        let headers = answer.headers().clone();
        let header = |name: &str| Some(headers.get(name)?.to_str().ok()?.to_owned());
        if let Some(violations) = header("sl-violations") {
            return Err(violations);
        }
        let text = answer.text().await.map_err(|error| error.to_string())?;
        if !status.is_success() {
            return Err(format!("{status}: {text}"));
        }
        let body: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        let records = body.pointer(&paging.records).and_then(Value::as_array);
        let records = records.ok_or("no records where they are said to be")?;
        seen.pages += 1;
        seen.records += records.len();
        got += records.len() as u64;
        let from = |origin: &Origin| match origin {
            Origin::Header(name) => header(name).map(Value::from),
            Origin::Body(pointer) => body.pointer(pointer).cloned(),
        };
        let led = |value: Option<Value>| {
            value.filter(|value| !value.is_null() && value.as_str() != Some(""))
        };
        match &paging.rule {
            Rule::None => return Ok(()),
            Rule::LinkHeader => match header("link") {
                None => return Ok(()),
                Some(link) => {
                    let url = link
                        .split_once('<')
                        .and_then(|(_, rest)| rest.split_once('>'));
                    plain.go_to(url.ok_or("no URL in the link")?.0);
                }
            },
            Rule::NextUrl { from: origin } => match led(from(origin)) {
                None => return Ok(()),
                Some(url) => plain.go_to(url.as_str().ok_or("the URL is no text")?),
            },
            Rule::Token { to, from: origin } | Rule::NextPage { to, from: origin } => {
                match led(from(origin)) {
                    None => return Ok(()),
                    Some(token) => plain.put(to, &token),
                }
            }
            _ if records.is_empty() => return Ok(()),
            Rule::LastId { to, key } => {
                let last = records.last().and_then(|last| last.pointer(key));
                plain.put(to, last.ok_or("the last record has no key")?);
            }
            Rule::Offset { to, first } => plain.put(to, &json!(first + got)),
            Rule::Page { to, first } => {
                let number = first + got.div_ceil(30).max(1);
                plain.put(to, &json!(number));
            }
        }
    }
    Err(format!("more than {MOST_PAGES} pages"))
}

/// The lists of a description whose references below the third level are any JSON. The
/// validator does not come up with one whose schemas lead back to themselves by many ways.
fn levelled(spec: &Path, manifest: &Manifest) -> Value {
    let text = std::fs::read_to_string(spec).expect("the description");
    let mut document: Value = serde_json::from_str(&text).expect("JSON");
    let mut levels = Levels {
        schemas: document["components"]["schemas"].take(),
        made: serde_json::Map::new(),
    };
    let mut paths = serde_json::Map::new();
    for operation in manifest.operations.values() {
        let method = operation.method.to_lowercase();
        let mut found = document["paths"][&operation.path][&method].clone();
        found
            .as_object_mut()
            .expect("an operation")
            .remove("requestBody");
        levels.cut(&mut found, 0);
        paths.insert(operation.path.clone(), json!({ method: found }));
    }
    document["paths"] = Value::Object(paths);
    document["components"]["schemas"] = Value::Object(levels.made);
    document
}

struct Levels {
    schemas: Value,
    made: serde_json::Map<String, Value>,
}

impl Levels {
    fn cut(&mut self, value: &mut Value, level: usize) {
        let name = value["$ref"]
            .as_str()
            .and_then(|to| to.strip_prefix("#/components/schemas/"));
        if let Some(name) = name.map(str::to_owned) {
            if level == 3 {
                *value = json!({});
                return;
            }
            let key = format!("{name}.{level}");
            value["$ref"] = format!("#/components/schemas/{key}").into();
            if !self.made.contains_key(&key) {
                let mut schema = self.schemas[&name].clone();
                self.made.insert(key.clone(), Value::Null);
                self.cut(&mut schema, level + 1);
                self.made.insert(key, schema);
            }
            return;
        }
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| self.cut(item, level)),
            Value::Object(entries) => {
                entries
                    .values_mut()
                    .for_each(|entry| self.cut(entry, level));
            }
            _ => {}
        }
    }
}

async fn judged(vendor: &str, is_deep: bool, broken: bool) -> Option<Seen> {
    let spec = root().join("specs").join(vendor).join("openapi.json");
    let folder = tempfile::tempdir().expect("a folder");
    let manifest = root().join("generated").join(vendor).join("connector.json");
    let manifest = std::fs::read_to_string(manifest).expect("the manifest");
    let manifest = Manifest::parse(&manifest).expect("a manifest");
    let (mut simulated, missing) = simulation::simulation(&api(vendor), &manifest);
    simulated.records = RECORDS;
    simulated.children = CHILDREN;
    simulated.token = Some(TOKEN.to_owned());
    if broken {
        let lists = simulated
            .routes
            .iter_mut()
            .filter(|route| route.list.is_some());
        for route in lists {
            let wrong = Role::Turn(vec![json!({"no": "text"})]);
            route.roles = vec![("/id".to_owned(), wrong)];
        }
    }
    let script = Script::new(Vec::new(), 1);
    let simulator = Simulator::bind(simulated, script, ([127, 0, 0, 1], 0).into()).await;
    let simulator = simulator.expect("a port");
    let url = simulator.url();
    tokio::spawn(simulator.run());
    let spec = match is_deep {
        true => {
            let path = folder.path().join("lists.json");
            let text = levelled(&spec, &manifest).to_string();
            std::fs::write(&path, text).expect("a description");
            path
        }
        false => spec,
    };
    let start = move || Judge::start("prism", &[text(&spec), &url]);
    let judge = tokio::task::spawn_blocking(start).await.expect("started")?;
    // The runtime's own reqwest is built without one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("a client");
    let mut seen = Seen::default();
    for stream in &manifest.streams {
        let operation = &manifest.operations[&stream.operation];
        let key = format!("{} {}", operation.method, operation.path);
        seen.lists += 1;
        if missing.contains(&key) {
            seen.wrong.push(format!("{key}: no answer can be made"));
            continue;
        }
        let plain = Plain::new(&manifest, operation);
        if let Err(wrong) = walk(&client, &judge.url, operation, plain, &mut seen).await {
            seen.wrong.push(format!("{key}: {wrong}"));
        }
    }
    eprintln!(
        "{vendor}: {} lists, {} pages, {} records, {} wrong",
        seen.lists,
        seen.pages,
        seen.records,
        seen.wrong.len()
    );
    Some(seen)
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path that is text")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_are_what_the_description_allows() {
    for (vendor, is_deep) in [
        ("notion", false),
        ("prefect", false),
        ("github", false),
        ("stripe", true),
    ] {
        let Some(seen) = judged(vendor, is_deep, false).await else {
            return;
        };
        assert!(seen.wrong.is_empty(), "{vendor}: {:#?}", seen.wrong);
        assert!(seen.lists > 5 && seen.pages >= seen.lists, "{vendor}");
    }
}

/// The judge bites: ids that are objects are objected to.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_answers_are_objected_to() {
    let Some(seen) = judged("prefect", false, true).await else {
        return;
    };
    assert!(seen.wrong.len() > 20, "{:#?}", seen.wrong);
}
