//! What can be set on every call.

use super::{Call, Invocation};
use crate::client::header;
use crate::operation::Repeat;
use crate::{Compression, Credential, Error, Hedge, Retry, auth, server};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::time::Duration;

/// Settings of a single call, on every generated call. They go before those of
/// the client.
///
/// Where an operation has a parameter of the same name, its method is the one
/// that `call.query(...)` means; `CallOptions::query(call, ...)` is this one.
pub trait CallOptions: Sized {
    /// For generated code: the call inside.
    #[doc(hidden)]
    fn call_mut(&mut self) -> &mut Call;

    /// A header for this call, in place of one that the client would set.
    fn header(mut self, name: &str, value: &str) -> Self {
        self.call_mut().0.set_header(name, value);
        self
    }

    /// The media type to ask the server for, in place of all that the operation
    /// declares (`Accept`): the operation's result says which one came.
    fn accept(self, media_type: &str) -> Self {
        self.header("Accept", media_type)
    }

    /// The media type to send the body as (`Content-Type`): another name of the
    /// same format (`application/vnd.acme+json`), or a form in place of JSON where
    /// the operation takes both. What has a method of its own is sent by that.
    fn media_type(mut self, media_type: &str) -> Self {
        self.call_mut().0.set_media_type(media_type);
        self
    }

    /// Whether this call is checked against the constraints of the API's
    /// description before it is sent, whatever the client does by default. The
    /// client must have been built with
    /// [`ClientBuilder::check_requests`](crate::ClientBuilder::check_requests),
    /// with `true` or `false`.
    #[cfg(feature = "checks")]
    fn check_request(mut self, check: bool) -> Self {
        self.call_mut().0.options_mut().check = Some(check);
        self
    }

    /// One more query parameter: for those that the API's description forgot.
    fn query(mut self, name: &str, value: &str) -> Self {
        self.call_mut().0.add_query(name, value);
        self
    }

    /// How long this call may take from its start to the end of the answer, all
    /// attempts and waits included.
    fn timeout(mut self, limit: Duration) -> Self {
        self.call_mut().0.options_mut().timeout = Some(limit);
        self
    }

    /// How long a single attempt of this call may take.
    fn attempt_timeout(mut self, limit: Duration) -> Self {
        self.call_mut().0.options_mut().attempt_timeout = Some(limit);
        self
    }

    /// When this call is tried again, whatever the client does.
    fn retry(mut self, policy: Retry) -> Self {
        self.call_mut().0.options_mut().retry = Some(policy);
        self
    }

    /// Sends this call once.
    fn no_retries(self) -> Self {
        self.retry(Retry::never())
    }

    /// A second request where this call takes long, if its method is safe.
    fn hedge(mut self, hedge: Hedge) -> Self {
        self.call_mut().0.options_mut().hedge = Some(hedge);
        self
    }

    /// Whether this call may be sent again when it is not known what became of it,
    /// in place of what the operation says.
    fn repeat(mut self, repeat: Repeat) -> Self {
        self.call_mut().0.options_mut().repeat = Some(repeat);
        self
    }

    /// The key by which the server knows this call again, in place of one that is
    /// made for it: for calls that another run of the program may repeat. It goes
    /// into the header that the operation names for it, else into
    /// `Idempotency-Key`, and makes the call one that may be repeated.
    fn idempotency_key(mut self, key: &str) -> Self {
        self.call_mut().0.set_idempotency_key(key);
        self
    }

    /// A value for hooks ([`Attempt::extension`](crate::Attempt::extension)), in
    /// place of one of the same type.
    fn extension<T: Clone + Send + Sync + 'static>(mut self, value: T) -> Self {
        self.call_mut().0.options_mut().extensions.insert(value);
        self
    }

    /// Sends the body of this call compressed, or as it is with
    /// [`Compression::off`], whatever the client does.
    fn compress(mut self, compression: Compression) -> Self {
        self.call_mut().0.options_mut().compression = Some(compression);
        self
    }

    /// Sends this call to another base URL, credentials included.
    fn base_url(mut self, url: &str) -> Self {
        self.call_mut().0.set_base_url(url);
        self
    }

    /// A credential for this call, before those of the client.
    fn credential(mut self, credential: Credential) -> Self {
        self.call_mut().0.set_credential(&credential);
        self
    }

    /// Sends this call without a credential.
    fn anonymous(mut self) -> Self {
        self.call_mut().0.options_mut().anonymous = true;
        self
    }
}

impl CallOptions for Call {
    fn call_mut(&mut self) -> &mut Call {
        self
    }
}

// Outside the trait, so that no operation holds a copy of them.
impl Invocation {
    fn keep<T>(&mut self, result: Result<T, Error>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.refuse(error);
                None
            }
        }
    }

    fn set_header(&mut self, name: &str, value: &str) {
        if let Some(pair) = self.keep(header(name, value)) {
            self.options_mut().headers.push(pair);
        }
    }

    fn add_query(&mut self, name: &str, value: &str) {
        let query = &mut self.options_mut().query;
        if !query.is_empty() {
            query.push('&');
        }
        query.extend(utf8_percent_encode(name, NON_ALPHANUMERIC));
        query.push('=');
        query.extend(utf8_percent_encode(value, NON_ALPHANUMERIC));
    }

    fn set_idempotency_key(&mut self, key: &str) {
        let name = match self.repeated() {
            Repeat::Key(name) => name,
            _ => "Idempotency-Key",
        };
        self.set_header(name, key);
        self.options_mut().repeat = Some(Repeat::Key(name));
    }

    fn set_base_url(&mut self, url: &str) {
        if let Some(url) = self.keep(server::checked(url)) {
            self.options_mut().base_url = Some(url);
        }
    }

    fn set_credential(&mut self, credential: &Credential) {
        let prepared = auth::prepare(self.core.api, credential);
        if let Some(prepared) = self.keep(prepared) {
            self.options_mut().credential = Some((credential.scheme(), prepared));
        }
    }
}
