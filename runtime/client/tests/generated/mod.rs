//! Types of the exact shape that the generator emits.
#![allow(missing_docs, dead_code, unreachable_pub)]

use pontoon_runtime::codegen::*;

#[derive(Clone)]
#[non_exhaustive]
pub struct Issue {
    pub id: i64,
    pub title: String,
    pub state: IssueState,
    pub state_reason: Nullable<IssueStateReason>,
    pub closed_at: Option<String>,
    pub body: Option<String>,
    pub labels: Vec<IssueLabelsItem>,
    pub user: User,
    pub score: Option<f64>,
    pub parent: Option<Box<Issue>>,
    pub token: Option<String>,
    pub node_id: Option<String>,
    pub additional: BTreeMap<String, Json>,
}

impl Issue {
    pub fn new(
        id: i64,
        title: String,
        state: IssueState,
        labels: Vec<IssueLabelsItem>,
        user: User,
    ) -> Self {
        Self {
            id,
            title,
            state,
            labels,
            user,
            ..blank()
        }
    }
}

models! { Issue }

impl Reflect for Issue {
    fn blank() -> Self {
        Self {
            id: blank(),
            title: blank(),
            state: blank(),
            state_reason: blank(),
            closed_at: blank(),
            body: blank(),
            labels: blank(),
            user: blank(),
            score: blank(),
            parent: blank(),
            token: blank(),
            node_id: blank(),
            additional: blank(),
        }
    }
    fn table(&self) -> &'static Table {
        &Table {
            name: "Issue",
            fields: &[
                Field {
                    name: "id",
                    flags: 1,
                },
                Field {
                    name: "title",
                    flags: 1,
                },
                Field {
                    name: "state",
                    flags: 1,
                },
                Field {
                    name: "state_reason",
                    flags: Field::NULLABLE,
                },
                Field {
                    name: "closed_at",
                    flags: Field::REQUIRED | Field::NULLABLE,
                },
                Field {
                    name: "body",
                    flags: 0,
                },
                Field {
                    name: "labels",
                    flags: 1,
                },
                Field {
                    name: "user",
                    flags: 1,
                },
                Field {
                    name: "score",
                    flags: 0,
                },
                Field {
                    name: "parent",
                    flags: 0,
                },
                Field {
                    name: "token",
                    flags: Field::REQUIRED | Field::WRITE_ONLY | Field::SECRET,
                },
                Field {
                    name: "node_id",
                    flags: Field::READ_ONLY,
                },
            ],
            additional: true,
        }
    }
    fn slot_at(&mut self, index: usize) -> Slot<'_> {
        match index {
            0 => self.id.slot(),
            1 => self.title.slot(),
            2 => self.state.slot(),
            3 => self.state_reason.slot(),
            4 => self.closed_at.slot(),
            5 => self.body.slot(),
            6 => self.labels.slot(),
            7 => self.user.slot(),
            8 => self.score.slot(),
            9 => self.parent.slot(),
            10 => self.token.slot(),
            11 => self.node_id.slot(),
            12 => self.additional.slot(),
            _ => Slot::Unit,
        }
    }
    fn view_at(&self, index: usize) -> View<'_> {
        match index {
            0 => self.id.view(),
            1 => self.title.view(),
            2 => self.state.view(),
            3 => self.state_reason.view(),
            4 => self.closed_at.view(),
            5 => self.body.view(),
            6 => self.labels.view(),
            7 => self.user.view(),
            8 => self.score.view(),
            9 => self.parent.view(),
            10 => self.token.view(),
            11 => self.node_id.view(),
            12 => self.additional.view(),
            _ => View::Absent,
        }
    }
}

#[derive(Clone)]
#[non_exhaustive]
pub struct User {
    pub login: String,
    pub id: u64,
    pub site_admin: Option<bool>,
    pub level: Option<Level>,
}

impl User {
    pub fn new(login: String, id: u64) -> Self {
        Self {
            login,
            id,
            ..blank()
        }
    }
}

models! { User }

