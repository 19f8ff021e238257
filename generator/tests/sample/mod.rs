//! A small crate with one of everything, and hostile text wherever text goes.

use pontoon::api::{
    Codec, Encoding, Flow, FlowKind, Location, OAuth2, SchemeKind, Statuses, Style,
};
use pontoon::rust::ir::*;

/// Text that would end a comment, a literal, a table or a line.
pub(crate) const HOSTILE: &str = "*/ \"; panic!(); // \\ ${x} {} \0 \r \u{202e}evil\u{2066} \u{2028} <script>alert(1)</script>\n#![feature(x)]\n```rust\npanic!()\n```\n    indented()\n]]>'''\"\"\"";

fn docs() -> Vec<String> {
    vec![HOSTILE.to_owned()]
}

fn text(text: &str) -> String {
    text.to_owned()
}

fn named(name: &str) -> Type {
    Type::Named(text(name))
}

fn option(ty: Type) -> Type {
    Type::Option(Box::new(ty))
}

fn list(ty: Type) -> Type {
    Type::List(Box::new(ty))
}

fn field(name: &str, ty: Type, required: bool) -> Field {
    Field {
        name: text(name),
        wire: text(name.trim_start_matches("r#")),
        ty,
        required,
        nullable: false,
        read_only: false,
        write_only: false,
        secret: false,
        docs: docs(),
        deprecated: false,
    }
}

fn issue() -> Item {
    let mut wire = field("odd", option(Type::F64), false);
    wire.wire = text(HOSTILE);
    let mut flags = field("secret", Type::Nullable(Box::new(Type::String)), false);
    flags.nullable = true;
    flags.read_only = true;
    flags.secret = true;
    flags.deprecated = true;
    Item::Struct(Struct {
        name: text("Issue"),
        docs: docs(),
        deprecated: false,
        fields: vec![
            field("id", Type::I64, true),
            field("title", Type::String, true),
            field("at", Type::Scalar(Scalar::DateTime(Library::Jiff)), true),
            field("r#type", option(Type::String), false),
            field("state", named("State"), true),
            field(
                "parent",
                option(Type::Boxed(Box::new(named("Issue")))),
                false,
            ),
            field("labels", list(named("Label")), true),
            field("limits", Type::Map(Box::new(Type::U64)), true),
            field("raw", Type::Json, true),
            field("file", option(Type::Bytes), false),
            field("done", Type::Bool, true),
            wire,
            flags,
        ],
        additional: Some((text("additional"), Type::Json)),
        constructor: true,
    })
}

fn member(name: &str, ty: Type, types: JsonTypes, from: bool) -> Member {
    Member {
        name: text(name),
        ty,
        types,
        tags: vec![],
        required: vec![],
        constants: vec![],
        from,
    }
}

fn label() -> Item {
    let mut object = member(
        "Issue",
        Type::Boxed(Box::new(named("Issue"))),
        JsonTypes {
            object: true,
            ..JsonTypes::default()
        },
        true,
    );
    object.tags = vec![text(HOSTILE)];
    object.required = vec![text(HOSTILE)];
    object.constants = vec![(text("object"), text(HOSTILE))];
    Item::Union(Union {
        name: text("Label"),
        docs: docs(),
        deprecated: true,
        discriminator: Some(text(HOSTILE)),
        members: vec![
            member(
                "String",
                Type::String,
                JsonTypes {
                    string: true,
                    null: true,
                    ..JsonTypes::default()
                },
                true,
            ),
            object,
        ],
        unknown: text("Unknown"),
    })
}

fn items() -> Vec<Item> {
    let responses = |name: &str, errors| {
        Item::Responses(Responses {
            name: text(name),
            docs: docs(),
            errors,
            variants: vec![
                (text("Ok"), named("Issue")),
                (text("NoContent"), Type::Unit),
            ],
        })
    };
    vec![
        issue(),
        label(),
        Item::Enum(Enum {
            name: text("State"),
            docs: docs(),
            deprecated: false,
            variants: vec![(text("Open"), text("open")), (text("Odd"), text(HOSTILE))],
            unknown: text("Unknown"),
        }),
        Item::IntEnum(IntEnum {
            name: text("Level"),
            docs: docs(),
            deprecated: true,
            variants: vec![(text("One"), 1), (text("Least"), -7)],
            unknown: text("Unknown"),
        }),
        Item::Alias(Alias {
            name: text("Issues"),
            docs: docs(),
            ty: list(named("Issue")),
        }),
        Item::Struct(Struct {
            name: text("Empty"),
            docs: vec![],
            deprecated: true,
            fields: vec![],
            additional: None,
            constructor: true,
        }),
        responses("CreateResponse", false),
        responses("CreateError", true),
    ]
}

