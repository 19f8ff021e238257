//! A person agrees on another device (RFC 8628).

use super::OAuth;
use super::endpoint::{self, Answer, Form};
use super::endpoints::Use;
use super::grant::NoTokens;
use crate::auth::provider::TokenContext;
use crate::json::Json;
use crate::{CoreClient, Error, Secret};
use std::fmt;
use std::time::Duration;

/// Between two questions where the server does not say (section 3.2), and what
/// `slow_down` adds (section 3.5).
const INTERVAL: Duration = Duration::from_secs(5);
/// The life of a code where the server does not say; it must.
const LIFE: Duration = Duration::from_secs(15 * 60);
/// The longest wait after the server could not be reached.
const LONGEST: Duration = Duration::from_secs(60);

impl OAuth {
    /// Begins to sign a person in who has a browser elsewhere: show them
    /// [`DeviceAuthorization::user_code`] and
    /// [`DeviceAuthorization::verification_url`], then
    /// [wait](DeviceAuthorization::wait).
    ///
    /// `client` is one that has a clone of this grant as its credential; for a
    /// generated client, `client.core()`.
    ///
    /// ```no_run
    /// # use pontoon_runtime::{CoreClient, Error, auth::OAuth};
    /// # async fn example(grant: OAuth, client: CoreClient) -> Result<(), Error> {
    /// let device = grant.authorize_device(&client).await?;
    /// println!("Go to {} and type {}", device.verification_url(), device.user_code());
    /// device.wait().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn authorize_device(
        &self,
        client: &CoreClient,
    ) -> Result<DeviceAuthorization, Error> {
        let context = self.context(client)?;
        let config = self.adapted(&context).await?;
        let url = self.endpoint(&context, Use::Device).await?;
        let mut form = Form::new(&[]);
        if !config.scopes.is_empty() {
            form.push("scope", &config.scopes.join(" "));
        }
        for (name, value) in &config.parameters {
            form.push(name, value);
        }
        match endpoint::post(client, &config, &url, form).await? {
            Answer::Refused(error) => Err(Error::credential(error)),
            Answer::Granted(json) => {
                let grant = self.clone();
                DeviceAuthorization::read(grant, context, &json).ok_or_else(|| {
                    Error::credential("the device endpoint's answer holds no codes and no address")
                })
            }
        }
    }
}

/// A sign-in that has begun. Dropping it gives it up.
pub struct DeviceAuthorization {
    grant: OAuth,
    context: TokenContext,
    device_code: Secret,
    user_code: String,
    url: String,
    complete_url: Option<String>,
    life: Duration,
    interval: Duration,
}

impl DeviceAuthorization {
    fn read(grant: OAuth, context: TokenContext, json: &Json) -> Option<Self> {
        let text = |name: &str| json[name].as_str().filter(|text| !text.is_empty());
        let seconds = |name: &str, default: Duration| match json[name].as_u64() {
            Some(seconds) => Duration::from_secs(seconds),
            None => default,
        };
        // Some servers keep to the draft's name.
        let url = text("verification_uri").or_else(|| text("verification_url"))?;
        Some(Self {
            grant,
            context,
            device_code: text("device_code")?.into(),
            user_code: text("user_code")?.to_owned(),
            url: url.to_owned(),
            complete_url: text("verification_uri_complete").map(str::to_owned),
            life: seconds("expires_in", LIFE),
            interval: seconds("interval", INTERVAL),
        })
    }

    /// What the person types in.
    pub fn user_code(&self) -> &str {
        &self.user_code
    }

    /// Where they do that.
    pub fn verification_url(&self) -> &str {
        &self.url
    }

    /// The same with the code in it, for a QR code, where the server gives one.
    pub fn complete_url(&self) -> Option<&str> {
        self.complete_url.as_deref()
    }

    /// How long the codes are valid, from the start.
    pub fn expires_in(&self) -> Duration {
        self.life
    }

    /// Asks the server, as often as it allows, until the person has agreed or
    /// refused, or the codes have expired; takes the tokens.
    pub async fn wait(&self) -> Result<(), Error> {
        let mut interval = self.interval;
        let mut waited = Duration::ZERO;
        let mut pause = interval;
        loop {
            if waited + pause > self.life.max(interval) {
                return Err(Error::credential("nobody agreed in time: begin again"));
            }
            self.context.client.0.transport.sleep(pause).await;
            waited += pause;
            let form = Form::new(&[
                ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
                ("device_code", self.device_code.expose()),
            ]);
            match self.grant.exchange(&self.context, Use::Token, form).await {
                Ok(tokens) => return self.grant.install(&self.context, tokens).await,
                Err(NoTokens::Refused(error)) => match error.code() {
                    "authorization_pending" => {}
                    "slow_down" => interval += INTERVAL,
                    _ if error.is_passing() => {}
                    _ => return Err(Error::credential(error)),
                },
                // Section 3.5: go on, slower.
                Err(NoTokens::Failed(error)) if error.is_connect() || error.is_timeout() => {
                    interval = (interval * 2).min(LONGEST);
                }
                Err(NoTokens::Failed(error)) => return Err(error),
            }
            // An interval of nothing would be a flood.
            pause = interval.max(Duration::from_secs(1));
        }
    }
}

impl fmt::Debug for DeviceAuthorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceAuthorization")
            .field("verification_url", &self.url)
            .field("expires_in", &self.life)
            .finish_non_exhaustive()
    }
}