impl Reflect for User {
    fn blank() -> Self {
        Self {
            login: blank(),
            id: blank(),
            site_admin: blank(),
            level: blank(),
        }
    }
    fn table(&self) -> &'static Table {
        &Table {
            name: "User",
            fields: &[
                Field {
                    name: "login",
                    flags: 1,
                },
                Field {
                    name: "id",
                    flags: 1,
                },
                Field {
                    name: "site_admin",
                    flags: 0,
                },
                Field {
                    name: "level",
                    flags: 0,
                },
            ],
            additional: false,
        }
    }
    fn slot_at(&mut self, index: usize) -> Slot<'_> {
        match index {
            0 => self.login.slot(),
            1 => self.id.slot(),
            2 => self.site_admin.slot(),
            3 => self.level.slot(),
            _ => Slot::Unit,
        }
    }
    fn view_at(&self, index: usize) -> View<'_> {
        match index {
            0 => self.login.view(),
            1 => self.id.view(),
            2 => self.site_admin.view(),
            3 => self.level.view(),
            _ => View::Absent,
        }
    }
}

open_enum! {
    /// Whether an issue is open.
    pub enum IssueState {
        /// `open`
        Open = "open",
        /// `closed`
        Closed = "closed",
    }
}

open_enum! {
    pub enum IssueStateReason {
        Completed = "completed",
        #[deprecated]
        Reopened = "reopened",
        NotPlanned = "not_planned",
    }
}

open_int_enum! {
    pub enum Level { One = 1, Two = 2, Minus = -1 }
}

#[derive(Clone)]
#[non_exhaustive]
pub enum IssueLabelsItem {
    String(String),
    Label(Label),
    Unknown(Json),
}

models! { IssueLabelsItem }

impl Union for IssueLabelsItem {
    fn table(&self) -> &'static UnionTable {
        static TABLE: UnionTable = UnionTable {
            name: "IssueLabelsItem",
            discriminator: None,
            members: &[
                Member::of(Member::STRING),
                Member::object(&[], &["name"], &[]),
            ],
        };
        &TABLE
    }
    fn select(&mut self, index: usize) -> Slot<'_> {
        match index {
            0 => {
                *self = Self::String(blank());
                if let Self::String(value) = self {
                    return value.slot();
                }
            }
            1 => {
                *self = Self::Label(blank());
                if let Self::Label(value) = self {
                    return value.slot();
                }
            }
            _ => {}
        }
        Slot::Unit
    }
    fn set_unknown(&mut self, value: Json) {
        *self = Self::Unknown(value)
    }
}

impl Reflect for IssueLabelsItem {
    fn blank() -> Self {
        Self::Unknown(Json::Null)
    }
    fn slot(&mut self) -> Slot<'_> {
        Slot::Union(self)
    }
    fn view(&self) -> View<'_> {
        match self {
            Self::String(value) => value.view(),
            Self::Label(value) => value.view(),
            Self::Unknown(value) => value.view(),
        }
    }
}

impl From<String> for IssueLabelsItem {
    fn from(value: String) -> Self {
        Self::String(value)
    }
}

#[derive(Clone)]
#[non_exhaustive]
pub struct Label {
    pub name: String,
    pub color: Nullable<String>,
}

impl Label {
    pub fn new(name: String) -> Self {
        Self { name, ..blank() }
    }
}

models! { Label }

impl Reflect for Label {
    fn blank() -> Self {
        Self {
            name: blank(),
            color: blank(),
        }
    }
    fn table(&self) -> &'static Table {
        &Table {
            name: "Label",
            fields: &[
                Field {
                    name: "name",
                    flags: 1,
                },
                Field {
                    name: "color",
                    flags: Field::NULLABLE,
                },
            ],
            additional: false,
        }
    }
    fn slot_at(&mut self, index: usize) -> Slot<'_> {
        match index {
            0 => self.name.slot(),
            1 => self.color.slot(),
            _ => Slot::Unit,
        }
    }
    fn view_at(&self, index: usize) -> View<'_> {
        match index {
            0 => self.name.view(),
            1 => self.color.view(),
            _ => View::Absent,
        }
    }
}

responses! {
    /// What creating an issue gives.
    pub enum CreateResponse { Created(Issue), Accepted(Vec<Label>), NoContent(()), }
}

errors! {
    /// What creating an issue can fail with.
    pub enum NotFoundOrValidationError { NotFound(Label), UnprocessableEntity(User), }
}
