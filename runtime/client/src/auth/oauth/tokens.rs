//! What an authorization server gives, and a store keeps.

use crate::json::{Json, JsonObject};
use crate::{Secret, clock};
use std::fmt;

/// The tokens of a grant. `Debug` shows none of them.
#[derive(Clone)]
#[non_exhaustive]
pub struct Tokens {
    /// What requests carry.
    pub access_token: Secret,
    /// When it stops to be valid, in seconds since 1970; `None` where the server
    /// did not say.
    pub expires_at: Option<u64>,
    /// When it was given, in seconds since 1970.
    pub obtained_at: Option<u64>,
    /// What the next access token is had with.
    pub refresh_token: Option<Secret>,
    /// The refresh token before that one, in case the server does not know the new
    /// one yet.
    pub former_refresh_token: Option<Secret>,
    /// The scopes that were granted, where the server named them.
    pub scopes: Vec<String>,
    /// Who signed in, by OpenID Connect. It is not validated: it came from the
    /// token endpoint itself (OpenID Connect Core, 3.1.3.7, point 6).
    pub id_token: Option<Secret>,
}

impl Tokens {
    /// An access token of which nothing else is known.
    pub fn new(access_token: impl Into<Secret>) -> Self {
        Self {
            access_token: access_token.into(),
            expires_at: None,
            obtained_at: None,
            refresh_token: None,
            former_refresh_token: None,
            scopes: Vec::new(),
            id_token: None,
        }
    }

    /// From the successful answer of a token endpoint (RFC 6749, section 5.1);
    /// what is wrong with it otherwise.
    pub(super) fn from_answer(answer: &Json) -> Result<Self, String> {
        let text = |name: &str| answer[name].as_str().filter(|text| !text.is_empty());
        let token = text("access_token").ok_or("it holds no access_token")?;
        if let Some(kind) = text("token_type")
            && ["mac", "pop", "dpop"].contains(&kind.to_ascii_lowercase().as_str())
        {
            return Err(format!("tokens of the type {kind} are not supported"));
        }
        let now = clock::unix_now();
        let lifetime = match &answer["expires_in"] {
            // Some servers send it as a string.
            Json::String(text) => text.trim().parse().ok(),
            other => other.as_f64(),
        };
        let lifetime = lifetime.filter(|seconds| *seconds > 0.0);
        let scopes = text("scope").unwrap_or_default();
        Ok(Self {
            expires_at: now
                .zip(lifetime)
                .map(|(now, seconds)| now.saturating_add(seconds as u64)),
            obtained_at: now,
            refresh_token: text("refresh_token").map(Secret::from),
            scopes: scopes.split_whitespace().map(str::to_owned).collect(),
            id_token: text("id_token").map(Secret::from),
            ..Self::new(token)
        })
    }

    /// Whether the access token can be sent: it does not expire within `margin`
    /// seconds, or within a quarter of its life if that is less.
    pub(super) fn is_fresh(&self, margin: u64) -> bool {
        let (Some(end), Some(now)) = (self.expires_at, clock::unix_now()) else {
            return true;
        };
        let start = self.obtained_at.unwrap_or(now);
        let margin = margin.min(end.saturating_sub(start) / 4);
        now < end.saturating_sub(margin)
    }

    /// The tokens as JSON, for stores.
    pub fn to_json(&self) -> Secret {
        let mut members = JsonObject::new();
        let mut text = |name: &str, secret: &Option<Secret>| {
            if let Some(secret) = secret {
                members.insert(name.to_owned(), Json::from(secret.expose()));
            }
        };
        text("access_token", &Some(self.access_token.clone()));
        text("refresh_token", &self.refresh_token);
        text("former_refresh_token", &self.former_refresh_token);
        text("id_token", &self.id_token);
        for (name, moment) in [
            ("expires_at", self.expires_at),
            ("obtained_at", self.obtained_at),
        ] {
            if let Some(moment) = moment {
                members.insert(name.to_owned(), Json::from(moment));
            }
        }
        if !self.scopes.is_empty() {
            members.insert("scope".to_owned(), Json::from(self.scopes.join(" ")));
        }
        Secret::new(Json::Object(members).to_string())
    }

    /// Tokens that [`Self::to_json`] has written; `None` for any other text.
    pub fn from_json(text: &str) -> Option<Self> {
        let json = Json::parse(text.as_bytes()).ok()?;
        let secret = |name: &str| json[name].as_str().map(Secret::from);
        let scopes = json["scope"].as_str().unwrap_or_default();
        Some(Self {
            access_token: secret("access_token")?,
            expires_at: json["expires_at"].as_u64(),
            obtained_at: json["obtained_at"].as_u64(),
            refresh_token: secret("refresh_token"),
            former_refresh_token: secret("former_refresh_token"),
            scopes: scopes.split_whitespace().map(str::to_owned).collect(),
            id_token: secret("id_token"),
        })
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens")
            .field("expires_at", &self.expires_at)
            .field("refreshable", &self.refresh_token.is_some())
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(text: &str) -> Result<Tokens, String> {
        Tokens::from_answer(&Json::parse(text.as_bytes()).expect("JSON"))
    }

    #[test]
    fn answers_of_token_endpoints() {
        let now = clock::unix_now().expect("a clock");
        let tokens = answer(
            r#"{"access_token":"a","token_type":"bearer","expires_in":"3600",
                "refresh_token":"r","scope":"read  write"}"#,
        )
        .expect("tokens");
        let end = tokens.expires_at.expect("an end");
        assert!((now + 3600..now + 3660).contains(&end));
        assert_eq!(tokens.scopes, ["read", "write"]);

        // Without an end, and with ends that say nothing.
        for rest in ["", r#","expires_in":0"#, r#","expires_in":null"#] {
            let tokens = answer(&format!(r#"{{"access_token":"a"{rest}}}"#)).expect("tokens");
            assert_eq!(tokens.expires_at, None);
            assert!(tokens.is_fresh(u64::MAX));
        }
        for (text, expected) in [
            (r#"{"access_token":""}"#, "no access_token"),
            (r#"[]"#, "no access_token"),
            (r#"{"access_token":"a","token_type":"DPoP"}"#, "DPoP"),
        ] {
            assert!(answer(text).expect_err(text).contains(expected));
        }
    }

    #[test]
    fn freshness() {
        let now = clock::unix_now().expect("a clock");
        let life = |from: u64, to: u64| Tokens {
            obtained_at: Some(from),
            expires_at: Some(to),
            ..Tokens::new("a")
        };
        assert!(life(now, now + 3600).is_fresh(60));
        assert!(!life(now - 3590, now + 10).is_fresh(60));
        assert!(!life(now - 10, now).is_fresh(0));
        // A short life is not all margin.
        assert!(life(now, now + 40).is_fresh(60));
    }

    #[test]
    fn kept_as_json() {
        let tokens = Tokens {
            expires_at: Some(7),
            refresh_token: Some("s3cret".into()),
            former_refresh_token: Some("f".into()),
            scopes: vec!["a".into(), "b".into()],
            ..Tokens::new("s3cret \"")
        };
        let again = Tokens::from_json(tokens.to_json().expose()).expect("tokens");
        assert_eq!(again.access_token.expose(), "s3cret \"");
        assert_eq!((again.expires_at, again.obtained_at), (Some(7), None));
        let former = again.former_refresh_token.as_ref();
        assert_eq!(former.map(Secret::expose), Some("f"));
        assert_eq!(again.scopes, tokens.scopes);
        assert!(Tokens::from_json(r#"{"refresh_token":"r"}"#).is_none());
        assert!(!format!("{tokens:?}").contains("s3cret"));
    }
}
