//! Document to [`Api`]: references followed, parameters inherited, `allOf`
//! merged, every schema in one place with a key that survives reordering.

mod body;
mod check;
mod declared;
mod facets;
mod family;
mod implied;
mod join;
mod label;
mod link;
mod media;
mod member;
mod merge;
mod operation;
mod patch;
mod required;
mod rules;
mod schema;
mod security;
mod template;
mod webhook;
mod xml;

use crate::api::{Annotations, Api, Schema, SchemaId, SchemaKind, SecurityScheme, Webhook};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Effect};
use crate::dialect::Pointers;
use openapiv3::OpenAPI;
use std::collections::{HashMap, HashSet};

/// What the user decides about resolution.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// A base of more derived types than this is read as itself alone.
    pub largest_family: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            largest_family: family::LARGEST_FAMILY,
        }
    }
}

/// Resolves a document. What cannot be resolved becomes a diagnostic and the
/// nearest thing that can be generated.
pub fn resolve(
    document: &OpenAPI,
    pointers: &Pointers,
    options: Options,
    diagnostics: &mut Diagnostics,
) -> Api {
    let mut resolver = Resolver::new(document, pointers, diagnostics);
    resolver.families = family::Families::find(document, options.largest_family);
    resolver.declare_components();
    resolver.declare_families();
    resolver.resolve_components();
    resolver.schemes = resolver.security_schemes();
    let mut operations = resolver.operations();
    resolver.aim_links(&mut operations);
    resolver.declared_webhooks();
    resolver.declare_tags();
    resolver.declare_required();
    let info = &document.info;
    let mut api = Api {
        title: info.title.clone(),
        version: info.version.clone(),
        description: info.description.clone(),
        docs_url: document.external_docs.as_ref().map(|docs| docs.url.clone()),
        servers: document.servers.iter().map(operation::server).collect(),
        security_schemes: resolver.schemes,
        tags: document
            .tags
            .iter()
            .map(|tag| (tag.name.clone(), tag.description.clone()))
            .collect(),
        operations,
        webhooks: resolver.webhooks,
        event_key: None,
        schemas: resolver.schemas,
    };
    merge::break_alias_loops(&mut api, diagnostics);
    xml::forget(&mut api);
    check::end_nesting(&mut api, pointers, diagnostics);
    check::note_ambiguity(&api, pointers, diagnostics);
    api
}

/// Resolution under way.
struct Resolver<'a> {
    document: &'a OpenAPI,
    pointers: &'a Pointers,
    diagnostics: &'a mut Diagnostics,
    schemas: Vec<Schema>,
    webhooks: Vec<Webhook>,
    progress: Vec<Progress>,
    components: HashMap<&'a str, SchemaId>,
    /// Schemas of shared parameters and responses, and of references to nothing.
    elsewhere: HashMap<String, SchemaId>,
    /// Headers of shared responses.
    headers: HashMap<String, declared::Headers>,
    keys: HashSet<String>,
    /// Declared ones, and a credential that only parameters declare.
    schemes: Vec<SecurityScheme>,
    families: family::Families,
    /// What the base of a family is by itself.
    alone: HashMap<SchemaId, SchemaId>,
    /// The component that each value of `alone` is of.
    bases: HashMap<SchemaId, String>,
    /// Members of unions with a discriminator: its property, the member, its values,
    /// and whether a mapping gives them.
    told: HashMap<(String, SchemaId, Vec<String>), bool>,
    /// What schemas require, as far as it is not looked after yet.
    required: HashMap<SchemaId, Vec<required::Required>>,
    /// What stands for a schema in a merge patch.
    patches: HashMap<SchemaId, SchemaId>,
    depth: usize,
}

/// How far a component's schema is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    Declared,
    Running,
    Done,
}

/// The deepest nesting of inline schemas that is followed.
const MAX_DEPTH: usize = 200;

