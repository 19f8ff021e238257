//! The Rust IR: what will stand in the crate, decided to the last name.
//!
//! Emission reads this and nothing else. Every name here is a legal Rust
//! identifier (raw identifiers included), unique where it must be.

mod checks;
mod declared;
mod event;
mod paging;
mod scalar;
mod signature;
mod xml;

pub use checks::{Checks, MemberChecks, OperationChecks, SchemaChecks};
pub use declared::{DeclaredRow, HeadersRow, LinkRow, LinkValue};
pub use event::{Event, EventKey, EventVariant, Events, ReceivedFrom};
pub use paging::{Origin, Paged, Paging, PagingRow, PagingRule, Place, Repeat};
pub use scalar::{Library, Scalar};
pub use signature::{Signature, SignatureLayout, SignatureMoment, SignedPiece};
pub use xml::{XmlFieldRow, XmlRoot, XmlTypeRow};

/// Facts that pass through unchanged.
pub use crate::api::{
    Codec, Encoding, EventPlace, Flow, FlowKind, Location, OAuth2, SchemeKind, Statuses, Style,
};

/// A crate to be written.
#[derive(Debug, Clone, Default)]
pub struct Crate {
    /// Package name, for example `pontoon-acme`.
    pub package: String,
    /// Package version (semver).
    pub version: String,
    /// One line for `Cargo.toml` and the crate's docs.
    pub description: String,
    /// Text of the API's own description, as Markdown lines.
    pub docs: Vec<String>,
    /// The API's title and version, as the document gives them.
    pub api_title: String,
    /// See `api_title`.
    pub api_version: String,
    /// Link to the vendor's documentation.
    pub docs_url: Option<String>,
    /// How `pontoon-runtime` is depended on.
    pub runtime: RuntimeDependency,
    /// Features of the runtime that the types of formats need, in order.
    pub scalar_features: Vec<&'static str>,
    /// Whether the manifest needs a `[workspace]` table of its own.
    pub standalone: bool,
    /// SPDX licence of the generated crate, where configured.
    pub license: Option<String>,
    /// Where it came from.
    pub provenance: Provenance,
    /// Servers, security schemes, fixed headers.
    pub api: ApiTable,
    /// Types, by file.
    pub model_files: Vec<ModelFile>,
    /// Operations, by namespace; each namespace is a Cargo feature.
    pub namespaces: Vec<Namespace>,
    /// What the vendor sends: webhooks, callbacks.
    pub events: Vec<Events>,
    /// The Cargo feature that gates them.
    pub events_feature: Option<String>,
    /// How the vendor signs what it sends, where that is configured.
    pub signature: Option<Signature>,
    /// The operation shown in the README and the crate docs.
    pub example: Option<Example>,
    /// What XML says of types, where a body is XML.
    pub xml: Option<Vec<XmlTypeRow>>,
    /// The constraints of requests, where the crate is to hold them.
    pub checks: Option<Checks>,
    /// Whether the crate has a mock of its API.
    pub mock: bool,
}

/// How the generated crate finds the runtime.
#[derive(Debug, Clone, Default)]
pub struct RuntimeDependency {
    /// Version requirement, for example `=0.1.0`.
    pub version: String,
    /// Path, relative to the crate, where it is a path dependency.
    pub path: Option<String>,
}

/// Provenance that is written into the crate.
#[derive(Debug, Clone, Default)]
pub struct Provenance {
    /// SHA-256 of the spec's bytes, hex.
    pub spec_sha256: String,
    /// The spec's file name as given (no folder).
    pub spec_name: String,
    /// The generator's version.
    pub generator: String,
}

/// The `Api` static of the crate.
#[derive(Debug, Clone, Default)]
pub struct ApiTable {
    /// Servers.
    pub servers: Vec<Server>,
    /// Security schemes.
    pub schemes: Vec<Scheme>,
    /// Headers on every request.
    pub headers: Vec<(String, String)>,
}

/// A server.
#[derive(Debug, Clone)]
pub struct Server {
    /// URL template.
    pub url: String,
    /// Description.
    pub docs: Vec<String>,
    /// `(name, default, allowed)`.
    pub variables: Vec<(String, String, Vec<String>)>,
}

