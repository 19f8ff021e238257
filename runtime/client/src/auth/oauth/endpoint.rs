//! Requests to an authorization server.

use super::config::{ClientAuthentication, Config};
use super::error::OAuthError;
use crate::clock::Stopwatch;
use crate::json::Json;
use crate::log::{LogEvent, LogKind};
use crate::retry::wait_asked;
use crate::transport::{Address, Body, Request, Response};
use crate::{CoreClient, Error, Secret, server};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use std::time::Duration;
use url::form_urlencoded;
use zeroize::Zeroizing;

/// Answers of authorization servers are short.
const LONGEST: usize = 1 << 20;
/// How often a request is sent.
const ATTEMPTS: u32 = 3;
/// The longest wait between two attempts.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// A form to be sent to an endpoint.
pub(super) struct Form {
    text: Zeroizing<String>,
}

impl Form {
    pub(super) fn new(pairs: &[(&str, &str)]) -> Self {
        let mut form = Self {
            text: Zeroizing::default(),
        };
        for (name, value) in pairs {
            form.push(name, value);
        }
        form
    }

    pub(super) fn push(&mut self, name: &str, value: &str) {
        if !self.text.is_empty() {
            self.text.push('&');
        }
        self.text.push_str(&encoded(name));
        self.text.push('=');
        self.text.push_str(&encoded(value));
    }
}

/// As forms are (RFC 6749, appendix B).
fn encoded(text: &str) -> Zeroizing<String> {
    Zeroizing::new(form_urlencoded::byte_serialize(text.as_bytes()).collect())
}

/// What an endpoint answered.
pub(super) enum Answer {
    Granted(Json),
    Refused(OAuthError),
}

/// Posts `form` with the client's own credentials.
pub(super) async fn post(
    client: &CoreClient,
    config: &Config,
    url: &str,
    mut form: Form,
) -> Result<Answer, Error> {
    let mut headers = HeaderMap::new();
    authenticate(config, url, &mut headers, &mut form)?;
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/x-www-form-urlencoded"),
    );
    let body = form.text.as_bytes();
    let (status, json) = exchange(client, config, Method::POST, url, &headers, body).await?;
    match (OAuthError::from_json(&json), status.is_success()) {
        // Some servers refuse with the status 200.
        (Some(error), _) => Ok(Answer::Refused(error)),
        (None, true) => Ok(Answer::Granted(json)),
        (None, false) => Err(Error::credential(format!(
            "the authorization server answered {status} and gives no reason ({url})",
            url = Address::new(url.to_owned())
        ))),
    }
}

/// A document of the authorization server.
pub(super) async fn get(client: &CoreClient, config: &Config, url: &str) -> Result<Json, Error> {
    let headers = HeaderMap::new();
    let (status, json) = exchange(client, config, Method::GET, url, &headers, b"").await?;
    if !status.is_success() {
        let url = Address::new(url.to_owned());
        return Err(Error::credential(format!("{url} answered {status}")));
    }
    Ok(json)
}

fn authenticate(
    config: &Config,
    url: &str,
    headers: &mut HeaderMap,
    form: &mut Form,
) -> Result<(), Error> {
    #[cfg(feature = "private-key-jwt")]
    if let Some(key) = &config.client_key {
        let audience = config.issuer.as_deref().unwrap_or(url);
        let assertion = key.assertion(&config.client_id, audience)?;
        form.push("client_id", &config.client_id);
        form.push(
            "client_assertion_type",
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        );
        form.push("client_assertion", assertion.expose());
        return Ok(());
    }
    // Only keys sign for a server.
    let _ = url;
    let Some(secret) = &config.client_secret else {
        form.push("client_id", &config.client_id);
        return Ok(());
    };
    match config.client_authentication {
        ClientAuthentication::Basic => {
            headers.insert(AUTHORIZATION, basic(&config.client_id, secret)?);
        }
        ClientAuthentication::Body => {
            form.push("client_id", &config.client_id);
            form.push("client_secret", secret.expose());
        }
    }
    Ok(())
}

