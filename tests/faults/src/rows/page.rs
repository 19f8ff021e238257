//! Pages that lead astray.

use super::PAGING;
use crate::fault::{Body, Fault};

pub(super) static FAULTS: &[Fault] = &[
    Fault {
        name: "the page leads to itself",
        body: Body::Itself,
        once: PAGING,
        always: PAGING,
        ..Fault::BLANK
    },
    Fault {
        name: "the page before, again",
        body: Body::Before,
        once: PAGING,
        always: PAGING,
        ..Fault::BLANK
    },
    Fault {
        name: "the next page is on another server",
        body: Body::Elsewhere,
        once: PAGING,
        always: PAGING,
        ..Fault::BLANK
    },
    Fault {
        name: "pages without end",
        body: Body::Endless,
        once: PAGING,
        always: PAGING,
        ..Fault::BLANK
    },
];
