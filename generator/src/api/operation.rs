//! Operations, servers and security of the resolved model.

use super::{Declared, Evidence, List, Repeat, SchemaId};

/// An operation.
#[derive(Debug, Clone, Default)]
pub struct Operation {
    /// Upper-case method.
    pub method: String,
    /// The path template as written; it identifies the operation.
    pub path: String,
    /// The template that is sent: each variable is `{name}`, everything else
    /// is as in a URL; no fragment.
    pub template: String,
    /// `operationId`, where there is one.
    pub id: Option<String>,
    /// JSON pointer of the operation.
    pub pointer: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// `summary`.
    pub summary: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// `externalDocs.url`.
    pub docs_url: Option<String>,
    /// `deprecated`.
    pub deprecated: bool,
    /// Parameters: those of the path item first, overridden ones left out.
    pub parameters: Vec<Parameter>,
    /// The request body.
    pub body: Option<Body>,
    /// Declared responses in declared order.
    pub responses: Vec<Response>,
    /// What responses declare beside their bodies, by status.
    pub declared: Vec<Declared>,
    /// Alternatives of scheme names with scopes. `None`: the document declares
    /// none at all.
    pub security: Vec<Vec<Requirement>>,
    /// Servers of the operation or its path item.
    pub servers: Vec<Server>,
    /// What is known of it as a list; `None` for what is no list.
    pub list: Option<List>,
    /// Whether a call may be repeated.
    pub repeat: Repeat,
    /// What speaks for `repeat`.
    pub repeat_evidence: Option<Evidence>,
}

impl Operation {
    /// The key by which the ledger knows the operation: `GET /path`.
    pub fn key(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// A parameter.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// The name on the wire.
    pub name: String,
    /// Where it stands.
    pub location: Location,
    /// JSON pointer.
    pub pointer: String,
    /// Its schema.
    pub schema: SchemaId,
    /// Must be given.
    pub required: bool,
    /// `description`.
    pub description: Option<String>,
    /// `deprecated`.
    pub deprecated: bool,
    /// The style; defaults are filled in.
    pub style: Style,
    /// The explode flag; defaults are filled in.
    pub explode: bool,
    /// `allowReserved`.
    pub allow_reserved: bool,
    /// An example, for made calls.
    pub example: Option<serde_json::Value>,
}

impl Parameter {
    /// Whether it says of what media type a body is.
    pub fn is_media_type(&self) -> bool {
        let is = |name: &str| self.name.eq_ignore_ascii_case(name);
        self.location == Location::Header && (is("accept") || is("content-type"))
    }
}

/// Where a parameter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Location {
    /// Path template.
    Path,
    /// Query string.
    Query,
    /// Header.
    Header,
    /// Cookie.
    Cookie,
}

/// How a parameter is written (OAS 3.0.3, Style Values).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// `simple`.
    Simple,
    /// `label`.
    Label,
    /// `matrix`.
    Matrix,
    /// `form`.
    Form,
    /// `spaceDelimited`.
    SpaceDelimited,
    /// `pipeDelimited`.
    PipeDelimited,
    /// `deepObject`.
    DeepObject,
    /// A `content` parameter.
    Json,
}

/// How a body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Codec {
    /// No body.
    #[default]
    Empty,
    /// JSON, `+json` included.
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `multipart/form-data`.
    Multipart,
    /// XML, `+xml` included.
    Xml,
    /// Text.
    Text,
    /// Bytes.
    Bytes,
    /// Server-sent events; the schema is that of an event's data.
    Events,
    /// JSON texts one after the other; the schema is that of one.
    Lines,
}

impl Codec {
    /// Whether a body is a sequence of values.
    pub fn is_sequence(self) -> bool {
        matches!(self, Self::Events | Self::Lines)
    }
}

/// A request body in one media type.
#[derive(Debug, Clone)]
pub struct Body {
    /// The media type that is sent.
    pub media_type: String,
    /// How it is written.
    pub codec: Codec,
    /// Its schema.
    pub schema: SchemaId,
    /// Must be given.
    pub required: bool,
    /// `description`.
    pub description: Option<String>,
    /// Encoding Objects.
    pub encodings: Vec<Encoding>,
    /// The other media types that are offered; their own `others` are empty.
    pub others: Vec<Body>,
    /// JSON pointer.
    pub pointer: String,
}

/// An Encoding Object.
#[derive(Debug, Clone, PartialEq)]
pub struct Encoding {
    /// The property.
    pub name: String,
    /// `contentType`.
    pub content_type: Option<String>,
    /// The style; `form` where not given.
    pub style: Style,
    /// The explode flag.
    pub explode: bool,
}

