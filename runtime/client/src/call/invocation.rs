//! What a call holds.

use super::{raw, request};
use crate::auth::Prepared;
use crate::client::Core;
use crate::codec::parameter::{self, Parts};
use crate::coding::Compression;
use crate::model::View;
use crate::operation::{Body, Codec, Location, Operation, Repeat};
use crate::transport::BoxFuture;
use crate::upload::Upload;
use crate::{Error, Hedge, Retry, hook};
use http::{HeaderName, HeaderValue};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

/// A call as it is put together, and then sent: an operation, and what it is called with.
pub(crate) struct Invocation {
    pub(super) core: Arc<Core>,
    pub(super) operation: &'static Operation,
    /// Where there is no operation of the API; `operation` stands in for it.
    pub(super) raw: Option<Box<raw::Raw>>,
    pub(super) parts: Parts,
    /// Which piece of the query string belongs to which parameter.
    pub(super) queries: Vec<(usize, Range<usize>)>,
    pub(super) body: Option<Encoded>,
    pub(super) options: Option<Box<Options>>,
    pub(super) error: Option<Error>,
    /// Made for this call, where the operation asks for one.
    pub(super) key: Option<(HeaderName, HeaderValue)>,
    /// What its parts break, where the client checks requests.
    #[cfg(feature = "checks")]
    pub(super) violations: Vec<(crate::check::Part, crate::Violation)>,
}

/// A body ready to be sent.
pub(super) struct Encoded {
    pub(super) media_type: HeaderValue,
    pub(super) codec: Codec,
    pub(super) pieces: Vec<Upload>,
}

/// What the caller sets for this call alone.
#[derive(Default)]
pub(super) struct Options {
    pub(super) base_url: Option<String>,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) query: String,
    pub(super) timeout: Option<Duration>,
    pub(super) attempt_timeout: Option<Duration>,
    pub(super) retry: Option<Retry>,
    pub(super) repeat: Option<Repeat>,
    pub(super) hedge: Option<Hedge>,
    pub(super) extensions: hook::Values,
    pub(super) compression: Option<Compression>,
    pub(super) credential: Option<(u16, Prepared)>,
    pub(super) anonymous: bool,
    #[cfg(feature = "checks")]
    pub(super) check: Option<bool>,
}

impl Invocation {
    pub(crate) fn new(core: Arc<Core>, operation: &'static Operation) -> Self {
        Self {
            core,
            operation,
            raw: None,
            parts: Parts::default(),
            queries: Vec::new(),
            body: None,
            options: None,
            error: None,
            key: None,
            #[cfg(feature = "checks")]
            violations: Vec::new(),
        }
    }

    /// Sets parameter `index` of the operation, in place of a value set before.
    pub(super) fn set_parameter(&mut self, index: usize, value: View<'_>) {
        let Some(parameter) = self.operation.parameters.get(index) else {
            return;
        };
        #[cfg(feature = "checks")]
        self.examine(crate::check::Part::Parameter(index), &value);
        let is_query = parameter.location == Location::Query;
        if is_query {
            self.remove_query(index);
        }
        let start = self.parts.query.len();
        if let Err(error) = parameter::encode(parameter, value, &mut self.parts) {
            let message = format!("the parameter `{}` cannot be written", parameter.name);
            self.refuse(Error::request(message).with_source(error));
        }
        let end = self.parts.query.len();
        if is_query && end > start {
            self.queries.push((index, start..end));
        }
    }

    /// Takes a query parameter out again.
    fn remove_query(&mut self, index: usize) {
        let Some(at) = self.queries.iter().position(|(known, _)| *known == index) else {
            return;
        };
        let (_, range) = self.queries.remove(at);
        // The first piece has no `&` before it: the one after it is taken along.
        let end = match self.parts.query.as_bytes().get(range.end) {
            Some(b'&') if range.start == 0 => range.end + 1,
            _ => range.end,
        };
        self.parts.query.replace_range(range.start..end, "");
        for (_, other) in &mut self.queries[at..] {
            // The new first piece begins with what was its `&`.
            let start = other.start.saturating_sub(end - range.start);
            *other = start..other.end - (end - range.start);
        }
    }

    /// Sets the body, in the media type `other` of the body's others.
    pub(super) fn set_body(&mut self, other: Option<usize>, value: View<'_>) {
        if matches!(value, View::Absent) {
            return;
        }
        let declared = self.operation.body.as_ref();
        let body = match other {
            Some(index) => declared.and_then(|body| body.others.get(index)),
            None => declared,
        };
        if let Some(body) = body {
            #[cfg(feature = "checks")]
            self.examine(crate::check::Part::Body(other), &value);
            match request::encode_body(body, value) {
                Ok(encoded) => self.body = Some(encoded),
                Err(error) => self.refuse(error),
            }
        }
    }

    pub(super) fn set_upload(&mut self, body: Option<&'static Body>, content: Upload) {
        if let Some(body) = body {
            self.body = Some(Encoded {
                media_type: HeaderValue::from_static(body.media_type),
                codec: body.codec,
                pieces: vec![content],
            });
        }
    }

    pub(crate) fn operation(&self) -> &'static Operation {
        self.operation
    }

    pub(crate) fn extensions(&self) -> Option<&hook::Values> {
        Some(&self.options.as_ref()?.extensions)
    }

    /// Waits, by the transport's timer.
    pub(crate) fn sleep(&self, time: Duration) -> BoxFuture<()> {
        self.core.transport.sleep(time)
    }

    /// Keeps the first mistake.
    pub(super) fn refuse(&mut self, error: Error) {
        self.error.get_or_insert(error);
    }

    pub(super) fn options_mut(&mut self) -> &mut Options {
        self.options.get_or_insert_default()
    }
}

impl fmt::Debug for Invocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("operation", &self.label())
            .field("method", &self.method_name())
            .field("path", &self.path_template())
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}
