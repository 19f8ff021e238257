//! The token requests of each flow.

use super::OAuth;
use super::endpoint::{self, Answer, Form};
use super::endpoints::Use;
use super::error::OAuthError;
use super::tokens::Tokens;
use crate::auth::provider::TokenContext;
use crate::operation::FlowKind;
use crate::{Error, Secret};

/// No tokens: the server's reason, or an error on the way.
pub(super) enum NoTokens {
    Refused(OAuthError),
    Failed(Error),
}

impl From<NoTokens> for Error {
    fn from(none: NoTokens) -> Self {
        match none {
            NoTokens::Refused(error) => Self::credential(error),
            NoTokens::Failed(error) => error,
        }
    }
}

impl From<Error> for NoTokens {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl OAuth {
    /// Whether tokens can be had without a person.
    pub(super) fn is_unattended(&self) -> bool {
        matches!(
            self.config.flow,
            FlowKind::ClientCredentials | FlowKind::Password
        )
    }

    /// The first tokens of a flow that needs no person.
    pub(super) async fn first_tokens(&self, context: &TokenContext) -> Result<Tokens, NoTokens> {
        let scopes = self.config.scopes.join(" ");
        let mut form = match &self.config.user {
            Some((user, password)) => Form::new(&[
                ("grant_type", "password"),
                ("username", user),
                ("password", password.expose()),
            ]),
            None => Form::new(&[("grant_type", "client_credentials")]),
        };
        if !scopes.is_empty() {
            form.push("scope", &scopes);
        }
        self.exchange(context, Use::Token, form).await
    }

    /// New tokens for a refresh token (RFC 6749, section 6). The scopes are not
    /// named, so they stay as they were granted.
    pub(super) async fn refreshed(
        &self,
        context: &TokenContext,
        token: &Secret,
    ) -> Result<Tokens, NoTokens> {
        let form = Form::new(&[
            ("grant_type", "refresh_token"),
            ("refresh_token", token.expose()),
        ]);
        let mut tokens = self.exchange(context, Use::Refresh, form).await?;
        match &tokens.refresh_token {
            Some(new) if new.expose() != token.expose() => {
                tokens.former_refresh_token = Some(token.clone());
            }
            _ => tokens.refresh_token = Some(token.clone()),
        }
        Ok(tokens)
    }

    /// Posts to an endpoint that answers with tokens.
    pub(super) async fn exchange(
        &self,
        context: &TokenContext,
        purpose: Use,
        mut form: Form,
    ) -> Result<Tokens, NoTokens> {
        let config = self.adapted(context).await?;
        let url = self.endpoint(context, purpose).await?;
        for (name, value) in &config.parameters {
            form.push(name, value);
        }
        match endpoint::post(&context.client, &config, &url, form).await? {
            Answer::Refused(error) => Err(NoTokens::Refused(error)),
            Answer::Granted(json) => {
                let mut tokens = Tokens::from_answer(&json).map_err(|wrong| {
                    let message =
                        format!("the answer of the token endpoint is not usable: {wrong}");
                    Error::credential(message)
                })?;
                if tokens.scopes.is_empty() {
                    // Left out where they are those that were asked for (5.1).
                    tokens.scopes.clone_from(&config.scopes);
                }
                Ok(tokens)
            }
        }
    }
}
