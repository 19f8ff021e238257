//! Statuses that are no success, and what their headers ask for.

use super::{BUSY, DECODE, LIMITED};
use crate::fault::{Body, Fault, Then};

pub(super) static FAULTS: &[Fault] = &[
    Fault {
        name: "429",
        head: &["HTTP/1.1 429 Too Many Requests", "Content-Length: 0"],
        body: Body::Nothing,
        always: LIMITED,
        ..Fault::BLANK
    },
    Fault {
        name: "429, Retry-After in seconds",
        head: &[
            "HTTP/1.1 429 Too Many Requests",
            "Retry-After: 1",
            "Content-Length: 0",
        ],
        body: Body::Nothing,
        always: LIMITED,
        ..Fault::BLANK
    },
    Fault {
        name: "429, Retry-After as a date",
        head: &[
            "HTTP/1.1 429 Too Many Requests",
            "Retry-After: {in 2 s}",
            "Content-Length: 0",
        ],
        body: Body::Nothing,
        always: LIMITED,
        ..Fault::BLANK
    },
    Fault {
        name: "429, Retry-After of a year",
        head: &[
            "HTTP/1.1 429 Too Many Requests",
            "Retry-After: 31536000",
            "Content-Length: 0",
        ],
        body: Body::Nothing,
        once: LIMITED,
        always: LIMITED,
        ..Fault::BLANK
    },
    Fault {
        name: "429, Retry-After of nonsense",
        head: &[
            "HTTP/1.1 429 Too Many Requests",
            "Retry-After: -99999999999999999999, soon",
            "Content-Length: 0",
        ],
        body: Body::Nothing,
        always: LIMITED,
        ..Fault::BLANK
    },
    Fault {
        name: "403, rate-limit headers at zero with a reset",
        head: &[
            "HTTP/1.1 403 Forbidden",
            "X-RateLimit-Limit: 60",
            "X-RateLimit-Remaining: 0",
            "X-RateLimit-Reset: {reset}",
            "Content-Length: 0",
        ],
        body: Body::Nothing,
        always: &["status 403"],
        ..Fault::BLANK
    },
    Fault {
        name: "200, rate-limit headers at zero with a reset",
        head: &[
            "HTTP/1.1 200 OK",
            "X-RateLimit-Limit: 60",
            "X-RateLimit-Remaining: 0",
            "X-RateLimit-Reset: {reset}",
            "Content-Type: application/json",
            "Content-Length: {length}",
        ],
        ..Fault::BLANK
    },
    Fault {
        name: "200, RateLimit fields at zero with a reset",
        head: &[
            "HTTP/1.1 200 OK",
            "RateLimit-Policy: \"default\";q=60;w=60",
            "RateLimit: \"default\";r=0;t=1",
            "Content-Type: application/json",
            "Content-Length: {length}",
        ],
        ..Fault::BLANK
    },
    Fault {
        name: "403",
        head: &["HTTP/1.1 403 Forbidden", "Content-Length: 0"],
        body: Body::Nothing,
        once: &["status 403"],
        always: &["status 403"],
        ..Fault::BLANK
    },
    Fault {
        name: "500",
        head: &[
            "HTTP/1.1 500 Internal Server Error",
            "Content-Type: application/json",
            "Content-Length: {length}",
        ],
        body: Body::Text(r#"{"message":"oops"}"#),
        always: &["status 500"],
        ..Fault::BLANK
    },
    Fault {
        name: "503",
        head: &["HTTP/1.1 503 Service Unavailable", "Content-Length: 0"],
        body: Body::Nothing,
        always: BUSY,
        ..Fault::BLANK
    },
    Fault {
        name: "503, then the connection closes",
        head: &[
            "HTTP/1.1 503 Service Unavailable",
            "Connection: close",
            "Content-Length: 0",
        ],
        body: Body::Nothing,
        then: Then::Close,
        always: BUSY,
        ..Fault::BLANK
    },
    Fault {
        name: "502, HTML of a proxy",
        head: &[
            "HTTP/1.1 502 Bad Gateway",
            "Content-Type: text/html",
            "Content-Length: {length}",
        ],
        body: Body::Text("<html><h1>502 Bad Gateway</h1></html>"),
        always: &["status 502"],
        ..Fault::BLANK
    },
    Fault {
        name: "200, HTML of a proxy",
        head: &[
            "HTTP/1.1 200 OK",
            "Content-Type: text/html",
            "Content-Length: {length}",
        ],
        body: Body::Text("<html>Please accept the terms of use of this network.</html>"),
        once: DECODE,
        always: DECODE,
        ..Fault::BLANK
    },
    Fault {
        name: "400",
        head: &[
            "HTTP/1.1 400 Bad Request",
            "Content-Type: application/json",
            "Content-Length: {length}",
        ],
        body: Body::Text(r#"{"message":"no such cursor"}"#),
        once: &["status 400"],
        always: &["status 400"],
        ..Fault::BLANK
    },
];
