//! JSON text to located nodes.

use jiter::{Jiter, JiterError, JiterErrorType, JsonErrorType, Peek};

use super::node::{Node, Object, Place, Value};
use super::{LoadOptions, Parsed};
use crate::diagnostic::{Diagnostic, Effect, codes};

/// Parses the text of file number `file`.
pub(super) fn parse(text: &str, file: u16, options: &LoadOptions) -> Result<Parsed, Diagnostic> {
    let mut reader = Reader {
        text: text.as_bytes(),
        jiter: Jiter::new(text.as_bytes()),
        file,
        depth: options.max_depth,
        findings: Vec::new(),
    };
    let result = (|| {
        let peek = reader.jiter.peek()?;
        let root = reader.value(peek, None)?;
        reader.jiter.finish()?;
        Ok(root)
    })();
    match result {
        Ok(root) => Ok(Parsed {
            root,
            findings: reader.findings,
        }),
        Err(stop) => Err(reader.explain(&stop, options)),
    }
}

enum Stop {
    Syntax(JiterError),
    Depth(usize),
}

impl From<JiterError> for Stop {
    fn from(error: JiterError) -> Self {
        Stop::Syntax(error)
    }
}

struct Reader<'t> {
    text: &'t [u8],
    jiter: Jiter<'t>,
    file: u16,
    depth: usize,
    findings: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn place(&self, index: usize) -> Place {
        Place {
            file: self.file,
            offset: u32::try_from(index).unwrap_or(u32::MAX),
        }
    }

    /// Reads the value that begins here; `key` is where its key stands.
    fn value(&mut self, peek: Peek, key: Option<usize>) -> Result<Node, Stop> {
        let start = self.jiter.current_index();
        let (value, at) = match peek {
            Peek::String => (Value::String(self.jiter.known_str()?.to_owned()), start),
            Peek::Object => (Value::Object(self.object()?), key.unwrap_or(start)),
            Peek::Array => (Value::Array(self.array()?), key.unwrap_or(start)),
            Peek::Null => {
                self.jiter.known_null()?;
                (Value::Null, start)
            }
            Peek::True | Peek::False => (Value::Bool(self.jiter.known_bool(peek)?), start),
            _ => {
                let bytes = self.jiter.known_number_bytes(peek)?;
                // The bytes of a number are ASCII.
                let text = std::str::from_utf8(bytes).unwrap_or("0");
                (Value::Number(text.into()), start)
            }
        };
        Ok(Node {
            value,
            place: self.place(at),
        })
    }

    fn descend(&mut self) -> Result<(), Stop> {
        match self.depth.checked_sub(1) {
            Some(depth) => self.depth = depth,
            None => return Err(Stop::Depth(self.jiter.current_index())),
        }
        Ok(())
    }

    fn array(&mut self) -> Result<Vec<Node>, Stop> {
        self.descend()?;
        let mut items = Vec::new();
        let mut next = self.jiter.known_array()?;
        while let Some(peek) = next {
            items.push(self.value(peek, None)?);
            next = self.jiter.array_step()?;
        }
        self.depth += 1;
        Ok(items)
    }

    fn object(&mut self) -> Result<Object, Stop> {
        self.descend()?;
        let mut members = Object::default();
        let mut from = self.jiter.current_index() + 1;
        let mut next = self.jiter.known_object()?.map(str::to_owned);
        while let Some(key) = next {
            let at = self.key_start(from);
            let peek = self.jiter.peek()?;
            let node = self.value(peek, Some(at))?;
            from = self.jiter.current_index();
            match members.entry(key) {
                indexmap::map::Entry::Vacant(entry) => {
                    entry.insert(node);
                }
                indexmap::map::Entry::Occupied(mut entry) => {
                    let message = format!("the key `{}` appears twice", entry.key());
                    entry.insert(node);
                    let place = self.place(at);
                    self.findings.push(super::duplicate_key(message, place));
                }
            }
            next = self.jiter.next_key()?.map(str::to_owned);
        }
        self.depth += 1;
        Ok(members)
    }

    /// The quote that opens the key, with only `,` and white space before it.
    fn key_start(&self, from: usize) -> usize {
        let rest = self.text.get(from..).unwrap_or_default();
        from + rest.iter().position(|b| *b == b'"').unwrap_or_default()
    }

    fn explain(&self, stop: &Stop, options: &LoadOptions) -> Diagnostic {
        match stop {
            Stop::Depth(index) => super::too_deep(options.max_depth, self.place(*index)),
            Stop::Syntax(error) => {
                let diagnostic = Diagnostic::error(
                    &codes::BAD_JSON,
                    format!("the JSON is malformed: {}", describe(&error.error_type)),
                )
                .place(self.place(error.index.min(self.text.len())))
                .effect(Effect::None);
                if error.index >= self.text.len() {
                    diagnostic.help("the file ends too early; it may be a broken download")
                } else {
                    diagnostic.help("correct the text at this place")
                }
            }
        }
    }
}

fn describe(error: &JiterErrorType) -> String {
    match error {
        JiterErrorType::JsonError(JsonErrorType::RecursionLimitExceeded) => {
            "nested too deeply".to_owned()
        }
        other => other.to_string(),
    }
}