/// A security scheme.
#[derive(Debug, Clone)]
pub struct Scheme {
    /// Name in the document.
    pub name: String,
    /// Function in the crate's `auth` module.
    pub function: String,
    /// Docs.
    pub docs: Vec<String>,
    /// How it is sent.
    pub kind: SchemeKind,
    /// Environment variables: one, or user and password.
    pub env: Vec<String>,
}

/// A file under `src/models/`.
#[derive(Debug, Clone)]
pub struct ModelFile {
    /// Module name.
    pub module: String,
    /// The Cargo feature that gates it; `None`: always there.
    pub feature: Option<String>,
    /// Types in name order.
    pub items: Vec<Item>,
}

/// A type.
#[derive(Debug, Clone)]
pub enum Item {
    /// An object.
    Struct(Struct),
    /// An open enumeration of strings.
    Enum(Enum),
    /// An open enumeration of integers.
    IntEnum(IntEnum),
    /// An open enumeration of scalars of other or several types.
    ValueEnum(ValueEnum),
    /// `oneOf` / `anyOf`.
    Union(Union),
    /// A second name of a type, or the name of a plain one.
    Alias(Alias),
    /// Several success responses, or a set of declared errors.
    Responses(Responses),
}

impl Item {
    /// The item's name.
    pub fn name(&self) -> &str {
        match self {
            Self::Struct(item) => &item.name,
            Self::Enum(item) => &item.name,
            Self::IntEnum(item) => &item.name,
            Self::ValueEnum(item) => &item.name,
            Self::Union(item) => &item.name,
            Self::Alias(item) => &item.name,
            Self::Responses(item) => &item.name,
        }
    }
}

/// A struct.
#[derive(Debug, Clone)]
pub struct Struct {
    /// Name.
    pub name: String,
    /// Docs as Markdown lines.
    pub docs: Vec<String>,
    /// `#[deprecated]`.
    pub deprecated: bool,
    /// Fields in declared order.
    pub fields: Vec<Field>,
    /// The field for properties that are not named, and its value type.
    pub additional: Option<(String, Type)>,
    /// Whether `new(required...)` is emitted (and, with no required field,
    /// `Default`). True for types that a request can hold.
    pub constructor: bool,
}

/// A field of a struct.
#[derive(Debug, Clone)]
pub struct Field {
    /// Rust name.
    pub name: String,
    /// Name on the wire.
    pub wire: String,
    /// Type, options and boxes included.
    pub ty: Type,
    /// In `required`.
    pub required: bool,
    /// May be null.
    pub nullable: bool,
    /// `readOnly`.
    pub read_only: bool,
    /// `writeOnly`.
    pub write_only: bool,
    /// `format: password`.
    pub secret: bool,
    /// Docs.
    pub docs: Vec<String>,
    /// `#[deprecated]`.
    pub deprecated: bool,
}

/// An open enumeration of strings.
#[derive(Debug, Clone)]
pub struct Enum {
    /// Name.
    pub name: String,
    /// Docs.
    pub docs: Vec<String>,
    /// `#[deprecated]`.
    pub deprecated: bool,
    /// `(Rust name, value)`.
    pub variants: Vec<(String, String)>,
    /// Name of the variant for values that are not listed.
    pub unknown: String,
}

/// An open enumeration of integers.
#[derive(Debug, Clone)]
pub struct IntEnum {
    /// Name.
    pub name: String,
    /// Docs.
    pub docs: Vec<String>,
    /// `#[deprecated]`.
    pub deprecated: bool,
    /// `(Rust name, value)`.
    pub variants: Vec<(String, i64)>,
    /// Name of the variant for values that are not listed.
    pub unknown: String,
}

/// An open enumeration of scalars of other or several types.
#[derive(Debug, Clone)]
pub struct ValueEnum {
    /// Name.
    pub name: String,
    /// Docs.
    pub docs: Vec<String>,
    /// `#[deprecated]`.
    pub deprecated: bool,
    /// `(Rust name, value)`.
    pub variants: Vec<(String, serde_json::Value)>,
    /// Name of the variant for values that are not listed.
    pub unknown: String,
}

/// A union.
#[derive(Debug, Clone)]
pub struct Union {
    /// Name.
    pub name: String,
    /// Docs.
    pub docs: Vec<String>,
    /// `#[deprecated]`.
    pub deprecated: bool,
    /// The property that names the member.
    pub discriminator: Option<String>,
    /// Members in declared order.
    pub members: Vec<Member>,
    /// Name of the variant for values that no member takes.
    pub unknown: String,
}

