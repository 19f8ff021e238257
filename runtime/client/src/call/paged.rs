//! What differs from page to page of a list, put on a call's request.

use super::Invocation;
use crate::Error;
use crate::json::{Json, JsonObject};
use crate::mask::is_secret_name;
use crate::operation::{Codec, Place, SchemeKind};
use crate::page::{Next, PagingFault};
use crate::transport::{Address, Body, Request};
use crate::upload;
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::borrow::Cow;
use url::Url;

impl Invocation {
    /// What the caller has put in a place.
    pub(crate) fn given(&self, place: Place) -> Option<String> {
        match place {
            Place::Query(name) => {
                let extra = self.options.as_ref().map_or("", |options| &options.query);
                let mut pairs = extra.split('&').chain(self.parts.query.split('&'));
                let pair = pairs.find(|pair| name_of(pair) == name && !pair.is_empty())?;
                Some(decoded(pair.split_once('=')?.1).into_owned())
            }
            Place::Header(name) => {
                let mut headers = self.parts.headers.iter();
                let found = headers.find(|header| header.0.eq_ignore_ascii_case(name))?;
                Some(found.1.clone())
            }
            Place::Body(pointer) => match self.json_body().ok()??.pointer(pointer)? {
                Json::String(text) => Some(text.clone()),
                Json::Number(number) => Some(number.to_string()),
                _ => None,
            },
        }
    }

    fn json_body(&self) -> Result<Option<Json>, Error> {
        let Some(body) = &self.body else {
            return Ok(None);
        };
        let refused = || Error::request("only a JSON body can be sent page by page");
        if body.codec != Codec::Json {
            return Err(refused());
        }
        let body = upload::joined(&body.pieces)?;
        let bytes = body.as_bytes().ok_or_else(refused)?;
        Json::parse(bytes).map(Some).map_err(|_| refused())
    }

    /// The place that differs from page to page, with the value for one.
    fn turn<'a>(&self, page: &'a Next) -> Option<(Place, &'a Json)> {
        let Next::Value(value) = page else {
            return None;
        };
        let place = self.operation.paging.and_then(|paging| paging.rule.place());
        Some((place?, value))
    }

    /// The query of the call's parameters, and that of the caller's own, for a page.
    pub(super) fn queries(&self, page: &Next) -> (Cow<'_, str>, Cow<'_, str>) {
        let extra = self.options.as_ref().map_or("", |options| &options.query);
        let Some((Place::Query(name), value)) = self.turn(page) else {
            return (self.parts.query.as_str().into(), extra.into());
        };
        let mut query = without(&self.parts.query, |found| found == name);
        if !query.is_empty() {
            query.push('&');
        }
        query.extend(utf8_percent_encode(name, NON_ALPHANUMERIC));
        query.push('=');
        query.extend(utf8_percent_encode(&text(value), NON_ALPHANUMERIC));
        (query.into(), without(extra, |found| found == name).into())
    }

    /// The headers of a page.
    pub(super) fn put_page(&self, page: &Next, request: &mut Request) -> Result<(), Error> {
        if let Some((Place::Header(name), value)) = self.turn(page) {
            let (name, value) = crate::client::header(name, &text(value))?;
            request.headers.insert(name, value);
        }
        Ok(())
    }

    /// The body of a page, where it is another than the call's.
    pub(super) fn page_body(&self, page: &Next, request: &mut Request) -> Result<bool, Error> {
        let Some((Place::Body(pointer), value)) = self.turn(page) else {
            return Ok(false);
        };
        let mut body = self
            .json_body()?
            .unwrap_or_else(|| JsonObject::new().into());
        put(&mut body, pointer, value.clone())?;
        if self.body.is_none()
            && let Some(declared) = &self.operation.body
        {
            let media_type = HeaderValue::from_static(declared.media_type);
            request.headers.insert(CONTENT_TYPE, media_type);
        }
        request.body = Body::from(bytes::Bytes::from(body.to_vec()));
        Ok(true)
    }

    /// The URL of the next page, checked: on the server of the call (given as a
    /// path) or on an origin that the caller trusts. `from` is the URL of the answer
    /// that names it. Credentials in it are left out; they are put on when it is sent.
    pub(crate) fn next_url(
        &self,
        text: &str,
        from: Option<&Address>,
        trusted: &[url::Origin],
    ) -> Result<Next, Error> {
        let invalid = || {
            let message = format!("the next page is said to be at `{text}`, which is not a URL");
            Error::paging(PagingFault::MissingNext, message)
        };
        let home = self.home()?;
        let base = match from {
            Some(address) => Url::parse(address.as_str()).map_err(|_| invalid())?,
            None => home.clone(),
        };
        let mut to = match from {
            // A path that begins with `//` is no host.
            None if text.starts_with('/') => {
                let whole = [&home.origin().ascii_serialization(), text].concat();
                Url::parse(&whole).map_err(|_| invalid())?
            }
            _ => base.join(text.trim()).map_err(|_| invalid())?,
        };
        to.set_fragment(None);
        upgrade(&mut to, &home);
        let is_home = to.origin() == home.origin();
        let is_clean = to.username().is_empty() && to.password().is_none();
        if !is_clean || !is_home && !trusted.contains(&to.origin()) {
            let place = match is_clean {
                true => to.origin().ascii_serialization(),
                false => "a URL with a user name".to_owned(),
            };
            let message = format!(
                "the next page is said to be at {place}, not at {}: `trust_origin` lets \
                 the list go on there, with the credentials",
                home.origin().ascii_serialization()
            );
            return Err(Error::paging(PagingFault::OtherOrigin, message));
        }
        if let Some(query) = to.query() {
            let query = without(query, |name| self.is_credential(name));
            to.set_query((!query.is_empty()).then_some(query.as_str()));
        }
        Ok(Next::Url(match is_home {
            true => to[url::Position::BeforePath..].to_owned(),
            false => to.into(),
        }))
    }

    /// The address of a page whose URL is known.
    pub(super) fn page_address(&self, url: &str) -> Result<Address, Error> {
        let mut address = match url.starts_with('/') {
            true => Address::new([&self.home()?.origin().ascii_serialization(), url].concat()),
            false => Address::new(url.to_owned()),
        };
        // The caller's own credentials, which `next_url` has left out.
        let extra = self.options.as_ref().map_or("", |options| &options.query);
        address.push_query(&without(extra, |name| !self.is_credential(name)), true);
        Ok(address)
    }

    fn home(&self) -> Result<Url, Error> {
        let url = self.url(&Next::Start)?;
        Url::parse(url.as_str()).map_err(|_| Error::request("the base URL is not a URL"))
    }

    /// Whether a query parameter holds a credential: one of the API's, or one that
    /// the caller has added.
    fn is_credential(&self, name: &str) -> bool {
        let schemes = self.core.api.schemes.iter();
        let extra = self.options.as_ref().map_or("", |options| &options.query);
        schemes
            .map(|scheme| scheme.kind)
            .any(|kind| matches!(kind, SchemeKind::ApiKeyQuery { name: own } if own == name))
            || is_secret_name(name) && extra.split('&').any(|pair| name_of(pair) == name)
    }
}