fn argument(name: &str, ty: Type, target: Target) -> Argument {
    Argument {
        name: text(name),
        docs: docs(),
        deprecated: name == "level",
        ty,
        target,
    }
}

fn row(name: &str, location: Location, style: Style) -> ParameterRow {
    ParameterRow {
        name: text(name),
        location,
        style,
        explode: true,
        allow_reserved: location == Location::Query,
        required: location == Location::Path,
    }
}

fn create() -> Operation {
    let parameters = [
        ("owner", Type::String, Location::Path, Style::Simple),
        ("state", named("State"), Location::Query, Style::Form),
        ("level", named("Level"), Location::Query, Style::Form),
        (
            "labels",
            list(Type::String),
            Location::Query,
            Style::DeepObject,
        ),
        ("filter", named("Issue"), Location::Header, Style::Json),
        ("per_page", Type::I64, Location::Cookie, Style::Form),
        (
            "many",
            named("Issues"),
            Location::Query,
            Style::PipeDelimited,
        ),
        ("raw", Type::Json, Location::Query, Style::Form),
        (
            "map",
            Type::Map(Box::new(Type::Bool)),
            Location::Query,
            Style::Form,
        ),
    ];
    Operation {
        alternatives: vec![],
        name: text("create"),
        builder: text("Create"),
        table_name: text("CREATE"),
        docs: docs(),
        deprecated: true,
        table: OperationTable {
            bare: Vec::new(),
            declared: Vec::new(),
            id: text(HOSTILE),
            method: text("POST"),
            path: text("/repos/{owner}/\"x\"/`y`"),
            servers: vec![server()],
            parameters: parameters
                .iter()
                .map(|(name, _, location, style)| row(name, *location, *style))
                .collect(),
            body: Some(BodyRow {
                media_type: text("multipart/form-data"),
                codec: Codec::Multipart,
                encodings: vec![Encoding {
                    name: text(HOSTILE),
                    content_type: Some(text(HOSTILE)),
                    style: Style::Form,
                    explode: true,
                }],
                required: false,
                others: vec![],
                xml: None,
            }),
            responses: vec![
                response(Statuses::Code(201), "application/json", Codec::Json),
                response(Statuses::Code(204), "", Codec::Empty),
                response(Statuses::Class(4), "application/json", Codec::Json),
                response(Statuses::Class(5), "text/plain", Codec::Text),
                response(Statuses::Default, HOSTILE, Codec::Bytes),
            ],
            security: vec![vec![(0, vec![text(HOSTILE)]), (1, vec![])], vec![]],
            paging: None,
            repeat: pontoon::rust::ir::Repeat::ByMethod,
        },
        positional: vec![argument("owner", Type::String, Target::Parameter(0))],
        optional: parameters[1..]
            .iter()
            .enumerate()
            .map(|(index, (name, ty, ..))| argument(name, ty.clone(), Target::Parameter(index + 1)))
            .chain([argument("body", named("Issue"), Target::Body)])
            .collect(),
        output: named("CreateResponse"),
        streams: Vec::new(),
        paged: None,
        errors: Some(text("CreateError")),
        exercise: Exercise {
            positional: vec![text("\"a\"")],
            optional: vec![
                (0, text("\"open\"")),
                (4, text("5")),
                (8, text("{\"id\":1}")),
            ],
        },
    }
}

