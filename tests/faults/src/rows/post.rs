//! POSTs that were carried out, or not.

use super::{BROKEN, TIMEOUT};
use crate::fault::{ALL, Body, Fault, Then};
use crate::posts::Post;

const EMPTY: Fault = Fault {
    body: Body::Nothing,
    ..Fault::BLANK
};

pub(super) static POSTS: &[Post] = &[
    Post {
        fault: Fault {
            name: "nothing",
            head: &[
                "HTTP/1.1 201 Created",
                "Content-Type: application/json",
                "Content-Length: {length}",
            ],
            body: Body::Text(r#"{"id":1,"name":"one"}"#),
            ..EMPTY
        },
        carried_out: true,
        without_key: ALL,
    },
    Post {
        fault: Fault {
            name: "carried out, then reset",
            head: &[],
            then: Then::Reset,
            ..EMPTY
        },
        carried_out: true,
        without_key: BROKEN,
    },
    Post {
        fault: Fault {
            name: "carried out, then closed",
            head: &[],
            then: Then::Close,
            ..EMPTY
        },
        carried_out: true,
        without_key: BROKEN,
    },
    Post {
        fault: Fault {
            name: "carried out, then half an answer",
            head: &[
                "HTTP/1.1 201 Created",
                "Content-Type: application/json",
                "Content-Length: 400",
            ],
            body: Body::Half,
            then: Then::Close,
            ..EMPTY
        },
        carried_out: true,
        without_key: BROKEN,
    },
    Post {
        fault: Fault {
            name: "carried out, then silence",
            head: &[],
            then: Then::Stall,
            ..EMPTY
        },
        carried_out: true,
        without_key: TIMEOUT,
    },
    Post {
        fault: Fault {
            name: "carried out, then 500",
            head: &["HTTP/1.1 500 Internal Server Error", "Content-Length: 0"],
            ..EMPTY
        },
        carried_out: true,
        without_key: &["status 500"],
    },
    Post {
        fault: Fault {
            name: "carried out, then 504 of a proxy",
            head: &["HTTP/1.1 504 Gateway Timeout", "Content-Length: 0"],
            ..EMPTY
        },
        carried_out: true,
        without_key: &["status 504"],
    },
    Post {
        fault: Fault {
            name: "429 before anything was done",
            head: &[
                "HTTP/1.1 429 Too Many Requests",
                "Retry-After: 1",
                "Content-Length: 0",
            ],
            ..EMPTY
        },
        carried_out: false,
        without_key: ALL,
    },
    Post {
        fault: Fault {
            name: "307 to the same server",
            head: &[
                "HTTP/1.1 307 Temporary Redirect",
                "Location: {target}",
                "Content-Length: 0",
            ],
            ..EMPTY
        },
        carried_out: false,
        without_key: ALL,
    },
];
