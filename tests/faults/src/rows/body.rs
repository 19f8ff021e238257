//! Bodies that are not what is due.

use super::{DECODE, PAGING, TOO_LONG};
use crate::bomb::Coding;
use crate::fault::{Body, Fault, Then};

pub(super) static FAULTS: &[Fault] = &[
    Fault {
        name: "204 where a body is due",
        head: &["HTTP/1.1 204 No Content"],
        body: Body::Nothing,
        once: PAGING,
        always: PAGING,
        ..Fault::BLANK
    },
    Fault {
        name: "an empty body",
        body: Body::Text(""),
        once: DECODE,
        always: DECODE,
        ..Fault::BLANK
    },
    Fault {
        name: "invalid JSON",
        body: Body::Text(r#"{"items":[{"id":0,"name":"thing 0"},],"next_cursor":null}"#),
        once: DECODE,
        always: DECODE,
        ..Fault::BLANK
    },
    Fault {
        name: "JSON of another shape",
        body: Body::Text(r#"{"data":[]}"#),
        once: PAGING,
        always: PAGING,
        ..Fault::BLANK
    },
    Fault {
        name: "null",
        body: Body::Text("null"),
        once: PAGING,
        always: PAGING,
        ..Fault::BLANK
    },
    Fault {
        name: "invalid UTF-8",
        body: Body::NotUtf8,
        once: DECODE,
        always: DECODE,
        ..Fault::BLANK
    },
    Fault {
        name: "nested without end",
        head: &[
            "HTTP/1.1 200 OK",
            "Content-Type: application/json",
            "Content-Length: {length}",
        ],
        body: Body::Nested(60_000),
        once: DECODE,
        always: DECODE,
        ..Fault::BLANK
    },
    Fault {
        name: "a body of a GiB",
        body: Body::Zeros(1 << 16, 1 << 14),
        then: Then::Close,
        once: TOO_LONG,
        always: TOO_LONG,
        ..Fault::BLANK
    },
    Fault {
        name: "a body without end",
        head: &["HTTP/1.1 200 OK", "Content-Type: application/json"],
        body: Body::Zeros(1 << 16, usize::MAX >> 17),
        then: Then::Close,
        once: TOO_LONG,
        always: TOO_LONG,
        ..Fault::BLANK
    },
    Fault {
        name: "gzip, cut in the middle",
        head: &[
            "HTTP/1.1 200 OK",
            "Content-Type: application/json",
            "Content-Encoding: gzip",
            "Content-Length: {length}",
        ],
        body: Body::CutGzip,
        once: DECODE,
        always: DECODE,
        ..Fault::BLANK
    },
    Fault {
        name: "gzip that is none",
        head: &[
            "HTTP/1.1 200 OK",
            "Content-Type: application/json",
            "Content-Encoding: gzip",
            "Content-Length: {length}",
        ],
        once: DECODE,
        always: DECODE,
        ..Fault::BLANK
    },
    Fault {
        name: "gzip bomb of a GiB",
        head: &[
            "HTTP/1.1 200 OK",
            "Content-Type: application/json",
            "Content-Encoding: gzip",
        ],
        body: Body::Bomb(Coding::Gzip),
        then: Then::Close,
        once: TOO_LONG,
        always: TOO_LONG,
        ..Fault::BLANK
    },
    Fault {
        name: "zstd bomb of a GiB",
        head: &[
            "HTTP/1.1 200 OK",
            "Content-Type: application/json",
            "Content-Encoding: zstd",
        ],
        body: Body::Bomb(Coding::Zstd),
        then: Then::Close,
        once: TOO_LONG,
        always: TOO_LONG,
        ..Fault::BLANK
    },
    Fault {
        name: "Brotli bomb of a GiB",
        head: &[
            "HTTP/1.1 200 OK",
            "Content-Type: application/json",
            "Content-Encoding: br",
        ],
        body: Body::Bomb(Coding::Brotli),
        then: Then::Close,
        once: TOO_LONG,
        always: TOO_LONG,
        ..Fault::BLANK
    },
];