fn upload() -> Operation {
    Operation {
        alternatives: vec![],
        name: text("r#move"),
        builder: text("Move"),
        table_name: text("MOVE"),
        docs: vec![],
        deprecated: false,
        table: OperationTable {
            bare: Vec::new(),
            declared: Vec::new(),
            id: text("move"),
            method: text("PUT"),
            path: text("/move/{id}"),
            servers: vec![],
            parameters: vec![row("id", Location::Path, Style::Label)],
            body: Some(BodyRow {
                media_type: text("application/octet-stream"),
                codec: Codec::Bytes,
                encodings: vec![],
                required: true,
                others: vec![],
                xml: None,
            }),
            responses: vec![response(
                Statuses::Code(200),
                "application/json",
                Codec::Json,
            )],
            security: vec![],
            paging: None,
            repeat: pontoon::rust::ir::Repeat::ByMethod,
        },
        positional: vec![
            argument("id", Type::I64, Target::Parameter(0)),
            argument("body", Type::Bytes, Target::Body),
        ],
        optional: vec![],
        output: list(named("Issue")),
        streams: Vec::new(),
        paged: None,
        errors: None,
        exercise: Exercise {
            positional: vec![text("7"), text("\"bytes\"")],
            optional: vec![],
        },
    }
}

fn response(status: Statuses, media_type: &str, codec: Codec) -> ResponseRow {
    ResponseRow {
        status,
        media_type: text(media_type),
        codec,
        variant: 0,
        until: None,
        xml: None,
    }
}

fn server() -> Server {
    Server {
        url: text("https://{region}.example.com"),
        docs: docs(),
        variables: vec![(text("region"), text(HOSTILE), vec![text("eu")])],
    }
}

fn scheme(function: &str, kind: SchemeKind) -> Scheme {
    Scheme {
        name: text(HOSTILE),
        function: text(function),
        docs: docs(),
        kind,
        env: vec![text("ACME_TOKEN")],
    }
}

/// The crate.
pub(crate) fn krate() -> Crate {
    let name = || text("X-\"Key`");
    Crate {
        mock: false,
        events: Vec::new(),
        events_feature: None,
        signature: None,
        xml: None,
        checks: None,
        package: text("pontoon-acme"),
        version: text("0.1.0"),
        description: text(HOSTILE),
        docs: docs(),
        api_title: text(HOSTILE),
        api_version: text(HOSTILE),
        docs_url: Some(text("https://example.com/docs")),
        runtime: RuntimeDependency {
            version: text("=0.1.0"),
            path: None,
        },
        scalar_features: vec!["jiff"],
        standalone: true,
        license: Some(text("MIT OR Apache-2.0")),
        provenance: Provenance {
            spec_sha256: text("00ff"),
            spec_name: text(HOSTILE),
            generator: text("0.1.0"),
        },
        api: ApiTable {
            servers: vec![
                server(),
                Server {
                    url: text("https://api.example.com/v1"),
                    docs: vec![],
                    variables: vec![],
                },
            ],
            schemes: vec![
                scheme("bearer", SchemeKind::Bearer),
                scheme("basic", SchemeKind::Basic),
                scheme("digest", SchemeKind::Digest),
                scheme("openid", SchemeKind::OpenIdConnect { url: text(HOSTILE) }),
                scheme("certificate", SchemeKind::MutualTls),
                scheme(
                    "oauth",
                    SchemeKind::OAuth2(OAuth2 {
                        flows: vec![Flow {
                            token_url: text(HOSTILE),
                            ..Flow::new(FlowKind::ClientCredentials)
                        }],
                        scopes: vec![text(HOSTILE)],
                        metadata_url: text(HOSTILE),
                    }),
                ),
                scheme("query", SchemeKind::ApiKeyQuery { name: name() }),
                scheme(
                    "header",
                    SchemeKind::ApiKeyHeader {
                        name: name(),
                        prefix: text(HOSTILE),
                    },
                ),
                scheme("r#static", SchemeKind::ApiKeyCookie { name: name() }),
            ],
            headers: vec![(text("x-version"), text(HOSTILE))],
        },
        model_files: vec![ModelFile {
            module: text("r#type"),
            feature: Some(text("issues")),
            items: items(),
        }],
        namespaces: vec![Namespace {
            module: text("issues"),
            feature: text("issues"),
            type_name: text("Issues"),
            docs: docs(),
            operations: vec![create(), upload()],
        }],
        example: Some(Example {
            namespace: 0,
            operation: 0,
        }),
    }
}
