//! Connections that end, and answers that take their time.

use super::{BROKEN, DECODE, TIMEOUT};
use crate::fault::{Body, Fault, Then};

pub(super) static FAULTS: &[Fault] = &[
    Fault {
        name: "reset before the head",
        head: &[],
        body: Body::Nothing,
        then: Then::Reset,
        always: BROKEN,
        ..Fault::BLANK
    },
    Fault {
        name: "closed before the head",
        head: &[],
        body: Body::Nothing,
        then: Then::Close,
        always: BROKEN,
        ..Fault::BLANK
    },
    Fault {
        name: "reset in the head",
        head: &[],
        body: Body::Text("HTTP/1.1 200 OK\r\nContent-Ty"),
        then: Then::Reset,
        always: BROKEN,
        ..Fault::BLANK
    },
    Fault {
        name: "reset in the body",
        head: &[
            "HTTP/1.1 200 OK",
            "Content-Type: application/json",
            "Content-Length: {whole}",
        ],
        body: Body::Half,
        then: Then::Reset,
        always: BROKEN,
        ..Fault::BLANK
    },
    Fault {
        name: "half a body, then closed",
        head: &[
            "HTTP/1.1 200 OK",
            "Content-Type: application/json",
            "Content-Length: {whole}",
        ],
        body: Body::Half,
        then: Then::Close,
        always: BROKEN,
        ..Fault::BLANK
    },
    Fault {
        name: "half a body without a length, then closed",
        head: &["HTTP/1.1 200 OK", "Content-Type: application/json"],
        body: Body::Half,
        then: Then::Close,
        once: DECODE,
        always: DECODE,
        ..Fault::BLANK
    },
    Fault {
        name: "keep-alive connection closed after the answer",
        then: Then::Close,
        ..Fault::BLANK
    },
    Fault {
        name: "keep-alive connection reset after the answer",
        then: Then::Reset,
        ..Fault::BLANK
    },
    Fault {
        name: "no answer",
        head: &[],
        body: Body::Nothing,
        then: Then::Stall,
        always: TIMEOUT,
        ..Fault::BLANK
    },
    Fault {
        name: "half a body, then silence",
        head: &[
            "HTTP/1.1 200 OK",
            "Content-Type: application/json",
            "Content-Length: {whole}",
        ],
        body: Body::Half,
        then: Then::Stall,
        always: TIMEOUT,
        ..Fault::BLANK
    },
    Fault {
        name: "a body that trickles and arrives",
        pace: 1,
        ..Fault::BLANK
    },
    Fault {
        name: "a body that trickles without end",
        head: &[
            "HTTP/1.1 200 OK",
            "Content-Type: application/json",
            "Content-Length: {length}",
        ],
        body: Body::Text(
            "                                                                \
                          []",
        ),
        pace: 100,
        always: TIMEOUT,
        ..Fault::BLANK
    },
];
