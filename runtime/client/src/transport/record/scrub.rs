//! Secrets kept out of the file: by place, by name, and wherever else they turn up.

use crate::json::{Json, JsonObject};
use crate::mask::{self, MASK};
use crate::transport::Address;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Shorter ones are masked in their places; looked for everywhere, they would be
/// found in every other word.
const SHORTEST: usize = 4;

/// How the names of members end whose values are secrets. Narrower than what logs
/// mask: `code` and `key` are data as a rule, and a masked date is no date.
const SECRET_ENDS: &[&str] = &[
    "token",
    "tokenkey",
    "apikey",
    "accesskey",
    "secret",
    "secretkey",
    "password",
    "passwd",
    "passphrase",
    "privatekey",
    "authorization",
    "signature",
    "assertion",
    "sessionid",
    "cookie",
];

/// What is known to be secret.
#[derive(Default)]
pub(super) struct Scrub {
    names: Vec<String>,
    /// In all spellings, the longest first.
    secrets: Mutex<Vec<String>>,
}

impl Scrub {
    pub(super) fn new(names: Vec<String>) -> Self {
        Self {
            names,
            secrets: Mutex::default(),
        }
    }

    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// One more name of secrets.
    pub(super) fn add_name(&mut self, name: String) {
        self.names.push(name);
    }

    fn secrets(&self) -> MutexGuard<'_, Vec<String>> {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A text that is never written.
    pub(super) fn add(&self, secret: &str) {
        if secret.len() < SHORTEST || secret == MASK {
            return;
        }
        let quoted = Json::from(secret).to_string();
        let spellings = [
            secret.to_owned(),
            utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string(),
            percent_decode_str(secret).decode_utf8_lossy().into_owned(),
            quoted.trim_matches('"').to_owned(),
            STANDARD.encode(secret).trim_end_matches('=').to_owned(),
        ];
        let mut secrets = self.secrets();
        for spelling in spellings {
            if spelling.len() >= SHORTEST && !secrets.contains(&spelling) {
                secrets.push(spelling);
            }
        }
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    }

    /// Learns the credentials of a request.
    pub(super) fn learn(&self, url: &Address, headers: &HeaderMap) {
        for (name, value) in headers {
            if let Ok(text) = value.to_str()
                && (value.is_sensitive() || self.is_secret(name.as_str()))
            {
                self.learn_header(text);
            }
        }
        let (_, query) = url.as_str().split_once('?').unwrap_or_default();
        let secret = url.secret_query();
        for pair in query.split('&') {
            if let Some((name, value)) = pair.split_once('=')
                && self.is_secret(name)
            {
                self.add(value);
            }
        }
        for pair in secret.split('&') {
            self.add(pair.split_once('=').map_or(pair, |(_, value)| value));
        }
    }

    /// A credential, with and without the scheme before it (RFC 9110, section 11.4);
    /// cookies one by one.
    fn learn_header(&self, text: &str) {
        self.add(text);
        let (scheme, rest) = text.split_once(' ').unwrap_or(("", text));
        self.add(rest.trim());
        if scheme.eq_ignore_ascii_case("basic")
            && let Ok(login) = STANDARD.decode(rest.trim())
            && let Ok(login) = std::str::from_utf8(&login)
        {
            self.add(login);
            self.add(login.split_once(':').map_or("", |(_, password)| password));
        }
        for cookie in text.split(';') {
            if let Some((_, value)) = cookie.split_once('=') {
                self.add(value.trim());
            }
        }
    }

    /// Learns the cookies that an answer sets, and tokens in its body.
    pub(super) fn learn_answer(&self, headers: &HeaderMap, body: &[u8]) {
        for value in headers.get_all(http::header::SET_COOKIE) {
            let first = value.to_str().unwrap_or_default().split(';').next();
            if let Some((_, value)) = first.and_then(|cookie| cookie.split_once('=')) {
                self.add(value.trim());
            }
        }
        self.learn_body(body);
    }

    /// Learns the secrets that members of JSON hold.
    pub(super) fn learn_body(&self, body: &[u8]) {
        if let Ok(value) = Json::parse(body) {
            self.learn_json(&value);
        }
    }

    fn learn_json(&self, value: &Json) {
        match value {
            Json::Array(items) => items.iter().for_each(|item| self.learn_json(item)),
            Json::Object(members) => {
                for (name, value) in members {
                    match value.as_str() {
                        Some(text) if self.is_secret_member(name) => self.add(text),
                        _ => self.learn_json(value),
                    }
                }
            }
            _ => {}
        }
    }

    /// Whether a header or a parameter of this name holds a secret.
    fn is_secret(&self, name: &str) -> bool {
        mask::is_secret_name(name) || self.is_named(name)
    }

    fn is_named(&self, name: &str) -> bool {
        self.names
            .iter()
            .any(|known| known.eq_ignore_ascii_case(name))
    }

