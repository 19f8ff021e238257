//! The table of faults.
//!
//! `once` and `always` name the outcomes that are right: `all`, or what kind of
//! error ends the list. See [`crate::outcome`].

use crate::bomb::Coding;
use crate::fault::{ALL, Body, Fault, Then};
use crate::posts::Post;

const BUSY: &[&str] = &["status 503"];
const LIMITED: &[&str] = &["status 429"];
const TIMEOUT: &[&str] = &["timeout"];
const BROKEN: &[&str] = &["transport"];
const DECODE: &[&str] = &["decode"];
const REDIRECT: &[&str] = &["redirect"];
const PAGING: &[&str] = &["paging"];
const TOO_LONG: &[&str] = &["too long"];

/// Every fault of a single answer in a list.
pub static FAULTS: &[Fault] = &[
    // Statuses.
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
    // The connection.
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
    // Time.
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
    // Where the pages lead.
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
    // What HTTP forbids.
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
    // The body.
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
    // Redirects.
    Fault {
        name: "redirect to itself",
        head: &[
            "HTTP/1.1 307 Temporary Redirect",
            "Location: {target}",
            "Content-Length: 0",
        ],
        body: Body::Nothing,
        always: REDIRECT,
        ..Fault::BLANK
    },
    Fault {
        name: "redirect to another port",
        head: &[
            "HTTP/1.1 302 Found",
            "Location: {foreign}{target}",
            "Content-Length: 0",
        ],
        body: Body::Nothing,
        ..Fault::BLANK
    },
    Fault {
        name: "redirect to another host",
        head: &[
            "HTTP/1.1 307 Temporary Redirect",
            "Location: {foreign by name}{target}",
            "Content-Length: 0",
        ],
        body: Body::Nothing,
        ..Fault::BLANK
    },
    Fault {
        name: "redirect to a file",
        head: &[
            "HTTP/1.1 301 Moved Permanently",
            "Location: file:///etc/passwd",
            "Content-Length: 0",
        ],
        body: Body::Nothing,
        once: REDIRECT,
        always: REDIRECT,
        ..Fault::BLANK
    },
    Fault {
        name: "redirect with a password",
        head: &[
            "HTTP/1.1 302 Found",
            "Location: http://user:password@localhost/",
            "Content-Length: 0",
        ],
        body: Body::Nothing,
        once: REDIRECT,
        always: REDIRECT,
        ..Fault::BLANK
    },
    Fault {
        name: "redirect that says nowhere",
        head: &[
            "HTTP/1.1 302 Found",
            "Location: http://[:::]:99999/",
            "Content-Length: 0",
        ],
        body: Body::Nothing,
        once: REDIRECT,
        always: REDIRECT,
        ..Fault::BLANK
    },
];

const EMPTY: Fault = Fault {
    body: Body::Nothing,
    ..Fault::BLANK
};

/// What goes wrong with a POST.
pub static POSTS: &[Post] = &[
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
