//! Redirects.

use super::REDIRECT;
use crate::fault::{Body, Fault};

pub(super) static FAULTS: &[Fault] = &[
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