/// A member of a union.
#[derive(Debug, Clone)]
pub struct Member {
    /// Variant name.
    pub name: String,
    /// Type, box included.
    pub ty: Type,
    /// JSON types it takes.
    pub types: JsonTypes,
    /// Discriminator values.
    pub tags: Vec<String>,
    /// Required properties.
    pub required: Vec<String>,
    /// Properties with one allowed string.
    pub constants: Vec<(String, String)>,
    /// Whether `From<ty>` is unambiguous and so emitted.
    pub from: bool,
}

/// A set of JSON types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct JsonTypes {
    /// null
    pub null: bool,
    /// booleans
    pub boolean: bool,
    /// numbers without a fraction
    pub integer: bool,
    /// all numbers
    pub number: bool,
    /// strings
    pub string: bool,
    /// arrays
    pub array: bool,
    /// objects
    pub object: bool,
}

/// A type alias.
#[derive(Debug, Clone)]
pub struct Alias {
    /// Name.
    pub name: String,
    /// Docs.
    pub docs: Vec<String>,
    /// The type it stands for.
    pub ty: Type,
}

/// Several responses told apart by status.
#[derive(Debug, Clone)]
pub struct Responses {
    /// Name.
    pub name: String,
    /// Docs.
    pub docs: Vec<String>,
    /// A set of declared errors (`errors!`) rather than successes (`responses!`).
    pub errors: bool,
    /// `(variant, type)`; the type is [`Type::Unit`] without a body.
    pub variants: Vec<(String, Type)>,
}

/// A Rust type.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Type {
    /// A type of this crate's `models`.
    Named(String),
    /// `()`
    Unit,
    /// `String`
    String,
    /// `i64`
    I64,
    /// `u64`
    U64,
    /// `f64`
    F64,
    /// `bool`
    Bool,
    /// `Bytes`
    Bytes,
    /// `File`: `format: binary` inside a model
    File,
    /// A type of a format: a date, a UUID
    Scalar(Scalar),
    /// `Json`
    Json,
    /// `Option<T>`
    Option(Box<Type>),
    /// `Nullable<T>`
    Nullable(Box<Type>),
    /// `Vec<T>`
    List(Box<Type>),
    /// `BTreeMap<String, T>`
    Map(Box<Type>),
    /// An array whose items have a type each.
    Tuple(Vec<Type>),
    /// The same, with any number of items of one type after them.
    Tail(Vec<Type>, Box<Type>),
    /// `Box<T>`
    Boxed(Box<Type>),
}

/// A namespace of operations: `client.issues()`.
#[derive(Debug, Clone)]
pub struct Namespace {
    /// Module, accessor method and Cargo feature name.
    pub module: String,
    /// Cargo feature name.
    pub feature: String,
    /// The accessor's type, for example `Issues`.
    pub type_name: String,
    /// Docs.
    pub docs: Vec<String>,
    /// Operations in declared order.
    pub operations: Vec<Operation>,
}

/// An operation.
#[derive(Debug, Clone)]
pub struct Operation {
    /// The method on the namespace, for example `list_for_repo`.
    pub name: String,
    /// The builder type, for example `ListForRepo`.
    pub builder: String,
    /// The name of the `static`.
    pub table_name: String,
    /// Docs.
    pub docs: Vec<String>,
    /// `#[deprecated]`.
    pub deprecated: bool,
    /// The table.
    pub table: OperationTable,
    /// Positional arguments: required parameters, then a required body.
    pub positional: Vec<Argument>,
    /// Chained setters: optional parameters, then an optional body.
    pub optional: Vec<Argument>,
    /// Methods that send the body in another media type.
    pub alternatives: Vec<Alternative>,
    /// What a success gives.
    pub output: Type,
    /// Ways to read a success while it arrives.
    pub streams: Vec<Stream>,
    /// The streams of a list.
    pub paged: Option<Paged>,
    /// The error enum, where errors are declared.
    pub errors: Option<String>,
    /// A call with values made from the schemas.
    pub exercise: Exercise,
}

