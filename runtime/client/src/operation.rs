//! An operation as data: what a generated method hands to the pipeline.

mod declared;
mod repeat;
mod security;

pub use crate::page::{Origin, Paging, Place, Rule};
pub use declared::{Declared, Link, LinkValue};
pub use repeat::Repeat;
pub(crate) use repeat::is_safe;
pub use security::{Flow, FlowKind, OAuth2, Scheme, SchemeKind};

/// Everything the pipeline must know of an operation. Built as a `static` by
/// generated code.
#[derive(Debug)]
pub struct Operation {
    /// `operationId`, or `METHOD path` where the spec has none.
    pub id: &'static str,
    /// The HTTP method in upper case.
    pub method: &'static str,
    /// The path template, for example `/repos/{owner}/{repo}`.
    pub path: &'static str,
    /// Servers of this operation in place of the API's own.
    pub servers: &'static [Server],
    /// Its parameters; generated code names them by index.
    pub parameters: &'static [Parameter],
    /// The request body's media type, where there is a body.
    pub body: Option<Body>,
    /// Declared responses, successes and errors, most specific status first.
    pub responses: &'static [Accepted],
    /// Error statuses that are declared without a body: a code, a class by its digit
    /// (4 for `4XX`), 0 for `default`.
    pub bare: &'static [u16],
    /// What responses declare beside their bodies, most specific status first.
    pub declared: &'static [Declared],
    /// Alternatives, each a list of scheme indices that are needed together;
    /// an empty inner list means anonymous. An empty outer list: no credential.
    pub security: &'static [&'static [Requirement]],
    /// How the pages of a list follow each other, where that is known.
    pub paging: Option<&'static Paging>,
    /// Whether a request may be sent again after a failure.
    pub repeat: Repeat,
}

impl Operation {
    /// What an operation has of which nothing is said; for the rest of a literal.
    pub const BLANK: Self = Self {
        id: "",
        method: "GET",
        path: "/",
        servers: &[],
        parameters: &[],
        body: None,
        responses: &[],
        bare: &[],
        declared: &[],
        security: &[],
        paging: None,
        repeat: Repeat::ByMethod,
    };
}

/// One security scheme of an alternative.
#[derive(Debug)]
pub struct Requirement {
    /// Index into [`Api::schemes`].
    pub scheme: u16,
    /// The scopes that the operation needs.
    pub scopes: &'static [&'static str],
}

/// A parameter and how it is put on the wire (OAS 3.0.3, Style Values).
#[derive(Debug)]
pub struct Parameter {
    /// The name on the wire.
    pub name: &'static str,
    /// Where it stands.
    pub location: Location,
    /// How arrays and objects are written.
    pub style: Style,
    /// Whether arrays and objects become one parameter per item.
    pub explode: bool,
    /// `allowReserved`: reserved characters are not percent-encoded.
    pub allow_reserved: bool,
    /// Whether a call without it is refused.
    pub required: bool,
}

impl Parameter {
    const fn new(name: &'static str, location: Location, style: Style, explode: bool) -> Self {
        Self {
            name,
            location,
            style,
            explode,
            allow_reserved: false,
            required: false,
        }
    }
    /// A required path parameter in the default style (simple).
    pub const fn path(name: &'static str) -> Self {
        Self::new(name, Location::Path, Style::Simple, false).required()
    }
    /// An optional query parameter in the default style (form, exploded).
    pub const fn query(name: &'static str) -> Self {
        Self::new(name, Location::Query, Style::Form, true)
    }
    /// An optional header in the default style (simple).
    pub const fn header(name: &'static str) -> Self {
        Self::new(name, Location::Header, Style::Simple, false)
    }
    /// An optional cookie in the default style (form, exploded).
    pub const fn cookie(name: &'static str) -> Self {
        Self::new(name, Location::Cookie, Style::Form, true)
    }
    /// The same parameter, required.
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }
    /// The same parameter in another style.
    pub const fn style(mut self, style: Style, explode: bool) -> Self {
        self.style = style;
        self.explode = explode;
        self
    }
    /// The same parameter with `allowReserved`.
    pub const fn reserved(mut self) -> Self {
        self.allow_reserved = true;
        self
    }
}

/// Where a parameter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Location {
    /// In the path template.
    Path,
    /// In the query string.
    Query,
    /// A request header.
    Header,
    /// A cookie.
    Cookie,
}

/// How a parameter's value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// `a,b` in paths and headers.
    Simple,
    /// `.a.b` in paths.
    Label,
    /// `;name=a` in paths.
    Matrix,
    /// `name=a&name=b` or `name=a,b` in queries and cookies.
    Form,
    /// `a%20b` in queries.
    SpaceDelimited,
    /// `a|b` in queries.
    PipeDelimited,
    /// `name[key]=value` in queries; nested values go on in brackets.
    DeepObject,
    /// A `content` parameter: the value as JSON text.
    Json,
}

/// A request body.
#[derive(Debug)]
pub struct Body {
    /// The media type that is sent.
    pub media_type: &'static str,
    /// How the value is written.
    pub codec: Codec,
    /// Per-property encoding (OAS 3.0.3, Encoding Object), for form and multipart.
    pub encodings: &'static [Encoding],
    /// Whether a call without it is refused.
    pub required: bool,
    /// The other media types that the operation takes; their own `others` are
    /// empty.
    pub others: &'static [Body],
}

