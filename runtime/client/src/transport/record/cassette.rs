//! The file: one line of JSON for its settings, then one for each exchange.

use super::scrub::Scrub;
use crate::json::{Json, JsonObject};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use http::{Method, StatusCode};

/// The version of the format.
const VERSION: i64 = 1;

/// A request as it is kept, and compared.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Asked {
    pub(super) method: String,
    pub(super) url: String,
    pub(super) headers: Json,
    pub(super) body: Json,
}

/// An answer as it is kept.
#[derive(Debug, Clone)]
pub(super) struct Answered {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// The first line.
pub(super) fn head(scrub: &Scrub) -> String {
    let names = Json::from(scrub.names().to_vec());
    Json::from([("cassette", Json::from(VERSION)), ("names", names)]).to_string()
}

/// What the first line says: the names of secrets.
pub(super) fn read_head(line: &str) -> Result<Vec<String>, String> {
    let head = Json::parse(line.as_bytes()).map_err(|error| error.to_string())?;
    if head["cassette"].as_i64() != Some(VERSION) {
        return Err(format!("not a cassette of version {VERSION}"));
    }
    let names = head["names"].as_array().unwrap_or_default();
    Ok(names
        .iter()
        .filter_map(|name| name.as_str().map(str::to_owned))
        .collect())
}

/// A request without its secrets. `body` is `None` where it is a stream.
pub(super) fn asked(
    scrub: &Scrub,
    method: &Method,
    url: &str,
    headers: &HeaderMap,
    content: Option<&Bytes>,
) -> Asked {
    Asked {
        method: method.to_string(),
        url: scrub.text(url),
        headers: map(scrub, headers),
        body: match content {
            Some(content) => body(scrub, headers, content),
            None => Json::from([("stream", Json::from(true))]),
        },
    }
}

/// An exchange as a line.
pub(super) fn line(
    scrub: &Scrub,
    asked: &Asked,
    status: StatusCode,
    headers: &HeaderMap,
    content: &Bytes,
) -> String {
    let mut request = JsonObject::new();
    request.insert("method".into(), asked.method.clone().into());
    request.insert("url".into(), scrub.text(&asked.url).into());
    request.insert("headers".into(), scrub.json(&asked.headers));
    if !asked.body.is_null() {
        request.insert("body".into(), scrub.json(&asked.body));
    }
    let mut response = JsonObject::new();
    response.insert("status".into(), i64::from(status.as_u16()).into());
    response.insert("headers".into(), map(scrub, headers));
    let content = body(scrub, headers, content);
    if !content.is_null() {
        response.insert("body".into(), content);
    }
    let whole = [
        ("request", Json::Object(request)),
        ("response", Json::Object(response)),
    ];
    Json::from(whole).to_string()
}

/// An exchange from its line.
pub(super) fn read_line(line: &str) -> Result<(Asked, Answered), String> {
    let whole = Json::parse(line.as_bytes()).map_err(|error| error.to_string())?;
    let (request, response) = (&whole["request"], &whole["response"]);
    let text = |value: &Json, what: &str| {
        let text = value.as_str().map(str::to_owned);
        text.ok_or_else(|| format!("{what} is missing"))
    };
    let asked = Asked {
        method: text(&request["method"], "the method")?,
        url: text(&request["url"], "the URL")?,
        headers: request["headers"].clone(),
        body: request["body"].clone(),
    };
    let status = response["status"]
        .as_u64()
        .and_then(|code| u16::try_from(code).ok());
    let status = status.and_then(|code| StatusCode::from_u16(code).ok());
    let mut headers = HeaderMap::new();
    for (name, values) in response["headers"].as_object().into_iter().flatten() {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|error| error.to_string())?;
        let one = std::slice::from_ref(values);
        for value in values.as_array().unwrap_or(one) {
            let value = HeaderValue::from_str(value.as_str().unwrap_or_default());
            headers.append(&name, value.map_err(|error| error.to_string())?);
        }
    }
    let body = content(&response["body"])?;
    // Masks are shorter or longer than what they stand for.
    headers.remove(CONTENT_LENGTH);
    Ok((
        asked,
        Answered {
            status: status.ok_or("the status is missing")?,
            headers,
            body,
        },
    ))
}

/// Headers by name; several values of one are an array.
fn map(scrub: &Scrub, headers: &HeaderMap) -> Json {
    let mut map = JsonObject::new();
    for name in headers.keys() {
        let values = headers.get_all(name).iter();
        let mut texts: Vec<Json> = values
            .map(|value| scrub.header(name, value).into())
            .collect();
        let value = match texts.len() {
            1 => texts.remove(0),
            _ => Json::Array(texts),
        };
        map.insert(name.as_str().to_owned(), value);
    }
    Json::Object(map)
}

/// A body: JSON as the value that it is, text as text, all else in base64. What is
/// empty is null.
fn body(scrub: &Scrub, headers: &HeaderMap, content: &Bytes) -> Json {
    if content.is_empty() {
        return Json::Null;
    }
    let media_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let media_type = crate::media_type::essence(media_type.unwrap_or_default());
    if crate::media_type::is_json(media_type)
        && let Ok(value) = Json::parse(content)
    {
        return Json::from([("json", scrub.json(&value))]);
    }
    match std::str::from_utf8(content) {
        Ok(text) if media_type.ends_with("form-urlencoded") => {
            Json::from([("text", Json::from(scrub.form(text)))])
        }
        Ok(text) => Json::from([("text", Json::from(scrub.body_text(text)))]),
        Err(_) => {
            let coded = STANDARD.encode(scrub.bytes(content));
            Json::from([("base64", Json::from(coded))])
        }
    }
}

/// A body from what was kept of it.
fn content(kept: &Json) -> Result<Bytes, String> {
    if let Some(text) = kept["text"].as_str() {
        return Ok(Bytes::copy_from_slice(text.as_bytes()));
    }
    if let Some(coded) = kept["base64"].as_str() {
        let bytes = STANDARD.decode(coded).map_err(|error| error.to_string())?;
        return Ok(bytes.into());
    }
    match kept.get("json") {
        Some(value) => Ok(value.to_vec().into()),
        None => Ok(Bytes::new()),
    }
}
