//! A small API in the form of generated code.

use http::StatusCode;
use pontoon_runtime::codegen::*;
use pontoon_runtime::transport::{Memory, Recorded, Response as Answer};

#[derive(Clone)]
#[non_exhaustive]
pub struct Pet {
    pub id: i64,
    pub name: Option<String>,
}
models! { Pet }
impl Reflect for Pet {
    fn blank() -> Self {
        Self {
            id: blank(),
            name: blank(),
        }
    }
    fn table(&self) -> &'static Table {
        &Table {
            name: "Pet",
            fields: &[
                Field {
                    name: "id",
                    flags: 1,
                },
                Field {
                    name: "name",
                    flags: 0,
                },
            ],
            additional: false,
        }
    }
    fn slot_at(&mut self, index: usize) -> Slot<'_> {
        match index {
            0 => self.id.slot(),
            1 => self.name.slot(),
            _ => Slot::Unit,
        }
    }
    fn view_at(&self, index: usize) -> View<'_> {
        match index {
            0 => self.id.view(),
            1 => self.name.view(),
            _ => View::Absent,
        }
    }
}
impl Pet {
    pub fn new(id: i64) -> Self {
        Self { id, ..blank() }
    }
}

#[derive(Clone)]
#[non_exhaustive]
pub struct Problem {
    pub message: String,
}
models! { Problem }
impl Reflect for Problem {
    fn blank() -> Self {
        Self { message: blank() }
    }
    fn table(&self) -> &'static Table {
        &Table {
            name: "Problem",
            fields: &[Field {
                name: "message",
                flags: 1,
            }],
            additional: false,
        }
    }
    fn slot_at(&mut self, index: usize) -> Slot<'_> {
        match index {
            0 => self.message.slot(),
            _ => Slot::Unit,
        }
    }
    fn view_at(&self, index: usize) -> View<'_> {
        match index {
            0 => self.message.view(),
            _ => View::Absent,
        }
    }
}

responses! { pub enum AdoptResponse { Done(Pet), Pending(()) } }
errors! { pub enum PetErrors { NotFound(Problem), Other(Json) } }

const KEY: Requirement = scheme(0);
const TOKEN: Requirement = Requirement {
    scheme: 1,
    scopes: &["pets:own"],
};
const LOGIN: Requirement = scheme(2);
const QUERY: Requirement = scheme(3);
const COOKIE: Requirement = scheme(4);

const fn scheme(scheme: u16) -> Requirement {
    Requirement {
        scheme,
        scopes: &[],
    }
}

const fn operation(id: &'static str, method: &'static str, path: &'static str) -> Operation {
    Operation {
        id,
        method,
        path,
        ..Operation::BLANK
    }
}

const ERRORS: Accepted = Accepted::json(404, 0);
const OTHER: Accepted = Accepted::json_default(1);

static LIST: Operation = Operation {
    parameters: &[
        Parameter::query("limit"),
        Parameter::header("X-Trace"),
        Parameter::query("tag"),
        Parameter::query("sort"),
    ],
    responses: &[Accepted::json(200, 0), ERRORS, OTHER],
    ..operation("pets/list", "GET", "/pets")
};
static GET: Operation = Operation {
    parameters: &[Parameter::path("id")],
    responses: &[
        Accepted::json(200, 0),
        Accepted::empty(204, 0),
        ERRORS,
        OTHER,
    ],
    security: &[&[], &[TOKEN], &[KEY, QUERY]],
    ..operation("pets/get", "GET", "/pets/{id}")
};
static CREATE: Operation = Operation {
    body: Some(Body::json(true)),
    responses: &[Accepted::json(201, 0), ERRORS, OTHER],
    security: &[&[TOKEN], &[KEY, QUERY], &[LOGIN], &[COOKIE]],
    ..operation("pets/create", "POST", "/pets")
};
static ADOPT: Operation = Operation {
    parameters: &[Parameter::path("id")],
    responses: &[Accepted::json(200, 0), Accepted::empty(202, 1)],
    ..operation("pets/adopt", "PUT", "/pets/{id}/adoption")
};
pub static PHOTO: Operation = Operation {
    servers: &[Server {
        url: "https://photos.example",
        variables: &[],
    }],
    responses: &[Accepted::new(
        Statuses::Code(200),
        "image/*",
        Codec::Bytes,
        0,
    )],
    ..operation("pets/photo", "GET", "/photo")
};
static NOTE: Operation = Operation {
    responses: &[Accepted::new(
        Statuses::Code(200),
        "text/plain",
        Codec::Text,
        0,
    )],
    ..operation("pets/note", "GET", "/note")
};
static API: Api = Api {
    user_agent: "pets/1.0",
    servers: &[
        Server {
            url: "https://{region}.pets.example/v1/",
            variables: &[("region", "eu", &["eu", "us"])],
        },
        Server {
            url: "/relative",
            variables: &[],
        },
    ],
    schemes: &[
        Scheme {
            name: "key",
            kind: SchemeKind::ApiKeyHeader {
                name: "X-Pet",
                prefix: "pet ",
            },
            env: &["PETS_TEST_KEY"],
        },
        Scheme {
            name: "token",
            kind: SchemeKind::Bearer,
            env: &["PETS_TEST_TOKEN"],
        },
        Scheme {
            name: "login",
            kind: SchemeKind::Basic,
            env: &["PETS_TEST_USER", "PETS_TEST_PASSWORD"],
        },
        Scheme {
            name: "query",
            kind: SchemeKind::ApiKeyQuery { name: "pet" },
            env: &[],
        },
        Scheme {
            name: "cookie",
            kind: SchemeKind::ApiKeyCookie { name: "pet" },
            env: &[],
        },
    ],
    headers: &[("X-Version", "2")],
};

