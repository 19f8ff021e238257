//! The lists of the API, with how they are paged.

use pontoon_runtime::operation::{
    Accepted, Operation, Origin, Paging, Parameter, Place, Requirement,
};

const PARAMETERS: &[Parameter] = &[Parameter::query("cursor")];
const RESPONSES: &[Accepted] = &[Accepted::json(200, 0), Accepted::json_default(0)];
const EITHER: &[&[Requirement]] = &[&[scheme(0)], &[scheme(1)]];

const fn scheme(scheme: u16) -> Requirement {
    Requirement {
        scheme,
        scopes: &[],
    }
}

const fn list(id: &'static str, path: &'static str, paging: &'static Paging) -> Operation {
    Operation {
        id,
        path,
        parameters: PARAMETERS,
        responses: RESPONSES,
        security: EITHER,
        paging: Some(paging),
        ..Operation::BLANK
    }
}

/// `GET /things`.
pub static CURSOR: Operation = list(
    "things/list",
    "/things",
    &Paging::token(Place::Query("cursor"), Origin::Body("/next_cursor")).records("/items"),
);
/// `GET /linked`.
pub static LINK: Operation = list("linked/list", "/linked", &Paging::link_header());
/// `GET /addressed`.
pub static ADDRESS: Operation = list(
    "addressed/list",
    "/addressed",
    &Paging::next_url(Origin::Body("/next")).records("/items"),
);
