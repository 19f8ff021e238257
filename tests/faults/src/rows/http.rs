//! Answers that HTTP forbids.

use super::BROKEN;
use crate::fault::{Body, Fault, Then};

pub(super) static FAULTS: &[Fault] = &[
    Fault {
        name: "two lengths that differ",
        head: &[
            "HTTP/1.1 200 OK",
            "Content-Type: application/json",
            "Content-Length: {length}",
            "Content-Length: 10",
        ],
        then: Then::Close,
        always: BROKEN,
        ..Fault::BLANK
    },
    Fault {
        name: "a length that is no number",
        head: &[
            "HTTP/1.1 200 OK",
            "Content-Type: application/json",
            "Content-Length: -5",
        ],
        then: Then::Close,
        always: BROKEN,
        ..Fault::BLANK
    },
    Fault {
        name: "chunks without sizes",
        head: &[
            "HTTP/1.1 200 OK",
            "Content-Type: application/json",
            "Transfer-Encoding: chunked",
        ],
        body: Body::Text("zz\r\n{}\r\n0\r\n\r\n"),
        then: Then::Close,
        always: BROKEN,
        ..Fault::BLANK
    },
    Fault {
        name: "chunks without an end",
        head: &[
            "HTTP/1.1 200 OK",
            "Content-Type: application/json",
            "Transfer-Encoding: chunked",
        ],
        body: Body::Text("2\r\n{}\r\n"),
        then: Then::Close,
        always: BROKEN,
        ..Fault::BLANK
    },
    Fault {
        name: "a chunk of nearly 2^64 bytes",
        head: &[
            "HTTP/1.1 200 OK",
            "Content-Type: application/json",
            "Transfer-Encoding: chunked",
        ],
        body: Body::Text("fffffffffffffff0\r\n{}\r\n"),
        then: Then::Close,
        always: BROKEN,
        ..Fault::BLANK
    },
    Fault {
        name: "not HTTP",
        head: &["SSH-2.0-OpenSSH_9.9"],
        body: Body::Nothing,
        then: Then::Close,
        always: BROKEN,
        ..Fault::BLANK
    },
    Fault {
        name: "a header of 4 MiB",
        head: &["HTTP/1.1 200 OK"],
        body: Body::Header(1 << 16, 64),
        then: Then::Close,
        always: BROKEN,
        ..Fault::BLANK
    },
];