    /// Whether a member of this name does.
    fn is_secret_member(&self, name: &str) -> bool {
        let letters = name.chars().filter(char::is_ascii_alphanumeric);
        let plain: String = letters.map(|c| c.to_ascii_lowercase()).collect();
        SECRET_ENDS.iter().any(|end| plain.ends_with(end)) || self.is_named(name)
    }

    /// A text with all known secrets masked.
    pub(super) fn text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in &*self.secrets() {
            if text.contains(secret.as_str()) {
                text = text.replace(secret.as_str(), MASK);
            }
        }
        text
    }

    /// A URL: its query by names, too.
    pub(super) fn url(&self, url: &Address) -> String {
        let masked = url.to_string();
        match masked.split_once('?') {
            Some((path, query)) => self.text(&format!("{path}?{}", self.form(query))),
            None => self.text(&masked),
        }
    }

    /// `name=value&name=value`.
    pub(super) fn form(&self, text: &str) -> String {
        let pairs = text.split('&').map(|pair| match pair.split_once('=') {
            Some((name, _)) if self.is_secret(name) => format!("{name}={MASK}"),
            _ => self.text(pair),
        });
        pairs.collect::<Vec<_>>().join("&")
    }

    /// Text that may hold JSON, as that of events does.
    pub(super) fn body_text(&self, text: &str) -> String {
        self.text(&mask::json_where(text, &|name| {
            self.is_secret_member(name.trim_matches('"'))
        }))
    }

    pub(super) fn header(&self, name: &HeaderName, value: &HeaderValue) -> String {
        if value.is_sensitive() || self.is_secret(name.as_str()) {
            return MASK.to_owned();
        }
        self.text(&String::from_utf8_lossy(value.as_bytes()))
    }

    /// JSON, its members by names, too.
    pub(super) fn json(&self, value: &Json) -> Json {
        match value {
            Json::String(text) => self.text(text).into(),
            Json::Array(items) => items.iter().map(|item| self.json(item)).collect(),
            Json::Object(members) => {
                let mut out = JsonObject::new();
                for (name, value) in members {
                    let hidden = matches!(value, Json::String(_) | Json::Number(_))
                        && self.is_secret_member(name);
                    let value = match hidden {
                        true => MASK.into(),
                        false => self.json(value),
                    };
                    out.insert(self.text(name), value);
                }
                Json::Object(out)
            }
            other => other.clone(),
        }
    }

    /// Bytes that are no text.
    pub(super) fn bytes(&self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for secret in &*self.secrets() {
            let secret = secret.as_bytes();
            let mut from = 0;
            while let Some(at) = find(&bytes[from..], secret) {
                bytes.splice(from + at..from + at + secret.len(), MASK.bytes());
                from += at + MASK.len();
            }
        }
        bytes
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_found_everywhere() {
        let scrub = Scrub::new(vec!["X-Own".into(), "own".into()]);
        let mut headers = HeaderMap::new();
        let login = STANDARD.encode("user:pa/ss w\"rd");
        let basic = format!("Basic {login}");
        headers.insert(
            "authorization",
            HeaderValue::from_str(&basic).expect("text"),
        );
        headers.insert(
            "cookie",
            HeaderValue::from_static("sid=c00kie; theme=light"),
        );
        headers.insert("x-own", HeaderValue::from_static("0wn-value"));
        let mut url = Address::new("https://h.example/a?page=2&api_key=k3yk3y".into());
        url.push_query("appid=s%2Fcret", true);
        scrub.learn(&url, &headers);
        scrub.learn_answer(
            &headers,
            br#"{"a": [{"access_token": "t0ken", "code": "data"}]}"#,
        );
        assert_eq!(
            scrub.url(&url),
            "https://h.example/a?page=2&api_key=***&appid=***"
        );
        for secret in [
            "pa/ss w\"rd",
            "pa%2Fss%20w%22rd",
            &login,
            "c00kie",
            "0wn-value",
            "k3yk3y",
            "s/cret",
            "t0ken",
        ] {
            let text = format!("before {secret} after");
            assert_eq!(scrub.text(&text), "before *** after", "{secret}");
            let binary = scrub.bytes(format!("\u{0}{secret}\u{0}").as_bytes());
            assert_eq!(binary, b"\0***\0");
        }
        let body = Json::parse(
            br#"{"own": 12, "password": "x", "code": "data", "has_token": true, "token": 5}"#,
        );
        assert_eq!(
            scrub.json(&body.expect("JSON")).to_string(),
            r#"{"code":"data","has_token":true,"own":"***","password":"***","token":"***"}"#
        );
        assert_eq!(scrub.form("code=1&a=b&own=c"), "code=***&a=b&own=***");
        assert_eq!(
            scrub.body_text("data: {\"id_token\": \"x\"}\n"),
            "data: {\"id_token\": \"***\"}\n"
        );
    }
}