/// Servers behind proxies often think that they speak plain HTTP. A request never
/// goes from https to http; the same host by https is meant.
fn upgrade(to: &mut Url, home: &Url) {
    let is_default = |url: &Url| url.port().is_none();
    if to.scheme() == "http"
        && home.scheme() == "https"
        && to.host() == home.host()
        && is_default(to)
        && is_default(home)
    {
        // Both schemes are special, so the change is allowed.
        let _ = to.set_scheme("https");
    }
}

/// A query without the pairs whose name is `dropped`.
fn without(query: &str, dropped: impl Fn(&str) -> bool) -> String {
    let mut out = String::with_capacity(query.len() + 32);
    for pair in query.split('&') {
        if pair.is_empty() || dropped(&name_of(pair)) {
            continue;
        }
        if !out.is_empty() {
            out.push('&');
        }
        out.push_str(pair);
    }
    out
}

fn name_of(pair: &str) -> Cow<'_, str> {
    decoded(pair.split('=').next().unwrap_or_default())
}

fn decoded(text: &str) -> Cow<'_, str> {
    percent_decode_str(text).decode_utf8_lossy()
}

fn text(value: &Json) -> Cow<'_, str> {
    match value {
        Json::String(text) => text.into(),
        other => other.to_string().into(),
    }
}

/// Puts a value at a pointer; objects on the way are made.
fn put(target: &mut Json, pointer: &str, value: Json) -> Result<(), Error> {
    let Some(rest) = pointer.strip_prefix('/') else {
        *target = value;
        return Ok(());
    };
    let end = rest.find('/').unwrap_or(rest.len());
    let name = rest[..end].replace("~1", "/").replace("~0", "~");
    if target.is_null() {
        *target = JsonObject::new().into();
    }
    let Json::Object(members) = target else {
        return Err(Error::request(format!(
            "the body has no object to put `{name}` of the next page in"
        )));
    };
    put(members.entry(name).or_default(), &rest[end..], value)
}