impl<'a> Resolver<'a> {
    fn new(
        document: &'a OpenAPI,
        pointers: &'a Pointers,
        diagnostics: &'a mut Diagnostics,
    ) -> Self {
        Self {
            document,
            pointers,
            diagnostics,
            schemas: Vec::new(),
            webhooks: Vec::new(),
            progress: Vec::new(),
            components: HashMap::new(),
            elsewhere: HashMap::new(),
            headers: HashMap::new(),
            keys: HashSet::new(),
            schemes: Vec::new(),
            families: family::Families::default(),
            alone: HashMap::new(),
            bases: HashMap::new(),
            told: HashMap::new(),
            required: HashMap::new(),
            patches: HashMap::new(),
            depth: 0,
        }
    }

    fn declare_components(&mut self) {
        let Some(components) = &self.document.components else {
            return;
        };
        for name in components.schemas.keys() {
            let pointer = format!(
                "#/components/schemas/{}",
                crate::source::escape(name.as_str())
            );
            let id = self.allocate(format!("schema {name}"), pointer);
            self.schemas[id.index()].component = Some(name.clone());
            self.components.insert(name, id);
        }
    }

    fn resolve_components(&mut self) {
        for index in 0..self.progress.len() {
            self.ensure(SchemaId(index as u32));
        }
    }

    /// Resolves a declared component unless that is done or under way. Gives
    /// false where it is under way: the caller stands inside it.
    fn ensure(&mut self, id: SchemaId) -> bool {
        match self.progress[id.index()] {
            Progress::Done => return true,
            Progress::Running => return false,
            Progress::Declared => {}
        }
        self.progress[id.index()] = Progress::Running;
        let document = self.document;
        let alone = self.bases.get(&id).cloned();
        let base = alone.is_some();
        let name = alone
            .or_else(|| self.schemas[id.index()].component.clone())
            .unwrap_or_default();
        if let Some(schema) = document
            .components
            .as_ref()
            .and_then(|components| components.schemas.get(&name))
        {
            // What is inside a base has the same keys with a family as without.
            let key = format!("schema {name}");
            let pointer = self.schemas[id.index()].pointer.clone();
            match schema {
                openapiv3::ReferenceOr::Item(schema) if !base && self.has_family(&name) => {
                    self.fill_family(id, &name, schema);
                    return true;
                }
                openapiv3::ReferenceOr::Reference { reference } => {
                    let target = self.reference(reference, &pointer);
                    self.schemas[id.index()].kind = SchemaKind::Alias(target);
                }
                openapiv3::ReferenceOr::Item(schema) => self.fill(id, schema, &key, &pointer),
            }
        }
        self.progress[id.index()] = Progress::Done;
        true
    }

    /// A new schema with a unique key; its kind is set later.
    fn allocate(&mut self, key: String, pointer: String) -> SchemaId {
        let mut unique = key.clone();
        let mut count = 2;
        while !self.keys.insert(unique.clone()) {
            unique = format!("{key} #{count}");
            count += 1;
        }
        let id = SchemaId(self.schemas.len() as u32);
        self.schemas.push(Schema {
            key: unique,
            pointer,
            component: None,
            kind: SchemaKind::Any,
            nullable: false,
            annotations: Annotations::default(),
        });
        self.progress.push(Progress::Declared);
        id
    }

    /// A schema that accepts anything, at a place of its own.
    fn any(&mut self, key: &str, pointer: &str) -> SchemaId {
        let id = self.allocate(key.to_owned(), pointer.to_owned());
        self.progress[id.index()] = Progress::Done;
        id
    }

    /// Something worth knowing, which nothing was lost by.
    fn note(&mut self, code: &'static Code, pointer: &str, message: impl Into<String>) {
        let original = self.pointers.original(pointer);
        let note = Diagnostic::note(code, message).pointer(original);
        self.diagnostics.push(note);
    }

    fn report(
        &mut self,
        code: &'static Code,
        effect: Effect,
        pointer: &str,
        message: impl Into<String>,
    ) {
        let original = self.pointers.original(pointer);
        self.diagnostics.push(
            Diagnostic::warning(code, message)
                .pointer(original)
                .effect(effect),
        );
    }
}
