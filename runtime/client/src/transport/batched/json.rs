//! Batches in JSON (OData JSON Format 4.01, section 19).

use super::{Batcher, Part};
use crate::Error;
use crate::format::Base64Url;
use crate::json::Json;
use crate::media_type::{essence, is_json};
use crate::model::Format;
use crate::transport::{Request, Response};
use bytes::Bytes;
use http::StatusCode;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The batch endpoint of an API that takes
/// `{"requests": [{"id", "method", "url", "headers", "body"}]}` and answers
/// `{"responses": [{"id", "status", "headers", "body"}]}` (OData JSON Format 4.01,
/// section 19), as data. Bodies must be JSON: other requests are sent alone.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct JsonBatch {
    /// The URL that the URLs in a batch are relative to, without a slash at its end.
    /// Requests to others are sent alone.
    pub base_url: String,
    /// The path of the endpoint below it: `/$batch`.
    pub path: String,
    /// How many requests a batch may hold.
    pub limit: usize,
    /// The member that lists the requests.
    pub requests: String,
    /// The member that lists the answers.
    pub responses: String,
}

impl JsonBatch {
    /// For an API at that URL: 20 requests for `/$batch`.
    pub fn new(base_url: impl Into<String>) -> Self {
        let base_url: String = base_url.into();
        Self {
            base_url: base_url.trim_end_matches('/').to_owned(),
            path: "/$batch".to_owned(),
            limit: 20,
            requests: "requests".to_owned(),
            responses: "responses".to_owned(),
        }
    }

    /// The same with another path.
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// The same with another limit.
    pub fn limit(mut self, limit: usize) -> Self {
        self.limit = limit;
        self
    }

    fn relative<'a>(&self, url: &'a str) -> Option<&'a str> {
        let rest = url.strip_prefix(self.base_url.as_str())?;
        rest.starts_with('/').then_some(rest)
    }
}

impl Batcher for JsonBatch {
    fn limit(&self) -> usize {
        self.limit
    }

    fn endpoint(&self, request: &Request) -> Option<String> {
        let rest = self.relative(request.url.as_str())?;
        let body = request.body.as_bytes()?;
        let fits = body.is_empty() || speaks_json(&request.headers);
        (fits && rest != self.path).then(|| [self.base_url.as_str(), &self.path].concat())
    }

    fn join(&self, parts: &[Part]) -> Result<(HeaderMap, Bytes), Error> {
        let mut text = format!("{{{}:[", quoted(&self.requests));
        for (number, part) in parts.iter().enumerate() {
            let url = self.relative(part.url.as_str()).unwrap_or_default();
            let comma = if number > 0 { "," } else { "" };
            text.push_str(&format!(
                "{comma}{{\"id\":\"{number}\",\"method\":{},\"url\":{}",
                quoted(part.method.as_str()),
                quoted(url)
            ));
            let headers = part.headers.iter().filter_map(|(name, value)| {
                let value = value.to_str().ok()?;
                Some(format!("{}:{}", quoted(name.as_str()), quoted(value)))
            });
            let headers: Vec<String> = headers.collect();
            text.push_str(&format!(",\"headers\":{{{}}}", headers.join(",")));
            if !part.body.is_empty() {
                let body = Json::parse(&part.body).map_err(|_| {
                    Error::request(format!("request {number} of the batch is no JSON"))
                })?;
                text.push_str(&format!(",\"body\":{body}"));
            }
            text.push('}');
        }
        text.push_str("]}");
        let headers = [(CONTENT_TYPE, JSON), (ACCEPT, JSON)];
        Ok((headers.into_iter().collect(), text.into()))
    }

    fn split(&self, count: usize, body: &Bytes) -> Result<Vec<Option<Response>>, Error> {
        let wrong = || Error::decode("the answer to the batch is not a list of answers");
        let found = Json::parse(body).map_err(|error| wrong().with_source(error))?;
        let list = found.get(self.responses.as_str()).and_then(Json::as_array);
        let mut answers: Vec<Option<Response>> = Vec::new();
        answers.resize_with(count, || None);
        let mut seen = vec![false; count];
        for answer in list.ok_or_else(wrong)? {
            let id = answer.get("id").map(|id| match id.as_str() {
                Some(text) => text.to_owned(),
                None => id.to_string(),
            });
            let number = id.and_then(|id| id.parse::<usize>().ok());
            let Some(number) = number.filter(|number| *number < count) else {
                continue;
            };
            // Of two answers to one request neither can be trusted.
            answers[number] = match std::mem::replace(&mut seen[number], true) {
                true => None,
                false => response(answer),
            };
        }
        Ok(answers)
    }
}

fn response(answer: &Json) -> Option<Response> {
    let status = u16::try_from(answer.get("status")?.as_u64()?).ok()?;
    let mut response = Response::new(StatusCode::from_u16(status).ok()?);
    for (name, value) in answer
        .get("headers")
        .and_then(Json::as_object)
        .into_iter()
        .flat_map(|all| all.iter())
    {
        let name = HeaderName::from_bytes(name.as_bytes()).ok();
        let value = value
            .as_str()
            .and_then(|text| HeaderValue::from_str(text).ok());
        if let (Some(name), Some(value)) = (name, value) {
            response.headers.append(name, value);
        }
    }
    match answer.get("body") {
        None => {}
        Some(body) if body.is_null() => {}
        Some(Json::String(text)) if names_another(&response.headers) => {
            response.body = bytes(text, &response.headers).into();
        }
        Some(body) => {
            response.headers.entry(CONTENT_TYPE).or_insert(JSON);
            response.body = body.to_vec().into();
        }
    }
    Some(response)
}

fn speaks_json(headers: &HeaderMap) -> bool {
    let value = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    value.is_some_and(|value| is_json(essence(value)))
}

/// Whether the body is said to be something other than JSON.
fn names_another(headers: &HeaderMap) -> bool {
    headers.contains_key(CONTENT_TYPE) && !speaks_json(headers)
}

/// A body that is no JSON: text as it is, else base64url (section 19.2).
fn bytes(text: &str, headers: &HeaderMap) -> Bytes {
    let media_type = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    let is_text = media_type.is_some_and(|name| name.to_ascii_lowercase().starts_with(b"text/"));
    let decoded = Base64Url::read(text).filter(|_| !is_text);
    decoded.map_or_else(|| Bytes::copy_from_slice(text.as_bytes()), |bytes| bytes.0)
}

fn quoted(text: &str) -> String {
    Json::from(text).to_string()
}
