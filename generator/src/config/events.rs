//! `[webhooks]` of `client.toml`.

use super::SignatureConfig;
use crate::api::{Api, EventKey, EventPlace, EventRule};
use serde::Deserialize;

/// What the user decides about webhooks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct EventConfig {
    /// The places whose values in a row are a webhook's name: `header X-Event`, or
    /// `property /data/type` (a JSON pointer into the body).
    pub name: Vec<Place>,
    /// How they are signed.
    pub signature: Option<SignatureConfig>,
}

/// A place in a request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Place(EventPlace);

impl TryFrom<String> for Place {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || format!("`{text}` is neither `header NAME` nor `property /POINTER`");
        place(&text).map(Self).ok_or_else(wrong)
    }
}

/// A place from `header NAME` or `property /POINTER`.
pub(super) fn place(text: &str) -> Option<EventPlace> {
    match text.split_once(' ')? {
        ("header", name) if !name.trim().is_empty() => {
            Some(EventPlace::Header(name.trim().to_ascii_lowercase()))
        }
        ("property", pointer) if pointer.starts_with('/') => {
            let names = pointer[1..].split('/');
            let names = names.map(|name| name.replace("~1", "/").replace("~0", "~"));
            Some(EventPlace::Property(names.collect()))
        }
        _ => None,
    }
}

impl EventConfig {
    /// Tells the API how its webhooks are told apart.
    pub fn apply(&self, api: &mut Api) {
        if self.name.is_empty() {
            return;
        }
        api.event_key = Some(EventKey {
            places: self.name.iter().map(|place| place.0.clone()).collect(),
            rule: EventRule::Name,
            seen: "the configuration says so".to_owned(),
            pointer: "#".to_owned(),
        });
    }
}