/// RFC 6749, section 2.3.1: both parts are encoded as forms are.
fn basic(id: &str, secret: &Secret) -> Result<HeaderValue, Error> {
    let pair = Zeroizing::new([&*encoded(id), ":", &*encoded(secret.expose())].concat());
    let text = Zeroizing::new(format!("Basic {}", STANDARD.encode(pair.as_bytes())));
    let mut value = HeaderValue::from_str(&text)
        .map_err(|_| Error::credential("the client's secret cannot be sent"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// Sends a request, and again while the server is not there or says that it is
/// too busy: it has done nothing then. What may have been carried out is not sent
/// again, since a refresh token may be good for one use.
async fn exchange(
    client: &CoreClient,
    config: &Config,
    method: Method,
    url: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<(StatusCode, Json), Error> {
    server::refuse_plain_http(url, client.0.plain_http)?;
    let mut attempt = 1;
    loop {
        let request = request(client, config, &method, url, headers, body);
        let address = request.url.clone();
        let result = send(client, request).await;
        let wait = match &result {
            _ if attempt == ATTEMPTS => None,
            Err(error) if error.is_connect() => Some(None),
            Ok(answer) if matches!(answer.status.as_u16(), 429 | 503) => {
                Some(wait_asked(Some(answer.status), &answer.headers))
            }
            _ => None,
        };
        let Some(wait) = wait else {
            let answer = result.map_err(|error| error.with_url(&address))?;
            let status = answer.status;
            let form = is_form(&answer);
            let body = answer.body.collect(LONGEST).await;
            let body = body.map_err(|error| error.with_url(&address))?;
            return Ok((status, read(&body, form)));
        };
        let pause = Duration::from_millis(250) * 2u32.pow(attempt);
        let pause = wait.unwrap_or(pause).min(LONGEST_WAIT);
        client.0.transport.sleep(pause).await;
        attempt += 1;
    }
}

fn request(
    client: &CoreClient,
    config: &Config,
    method: &Method,
    url: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Request {
    let mut headers = headers.clone();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    if let Some(product) = client.0.headers.get(http::header::USER_AGENT) {
        headers.insert(http::header::USER_AGENT, product.clone());
    }
    Request {
        method: method.clone(),
        url: Address::new(url.to_owned()),
        headers,
        body: Body::from(body.to_vec()),
        timeout: Some(config.timeout),
        streams: false,
    }
}

/// Shows heads alone in the wire log: the bodies are made of secrets.
async fn send(client: &CoreClient, request: Request) -> Result<Response, Error> {
    const NAME: &str = "OAuth 2";
    let log = client.0.log.as_ref();
    let write = |kind: LogKind<'_>, headers: Option<&HeaderMap>| {
        if let Some(log) = log {
            log.write(LogEvent::new(NAME, kind, headers, None));
        }
    };
    write(
        LogKind::Request {
            method: &request.method,
            url: request.url.to_string(),
        },
        Some(&request.headers),
    );
    let watch = Stopwatch::start_if(log.is_some(), &*client.0.transport);
    let result = client.0.transport.send(request).await;
    match &result {
        Ok(answer) => write(
            LogKind::Response {
                status: answer.status,
                elapsed: watch.elapsed(),
            },
            Some(&answer.headers),
        ),
        Err(error) => write(LogKind::Failure { error }, None),
    }
    result
}

fn is_form(answer: &Response) -> bool {
    let media_type = answer.headers.get(CONTENT_TYPE);
    let media_type = media_type.and_then(|value| value.to_str().ok());
    media_type.is_some_and(|text| text.starts_with("application/x-www-form-urlencoded"))
}

/// JSON, or a form, which some servers answer with; `null` for anything else.
fn read(body: &[u8], form: bool) -> Json {
    if form {
        let pairs = form_urlencoded::parse(body);
        let members = pairs.map(|(name, value)| (name.into_owned(), Json::from(&*value)));
        return Json::Object(members.collect());
    }
    Json::parse(body).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clients_credentials() {
        // The example of RFC 6749, section 2.3.1, and what must be encoded.
        let value = basic("s6BhdRkqt3", &Secret::from("7Fjfp0ZBr1KtDRbnfVdmIw"));
        let value = value.expect("a header");
        assert!(value.is_sensitive());
        assert_eq!(value, "Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3");
        let value = basic("a:b", &Secret::from("p+ %")).expect("a header");
        let expected = format!("Basic {}", STANDARD.encode("a%3Ab:p%2B+%25"));
        assert_eq!(value, expected.as_str());
    }

    #[test]
    fn answers_in_forms() {
        let json = read(b"access_token=a%26b&scope=x+y", true);
        assert_eq!(json["access_token"].as_str(), Some("a&b"));
        assert_eq!(json["scope"].as_str(), Some("x y"));
        assert!(read(b"<html>", false).is_null());
    }
}
