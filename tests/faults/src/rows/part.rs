//! Answers in a batch that are wrong.

use super::DECODE;
use crate::fault::ALL;
use crate::layers::parts::Part;

const BLANK: Part = Part {
    name: "",
    text: "",
    alone: "200 OK",
    carried_out: true,
    once: DECODE,
    without_key: DECODE,
    always: DECODE,
};

pub(super) static PARTS: &[Part] = &[
    Part {
        name: "429",
        text: r#"{"id":"{id}","status":429,"headers":{"Retry-After":"0"}}"#,
        alone: "429 Too Many Requests",
        carried_out: false,
        once: ALL,
        without_key: ALL,
        always: &["status 429"],
    },
    Part {
        name: "500",
        text: r#"{"id":"{id}","status":500,"body":{"message":"oops"}}"#,
        alone: "500 Internal Server Error",
        once: ALL,
        without_key: &["status 500"],
        always: &["status 500"],
        ..BLANK
    },
    Part {
        name: "404",
        text: r#"{"id":"{id}","status":404,"body":{"message":"no such thing"}}"#,
        alone: "404 Not Found",
        carried_out: false,
        once: &["status 404"],
        without_key: &["status 404"],
        always: &["status 404"],
    },
    Part {
        name: "no answer",
        ..BLANK
    },
    Part {
        name: "two answers that differ",
        text: r#"{right},{"id":"{id}","status":200,"body":{"id":0,"name":"thing 0 of alice"}}"#,
        ..BLANK
    },
    Part {
        name: "the id of no request",
        text: r#"{"id":"99","status":200,"body":{"id":0,"name":"thing 0 of alice"}}"#,
        ..BLANK
    },
    Part {
        name: "an id that is no number",
        text: r#"{"id":{"a":1},"status":200,"body":{"id":0,"name":"thing 0 of alice"}}"#,
        ..BLANK
    },
    Part {
        name: "a status that is none",
        text: r#"{"id":"{id}","status":99,"body":{"id":0,"name":"thing 0 of alice"}}"#,
        ..BLANK
    },
    Part {
        name: "no status",
        text: r#"{"id":"{id}"}"#,
        ..BLANK
    },
    Part {
        name: "a body of another shape",
        text: r#"{"id":"{id}","status":200,"body":["no thing"]}"#,
        ..BLANK
    },
    Part {
        name: "no body",
        text: r#"{"id":"{id}","status":200}"#,
        ..BLANK
    },
];