operation! {
    /// Lists.
    pub struct List -> Vec<Pet>;
    /// Gets.
    pub struct Get -> Option<Pet>;
    /// Creates.
    pub struct Create -> Pet;
    /// Adopts.
    pub struct Adopt -> AdoptResponse;
    /// Shows.
    pub struct Photo -> Bytes;
    /// Tells.
    pub struct Note -> String;
}
impl List {
    pub fn limit(self, limit: i64) -> Self {
        Self(self.0.param(0, limit.view()))
    }
    pub fn tag(self, tag: &str) -> Self {
        Self(self.0.param(2, View::Str(tag)))
    }
    pub fn sort(self, sort: &str) -> Self {
        Self(self.0.param(3, View::Str(sort)))
    }
    pub fn trace(self, trace: &str) -> Self {
        Self(self.0.param(1, View::Str(trace)))
    }
}

#[derive(Clone, Debug)]
pub struct Client(CoreClient);
impl From<CoreClient> for Client {
    fn from(core: CoreClient) -> Self {
        Self(core)
    }
}
impl From<Client> for CoreClient {
    fn from(client: Client) -> Self {
        client.0
    }
}
impl Client {
    pub fn builder() -> ClientBuilder<Client> {
        ClientBuilder::new(&API)
    }
    pub fn list(&self) -> List {
        List(self.0.call(&LIST))
    }
    pub fn get(&self, id: &str) -> Get {
        Get(self.0.call(&GET).param(0, View::Str(id)))
    }
    pub fn create(&self, body: &Pet) -> Create {
        Create(self.0.call(&CREATE).body(body.view()))
    }
    pub fn adopt(&self, id: &str) -> Adopt {
        Adopt(self.0.call(&ADOPT).param(0, View::Str(id)))
    }
    pub fn photo(&self) -> Photo {
        Photo(self.0.call(&PHOTO))
    }
    pub fn note(&self) -> Note {
        Note(self.0.call(&NOTE))
    }
}

pub fn key(text: &str) -> Credential {
    Credential::token(0, text)
}
pub fn token(text: impl Into<Token>) -> Credential {
    Credential::provided(1, text)
}
pub fn login(user: &str, password: &str) -> Credential {
    Credential::basic(2, user, password)
}
pub fn query(text: &str) -> Credential {
    Credential::token(3, text)
}
pub fn cookie(text: &str) -> Credential {
    Credential::token(4, text)
}

/// A transport that gives the same JSON answer every time.
pub fn always(status: u16, body: &'static str) -> Memory {
    Memory::new(move |_| Ok(Answer::json(code(status), body)))
}

pub fn code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).expect("a status code")
}

/// A client over a transport that sends everything once.
pub fn client(memory: &Memory) -> Client {
    Client::builder()
        .no_retries()
        .transport(memory.clone())
        .build()
        .expect("a client")
}

/// The only request that was sent.
pub fn only(memory: &Memory) -> Recorded {
    let mut requests = memory.requests();
    assert_eq!(requests.len(), 1, "{requests:?}");
    requests.remove(0)
}
