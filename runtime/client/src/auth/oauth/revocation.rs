//! Tokens that are given back (RFC 7009).

use super::OAuth;
use super::endpoint::{self, Answer, Form};
use super::endpoints::Use;
use crate::{CoreClient, Error};

impl OAuth {
    /// Gives the tokens back to the server, which takes no more of them then, and forgets
    /// them as [`sign_out`](Self::sign_out) does. Without tokens there is nothing to do.
    ///
    /// Where the server cannot be told the tokens stay, so that this can be tried again.
    ///
    /// # Errors
    /// The server refused or was not reached, or no address for this is known: it is in
    /// [`discovery`](Self::discovery), or set by [`revocation_url`](Self::revocation_url).
    pub async fn revoke(&self, client: &CoreClient) -> Result<(), Error> {
        let context = self.context(client)?;
        let Some(tokens) = self.newest(&context).await? else {
            return Ok(());
        };
        let config = self.adapted(&context).await?;
        let url = self.endpoint(&context, Use::Revoke).await?;
        // The refresh token first: with it the server ends the whole grant.
        let refresh = tokens.refresh_token.as_ref();
        let refresh = refresh.map(|token| (token, "refresh_token"));
        for (token, hint) in refresh
            .into_iter()
            .chain([(&tokens.access_token, "access_token")])
        {
            let form = Form::new(&[("token", token.expose()), ("token_type_hint", hint)]);
            match endpoint::post(client, &config, &url, form).await? {
                Answer::Granted(_) => {}
                // Some servers know refresh tokens alone (section 2.2.1).
                Answer::Refused(error) if error.code() == "unsupported_token_type" => {}
                Answer::Refused(error) => return Err(Error::credential(error)),
            }
        }
        self.sign_out(client).await
    }
}