/// A way to read a success while it arrives.
#[derive(Debug, Clone)]
pub struct Stream {
    /// The builder's method: `send` where there is no other way.
    pub method: String,
    /// How the body is read: [`Codec::Bytes`], [`Codec::Events`] or
    /// [`Codec::Lines`].
    pub codec: Codec,
    /// The type of an item; [`Type::Bytes`] for bytes.
    pub item: Type,
    /// The argument or property that asks the server for a stream.
    pub switch: Option<String>,
}

impl Operation {
    /// Whether the call gives nothing but a stream.
    pub fn only_streams(&self) -> bool {
        self.streams.iter().any(|stream| stream.method == "send")
    }
}

/// A method beside an operation's own: the same call, another body.
#[derive(Debug, Clone)]
pub struct Alternative {
    /// The method on the namespace, for example `upload_multipart`.
    pub name: String,
    /// The media type that it sends.
    pub media_type: String,
    /// The operation's positional arguments with this body.
    pub positional: Vec<Argument>,
    /// A value made from the schema for each of them, as JSON text.
    pub exercise: Vec<String>,
}

/// An argument of an operation.
#[derive(Debug, Clone)]
pub struct Argument {
    /// Rust name of the argument or setter.
    pub name: String,
    /// Docs.
    pub docs: Vec<String>,
    /// `#[deprecated]`.
    pub deprecated: bool,
    /// The value's type without options. Strings are taken as `&str`, models
    /// and unions by reference, lists as slices, the rest by value.
    pub ty: Type,
    /// Which part of the request it is.
    pub target: Target,
}

/// What an argument fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Parameter `index` of the table.
    Parameter(usize),
    /// The body.
    Body,
    /// The body in another media type: `index` of the row's `others`.
    BodyAs(usize),
}

/// The `Operation` static.
#[derive(Debug, Clone)]
pub struct OperationTable {
    /// `operationId` or `METHOD path`.
    pub id: String,
    /// Method.
    pub method: String,
    /// Path template.
    pub path: String,
    /// Servers in place of the API's.
    pub servers: Vec<Server>,
    /// Parameters.
    pub parameters: Vec<ParameterRow>,
    /// Body.
    pub body: Option<BodyRow>,
    /// Responses, most specific first.
    pub responses: Vec<ResponseRow>,
    /// Error statuses without a body: a code, a class by its digit, 0 for `default`.
    pub bare: Vec<u16>,
    /// What responses declare beside their bodies, most specific first.
    pub declared: Vec<DeclaredRow>,
    /// Security alternatives: scheme index and scopes.
    pub security: Vec<Vec<(usize, Vec<String>)>>,
    /// How the pages of a list follow each other.
    pub paging: Option<PagingRow>,
    /// Whether a call may be repeated.
    pub repeat: Repeat,
}

/// A parameter row.
#[derive(Debug, Clone)]
pub struct ParameterRow {
    /// Wire name.
    pub name: String,
    /// Location.
    pub location: Location,
    /// Style.
    pub style: Style,
    /// Explode.
    pub explode: bool,
    /// `allowReserved`.
    pub allow_reserved: bool,
    /// Required.
    pub required: bool,
}

/// A body row.
#[derive(Debug, Clone)]
pub struct BodyRow {
    /// Media type.
    pub media_type: String,
    /// Codec.
    pub codec: Codec,
    /// Encodings.
    pub encodings: Vec<Encoding>,
    /// Required.
    pub required: bool,
    /// The other media types.
    pub others: Vec<BodyRow>,
    /// The root, for XML.
    pub xml: Option<XmlRoot>,
}

/// A response row.
#[derive(Debug, Clone)]
pub struct ResponseRow {
    /// Statuses.
    pub status: Statuses,
    /// Media type.
    pub media_type: String,
    /// Codec.
    pub codec: Codec,
    /// Variant index.
    pub variant: usize,
    /// The data of the event that ends a stream.
    pub until: Option<String>,
    /// The root, for XML.
    pub xml: Option<XmlRoot>,
}

/// A call with made values, as JSON texts.
#[derive(Debug, Clone, Default)]
pub struct Exercise {
    /// One value for each positional argument.
    pub positional: Vec<String>,
    /// `(index into optional, value)`.
    pub optional: Vec<(usize, String)>,
}

/// The example of the README.
#[derive(Debug, Clone)]
pub struct Example {
    /// Index of the namespace.
    pub namespace: usize,
    /// Index of the operation in it.
    pub operation: usize,
}
