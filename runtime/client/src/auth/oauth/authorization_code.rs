//! A person agrees in a browser (RFC 6749, section 4.1; RFC 7636; RFC 8252).

use super::OAuth;
use super::endpoint::Form;
use super::endpoints::Use;
use super::error::OAuthError;
#[cfg(feature = "oauth-loopback")]
use super::loopback::Listener;
use crate::auth::provider::TokenContext;
use crate::{CoreClient, Error, Secret};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use std::fmt;
use url::Url;

impl OAuth {
    /// Begins to sign a person in: send them to [`Authorization::url`], then
    /// [wait](Authorization::wait) for the browser to come back to this machine,
    /// or let them [paste](Authorization::finish) where it was sent to.
    ///
    /// `client` is one that has a clone of this grant as its credential; for a
    /// generated client, `client.core()`.
    ///
    /// ```no_run
    /// # use pontoon_runtime::{CoreClient, Error, auth::OAuth};
    /// # #[cfg(feature = "oauth-loopback")]
    /// # async fn example(grant: OAuth, client: CoreClient) -> Result<(), Error> {
    /// if !grant.is_signed_in(&client).await? {
    ///     let authorization = grant.authorize(&client).await?;
    ///     println!("Open {}", authorization.url());
    ///     authorization.wait().await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn authorize(&self, client: &CoreClient) -> Result<Authorization, Error> {
        let context = self.context(client)?;
        let endpoint = self.endpoint(&context, Use::Authorize).await?;
        let mut url = Url::parse(&endpoint).map_err(|error| {
            Error::credential(format!("the authorization URL `{endpoint}`: {error}"))
        })?;
        let metadata = self.metadata(&context).await?;
        let issuer = metadata.map(|metadata| metadata.issuer.clone());
        let mut authorization = Authorization {
            grant: self.clone(),
            context,
            url: String::new(),
            state: random()?,
            verifier: random()?,
            redirect: self.config.redirect_url.clone().unwrap_or_default(),
            issuer,
            #[cfg(feature = "oauth-loopback")]
            listener: None,
        };
        #[cfg(feature = "oauth-loopback")]
        authorization.listen().await?;
        if authorization.redirect.is_empty() {
            return Err(Error::credential(
                "no redirect URL: give it to OAuth::redirect_url, or turn on the feature \
                 `oauth-loopback`",
            ));
        }
        let scopes = self.config.scopes.join(" ");
        let challenge = challenge(&authorization.verifier);
        let mut query = url.query_pairs_mut();
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.config.client_id)
            .append_pair("redirect_uri", &authorization.redirect)
            .append_pair("state", authorization.state.expose())
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        if !scopes.is_empty() {
            query.append_pair("scope", &scopes);
        }
        query.extend_pairs(&self.config.parameters);
        drop(query);
        authorization.url = url.into();
        Ok(authorization)
    }
}

/// A sign-in that has begun. Dropping it gives it up.
pub struct Authorization {
    grant: OAuth,
    context: TokenContext,
    url: String,
    state: Secret,
    verifier: Secret,
    redirect: String,
    issuer: Option<String>,
    #[cfg(feature = "oauth-loopback")]
    listener: Option<Listener>,
}

impl Authorization {
    /// Where to send the person. Whoever knows the URL can take part in the
    /// sign-in: it is for one person's browser.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where the browser comes back to.
    pub fn redirect_url(&self) -> &str {
        &self.redirect
    }

    /// Waits until the browser comes back to this machine, answers it with a short
    /// page, and takes the tokens. Waits as long as it takes: put a time limit
    /// around it.
    #[cfg(feature = "oauth-loopback")]
    pub async fn wait(&self) -> Result<(), Error> {
        let Some(listener) = &self.listener else {
            return Err(Error::credential(
                "the redirect URL is not on this machine: use Authorization::finish",
            ));
        };
        let query = listener.wait(self.state.expose()).await?;
        self.take(&query).await
    }

    /// Takes the tokens by the URL that the browser was sent to, which a person has
    /// copied from its address bar: for machines without a browser.
    pub async fn finish(&self, redirected: &str) -> Result<(), Error> {
        let text = redirected.trim();
        let query = match text.split_once('?') {
            Some((_, query)) => query,
            None => text,
        };
        self.take(query.split('#').next().unwrap_or_default()).await
    }

    /// By the query of the redirect (RFC 6749, sections 4.1.2 and 4.1.3).
    async fn take(&self, query: &str) -> Result<(), Error> {
        let pairs: Vec<(String, Secret)> = url::form_urlencoded::parse(query.as_bytes())
            .map(|(name, value)| (name.into_owned(), Secret::new(value)))
            .collect();
        let member = |name: &str| {
            let pair = pairs.iter().find(|pair| pair.0 == name);
            pair.map(|pair| pair.1.expose())
        };
        if !member("state").is_some_and(|state| same(state, self.state.expose())) {
            return Err(Error::credential(
                "the redirect does not belong to this sign-in (its `state` is another): begin again",
            ));
        }
        // RFC 9207: the answer of another server, mixed in.
        if let (Some(found), Some(issuer)) = (member("iss"), &self.issuer)
            && found != issuer
        {
            return Err(Error::credential(
                "the redirect comes from another authorization server (its `iss` is another)",
            ));
        }
        if let Some(error) = OAuthError::read(member) {
            return Err(Error::credential(error));
        }
        let code = member("code").filter(|code| !code.is_empty());
        let code = code.ok_or_else(|| Error::credential("the redirect holds no `code`"))?;
        let form = Form::new(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.redirect),
            ("code_verifier", self.verifier.expose()),
        ]);
        let tokens = self.grant.exchange(&self.context, Use::Token, form).await?;
        self.grant.install(&self.context, tokens).await
    }

    /// Listens where the redirect URL is on this machine.
    #[cfg(feature = "oauth-loopback")]
    async fn listen(&mut self) -> Result<(), Error> {
        if let Some(listener) = Listener::bind(&self.redirect).await? {
            listener.url().clone_into(&mut self.redirect);
            self.listener = Some(listener);
        }
        Ok(())
    }
}

/// 32 random bytes as text: 43 characters that need no encoding (RFC 7636,
/// section 4.1).
fn random() -> Result<Secret, Error> {
    let mut bytes = zeroize::Zeroizing::new([0; 32]);
    getrandom::fill(&mut *bytes)
        .map_err(|error| Error::credential(format!("no random numbers: {error}")))?;
    Ok(Secret::new(URL_SAFE_NO_PAD.encode(*bytes)))
}

/// `S256` (RFC 7636, section 4.2).
fn challenge(verifier: &Secret) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.expose().as_bytes()))
}

/// Compares without telling by the time where texts differ.
pub(super) fn same(a: &str, b: &str) -> bool {
    let differences = a
        .bytes()
        .zip(b.bytes())
        .fold(0, |all, (a, b)| all | (a ^ b));
    a.len() == b.len() && differences == 0
}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorization")
            .field("redirect_url", &self.redirect)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge() {
        // RFC 7636, appendix B.
        let verifier = Secret::from("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        let expected = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        assert_eq!(challenge(&verifier), expected);
        let (one, two) = (random().expect("random"), random().expect("random"));
        assert_eq!(one.expose().len(), 43);
        assert_ne!(one.expose(), two.expose());
    }

    #[test]
    fn comparison() {
        assert!(same("abc", "abc") && same("", ""));
        assert!(!same("abc", "abd") && !same("abc", "ab") && !same("", "a"));
    }
}