impl Body {
    /// A body in the given media type and codec, without per-property encodings.
    pub const fn new(media_type: &'static str, codec: Codec, required: bool) -> Self {
        Self {
            media_type,
            codec,
            encodings: &[],
            required,
            others: &[],
        }
    }
    /// The same body beside others.
    pub const fn or(mut self, others: &'static [Body]) -> Self {
        self.others = others;
        self
    }
    /// The same body with per-property encodings.
    pub const fn encoded(mut self, encodings: &'static [Encoding]) -> Self {
        self.encodings = encodings;
        self
    }
    /// An `application/json` body.
    pub const fn json(required: bool) -> Self {
        Self::new("application/json", Codec::Json, required)
    }
    /// An `application/x-www-form-urlencoded` body.
    pub const fn form(encodings: &'static [Encoding], required: bool) -> Self {
        Self {
            encodings,
            ..Self::new("application/x-www-form-urlencoded", Codec::Form, required)
        }
    }
    /// A `multipart/form-data` body.
    pub const fn multipart(encodings: &'static [Encoding], required: bool) -> Self {
        Self {
            encodings,
            ..Self::new("multipart/form-data", Codec::Multipart, required)
        }
    }
}

/// How one property of a form or multipart body is written.
#[derive(Debug)]
pub struct Encoding {
    /// The property.
    pub name: &'static str,
    /// The part's media type.
    pub content_type: Option<&'static str>,
    /// The style for form bodies.
    pub style: Style,
    /// The explode flag for form bodies.
    pub explode: bool,
}

/// How a body is read or written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    /// There is no body.
    Empty,
    /// JSON.
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `multipart/form-data`.
    Multipart,
    /// XML, with the crate's feature `xml`.
    Xml(&'static crate::xml::Xml),
    /// Text in the charset of the response, UTF-8 by default.
    Text,
    /// Bytes as they are.
    Bytes,
    /// Server-sent events (WHATWG HTML, section 9.2), data as JSON or text.
    Events,
    /// JSON texts: one per line, or each behind a record separator (RFC 7464).
    Lines,
}

impl Codec {
    /// Whether a body is a sequence of values that is read while it arrives.
    pub const fn is_sequence(self) -> bool {
        matches!(self, Self::Events | Self::Lines)
    }
}

/// A declared response.
#[derive(Debug)]
pub struct Accepted {
    /// The statuses it stands for.
    pub status: Statuses,
    /// The media type; empty where there is no body.
    pub media_type: &'static str,
    /// How its body is read.
    pub codec: Codec,
    /// The variant of the operation's response enum (successes) or error enum
    /// (errors) that holds it; 0 where the type is not an enum.
    pub variant: u16,
    /// The data of the event that ends a stream of events for good, such as
    /// `[DONE]`.
    pub until: Option<&'static str>,
}

impl Accepted {
    /// A response in the given media type and codec.
    pub const fn new(
        status: Statuses,
        media_type: &'static str,
        codec: Codec,
        variant: u16,
    ) -> Self {
        Self {
            status,
            media_type,
            codec,
            variant,
            until: None,
        }
    }
    /// The same response, a stream of events that ends with this data.
    pub const fn until(mut self, data: &'static str) -> Self {
        self.until = Some(data);
        self
    }
    /// An `application/json` response with one status code.
    pub const fn json(status: u16, variant: u16) -> Self {
        Self::new(
            Statuses::Code(status),
            "application/json",
            Codec::Json,
            variant,
        )
    }
    /// A response without a body, with one status code.
    pub const fn empty(status: u16, variant: u16) -> Self {
        Self::new(Statuses::Code(status), "", Codec::Empty, variant)
    }
    /// An `application/json` response for a class of statuses (4 for `4XX`).
    pub const fn json_class(class: u8, variant: u16) -> Self {
        Self::new(
            Statuses::Class(class),
            "application/json",
            Codec::Json,
            variant,
        )
    }
    /// The `application/json` response for every other status.
    pub const fn json_default(variant: u16) -> Self {
        Self::new(Statuses::Default, "application/json", Codec::Json, variant)
    }
}

/// The statuses of a declared response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Statuses {
    /// One status code.
    Code(u16),
    /// A class, for example 4 for `4XX`.
    Class(u8),
    /// `default`: the success response of an operation that declares no 2xx
    /// response, an error response of every other.
    Default,
}

/// A server and the default values of its variables (OAS 3.0.3, Server Object).
#[derive(Debug)]
pub struct Server {
    /// The URL template.
    pub url: &'static str,
    /// `(name, default, allowed values)` of each variable.
    pub variables: &'static [(&'static str, &'static str, &'static [&'static str])],
}

/// What the pipeline must know of an API as a whole.
#[derive(Debug)]
pub struct Api {
    /// Sent as `User-Agent` unless the caller sets one: crate name and version.
    pub user_agent: &'static str,
    /// Servers; the first is the default.
    pub servers: &'static [Server],
    /// The security schemes.
    pub schemes: &'static [Scheme],
    /// Headers that every request carries, for example an API version.
    pub headers: &'static [(&'static str, &'static str)],
}

impl Api {
    /// An API of which nothing is said; for the rest of a literal.
    pub const BLANK: Self = Self {
        user_agent: "",
        servers: &[],
        schemes: &[],
        headers: &[],
    };
}