/// A declared response in one media type. A status with several has several
/// responses that follow each other, the preferred one first.
#[derive(Debug, Clone, Default)]
pub struct Response {
    /// The statuses.
    pub status: Statuses,
    /// `description`.
    pub description: Option<String>,
    /// The media type; empty without a body.
    pub media_type: String,
    /// How it is read.
    pub codec: Codec,
    /// Its schema; `None` without a body.
    pub schema: Option<SchemaId>,
    /// The data of the event that ends a stream.
    pub until: Option<String>,
    /// JSON pointer.
    pub pointer: String,
}

/// The statuses of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Statuses {
    /// One code.
    Code(u16),
    /// A class: 4 for `4XX`.
    Class(u8),
    /// `default`.
    #[default]
    Default,
}

impl Statuses {
    /// Whether it stands for successes (2xx). `default` does not.
    pub fn is_success(self) -> bool {
        matches!(self, Self::Code(200..=299) | Self::Class(2))
    }
}

/// As documents write it: `200`, `4XX`, `default`.
impl std::fmt::Display for Statuses {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Code(code) => write!(f, "{code}"),
            Self::Class(class) => write!(f, "{class}XX"),
            Self::Default => f.write_str("default"),
        }
    }
}

/// A server.
#[derive(Debug, Clone, PartialEq)]
pub struct Server {
    /// The URL template.
    pub url: String,
    /// `description`.
    pub description: Option<String>,
    /// `(name, default, allowed values)`.
    pub variables: Vec<(String, String, Vec<String>)>,
}

/// A security scheme.
#[derive(Debug, Clone)]
pub struct SecurityScheme {
    /// Its name in the document.
    pub name: String,
    /// `description`.
    pub description: Option<String>,
    /// How the credential is sent.
    pub kind: SchemeKind,
    /// Environment variables, where the configuration names them.
    pub env: Vec<String>,
}

/// How a credential is sent.
#[derive(Debug, Clone, PartialEq)]
pub enum SchemeKind {
    /// API key in a header.
    ApiKeyHeader {
        /// The header.
        name: String,
        /// Put before the key.
        prefix: String,
    },
    /// API key in the query.
    ApiKeyQuery {
        /// The parameter.
        name: String,
    },
    /// API key in a cookie.
    ApiKeyCookie {
        /// The cookie.
        name: String,
    },
    /// HTTP basic.
    Basic,
    /// HTTP bearer.
    Bearer,
    /// OAuth 2.
    OAuth2(OAuth2),
    /// OpenID Connect.
    OpenIdConnect {
        /// Where the provider publishes its endpoints.
        url: String,
    },
    /// A certificate of the client.
    MutualTls,
    /// HTTP digest.
    Digest,
}

impl SchemeKind {
    /// Whether the credential is a user name and a password.
    pub fn is_login(&self) -> bool {
        matches!(self, Self::Basic | Self::Digest)
    }

    /// Whether it is sent as `Authorization: Bearer`.
    pub fn is_bearer(&self) -> bool {
        matches!(
            self,
            Self::Bearer | Self::OAuth2(_) | Self::OpenIdConnect { .. }
        )
    }
}

/// The flows of an OAuth 2 scheme.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OAuth2 {
    /// Those that are declared.
    pub flows: Vec<Flow>,
    /// The scopes of all of them.
    pub scopes: Vec<String>,
    /// `oauth2MetadataUrl`; may be empty.
    pub metadata_url: String,
}

/// A flow. URLs that are not given are empty.
#[derive(Debug, Clone, PartialEq)]
pub struct Flow {
    /// Which one.
    pub kind: FlowKind,
    /// `authorizationUrl`.
    pub authorization_url: String,
    /// `deviceAuthorizationUrl`.
    pub device_authorization_url: String,
    /// `tokenUrl`.
    pub token_url: String,
    /// `refreshUrl`.
    pub refresh_url: String,
}

impl Flow {
    /// A flow without URLs.
    pub fn new(kind: FlowKind) -> Self {
        Self {
            kind,
            authorization_url: String::new(),
            device_authorization_url: String::new(),
            token_url: String::new(),
            refresh_url: String::new(),
        }
    }
}

/// The flows of OAuth 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlowKind {
    /// `implicit`.
    Implicit,
    /// `password`.
    Password,
    /// `clientCredentials`.
    ClientCredentials,
    /// `authorizationCode`.
    AuthorizationCode,
    /// `deviceAuthorization` (3.2).
    DeviceAuthorization,
}

/// A scheme of a security alternative.
#[derive(Debug, Clone, PartialEq)]
pub struct Requirement {
    /// The scheme's name.
    pub scheme: String,
    /// The scopes.
    pub scopes: Vec<String>,
}
