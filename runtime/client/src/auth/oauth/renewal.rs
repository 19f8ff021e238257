//! One renewal at a time, whoever waits for it.

use super::OAuth;
use super::discovery::Metadata;
use super::grant::NoTokens;
use super::tokens::Tokens;
use crate::auth::provider::TokenContext;
use crate::auth::store::StoreLock;
use crate::transport::BoxFuture;
use crate::{Error, Secret};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::OnceCell;

/// How long another holder of the store's lock is waited for, and how often it is
/// looked whether it is done.
const LOOK: Duration = Duration::from_millis(100);
const LOOKS: u32 = 600;
/// How often a write to the store is tried.
const WRITES: u32 = 3;

/// What the clones of a grant share.
#[derive(Default)]
pub(super) struct Shared {
    state: tokio::sync::Mutex<State>,
    /// The access token that the API has answered 401 to.
    refused: Mutex<Option<Secret>>,
    /// Renewals that have ended.
    ended: AtomicU64,
    pub(super) metadata: OnceCell<Arc<Metadata>>,
}

#[derive(Default)]
struct State {
    tokens: Option<Tokens>,
    /// Whether `tokens` are still to be stored.
    unsaved: bool,
    /// A renewal that has begun. It lives here, so that the call that began it may
    /// be dropped.
    running: Option<BoxFuture<Result<Renewed, Error>>>,
    /// The last renewal, if it failed: its number and why.
    failed: Option<(u64, Arc<Error>)>,
}

struct Renewed {
    tokens: Tokens,
    /// Why they could not be stored.
    unsaved: Option<Error>,
}

impl Shared {
    pub(super) fn refuse(&self, token: &Secret) {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        *refused = Some(token.clone());
    }

    fn is_refused(&self, token: &Secret) -> bool {
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        let refused = refused.as_ref();
        refused.is_some_and(|one| one.expose() == token.expose())
    }

    pub(super) async fn forget(&self) {
        let mut state = self.state.lock().await;
        if let Some(running) = &mut state.running {
            let _ = running.await;
        }
        *state = State::default();
    }
}

impl OAuth {
    fn is_usable(&self, tokens: &Tokens) -> bool {
        tokens.is_fresh(self.config.margin) && !self.shared.is_refused(&tokens.access_token)
    }

    /// An access token that can be sent now.
    pub(super) async fn access_token(&self, context: TokenContext) -> Result<Secret, Error> {
        let seen = self.shared.ended.load(Ordering::Acquire);
        let mut state = self.shared.state.lock().await;
        if state.running.is_none() {
            if let Some(tokens) = &state.tokens
                && !state.unsaved
                && self.is_usable(tokens)
            {
                return Ok(tokens.access_token.clone());
            }
            // Whoever waited for a renewal that failed does not begin another.
            if let Some((number, error)) = &state.failed
                && *number > seen
            {
                return Err(again(error));
            }
            let renewal = Renewal {
                grant: self.clone(),
                context,
                known: state.tokens.clone(),
                unsaved: state.unsaved,
            };
            state.running = Some(detached(Box::pin(renewal.run())));
        }
        let Some(running) = &mut state.running else {
            return Err(Error::credential("the renewal has vanished"));
        };
        let result = running.await;
        state.running = None;
        let number = self.shared.ended.fetch_add(1, Ordering::AcqRel) + 1;
        let result = result.and_then(|renewed| {
            let token = renewed.tokens.access_token.clone();
            state.unsaved = renewed.unsaved.is_some();
            state.tokens = Some(renewed.tokens);
            renewed.unsaved.map_or(Ok(token), Err)
        });
        match result {
            Ok(token) => {
                state.failed = None;
                Ok(token)
            }
            Err(error) => {
                let error = Arc::new(error);
                state.failed = Some((number, Arc::clone(&error)));
                Err(again(&error))
            }
        }
    }

    /// Takes tokens that a person has just agreed to.
    pub(super) async fn install(
        &self,
        context: &TokenContext,
        tokens: Tokens,
    ) -> Result<(), Error> {
        let mut state = self.shared.state.lock().await;
        if let Some(running) = &mut state.running {
            let _ = running.await;
            state.running = None;
        }
        let key = self.key(context);
        state.tokens = Some(tokens.clone());
        state.unsaved = true;
        state.failed = None;
        let _lock = self.wait_for_lock(context, &key).await?;
        save(self, context, &key, &tokens).await.map_err(unsaved)?;
        state.unsaved = false;
        Ok(())
    }

    /// The tokens in memory that are not stored yet, or else those of the store.
    pub(super) async fn newest(&self, context: &TokenContext) -> Result<Option<Tokens>, Error> {
        let mut state = self.shared.state.lock().await;
        if let Some(running) = &mut state.running {
            let result = running.await;
            state.running = None;
            if let Ok(renewed) = result {
                state.unsaved = renewed.unsaved.is_some();
                state.tokens = Some(renewed.tokens);
            }
        }
        if state.unsaved {
            return Ok(state.tokens.clone());
        }
        self.config.store.load(&self.key(context)).await
    }

    async fn wait_for_lock(&self, context: &TokenContext, key: &str) -> Result<StoreLock, Error> {
        for _ in 0..LOOKS {
            if let Some(lock) = self.config.store.try_lock(key).await? {
                return Ok(lock);
            }
            context.client.0.transport.sleep(LOOK).await;
        }
        Err(hangs())
    }
}

fn hangs() -> Error {
    Error::credential(
        "another client has been renewing the same tokens for a minute: it hangs, or the store's \
         lock is stale",
    )
}

/// Runs work to its end even if nobody waits for it, where there is a runtime to do
/// so; elsewhere the next caller goes on with it.
fn detached<T: Send + 'static>(work: BoxFuture<Result<T, Error>>) -> BoxFuture<Result<T, Error>> {
    match tokio::runtime::Handle::try_current() {
        Ok(runtime) => {
            let task = runtime.spawn(work);
            Box::pin(async move {
                task.await.unwrap_or_else(|_| {
                    Err(Error::credential(
                        "the renewal was broken off with the runtime that it ran on",
                    ))
                })
            })
        }
        Err(_) => work,
    }
}

/// An error for each of those that wait.
fn again(error: &Arc<Error>) -> Error {
    Error::repeated(Arc::clone(error))
}

fn unsaved(error: Error) -> Error {
    Error::credential(format!(
        "new tokens could not be stored ({error}). They are kept in memory and the next call stores \
         them first; the grant may be lost if this program ends before"
    ))
}

/// Stores tokens, again where it fails.
async fn save(
    grant: &OAuth,
    context: &TokenContext,
    key: &str,
    tokens: &Tokens,
) -> Result<(), Error> {
    let mut attempt = 1;
    loop {
        match grant.config.store.save(key, tokens).await {
            Err(_) if attempt < WRITES => attempt += 1,
            result => return result,
        }
        context.client.0.transport.sleep(LOOK).await;
    }
}

/// What a renewal works with; it does not touch the state, which waits for it.
struct Renewal {
    grant: OAuth,
    context: TokenContext,
    known: Option<Tokens>,
    unsaved: bool,
}

impl Renewal {
    async fn run(self) -> Result<Renewed, Error> {
        let key = self.grant.key(&self.context);
        let lock = match self.lock(&key).await? {
            Ok(lock) => lock,
            Err(tokens) => return Ok(Renewed::saved(tokens)),
        };
        let tokens = self.tokens(&key).await?;
        let tokens = match tokens {
            Found::Stored(tokens) => return Ok(Renewed::saved(tokens)),
            Found::New(tokens) => tokens,
        };
        let result = save(&self.grant, &self.context, &key, &tokens).await;
        drop(lock);
        Ok(Renewed {
            tokens,
            unsaved: result.err().map(unsaved),
        })
    }

    /// The store's lock, or what another client has got meanwhile.
    async fn lock(&self, key: &str) -> Result<Result<StoreLock, Tokens>, Error> {
        let store = &self.grant.config.store;
        for _ in 0..LOOKS {
            if let Some(lock) = store.try_lock(key).await? {
                return Ok(Ok(lock));
            }
            let stored = store.load(key).await?;
            if let Some(tokens) = stored.filter(|one| self.grant.is_usable(one) && !self.unsaved) {
                return Ok(Err(tokens));
            }
            self.context.client.0.transport.sleep(LOOK).await;
        }
        Err(hangs())
    }

    /// Tokens that can be used, out of the store or of the server.
    async fn tokens(&self, key: &str) -> Result<Found, Error> {
        let grant = &self.grant;
        let stored = match self.known.as_ref().filter(|_| self.unsaved) {
            // What is newer than the store is stored before anything is asked for.
            Some(known) => {
                let saved = save(grant, &self.context, key, known).await;
                saved.map_err(unsaved)?;
                Some(known.clone())
            }
            None => grant.config.store.load(key).await?,
        };
        if let Some(stored) = stored.as_ref().filter(|stored| grant.is_usable(stored)) {
            return Ok(Found::Stored(stored.clone()));
        }
        let base = stored.or_else(|| self.known.clone());
        let mut refused = None;
        for token in self.refresh_tokens(base.as_ref()) {
            match grant.refreshed(&self.context, token).await {
                Ok(mut tokens) => {
                    keep(base.as_ref(), &mut tokens);
                    return Ok(Found::New(tokens));
                }
                Err(NoTokens::Refused(error)) if error.needs_sign_in() => {
                    // The reason that counts is that of the newest.
                    refused.get_or_insert(error);
                }
                Err(error) => return Err(error.into()),
            }
        }
        if grant.is_unattended() {
            let tokens = grant.first_tokens(&self.context).await?;
            return Ok(Found::New(tokens));
        }
        Err(match (refused, base) {
            (Some(error), _) => Error::credential(error),
            (None, Some(_)) => Error::credential(
                "the access token has expired or was refused, and there is no refresh token: sign \
                 in again",
            ),
            (None, None) => Error::credential(
                "nobody has signed in yet: see OAuth::authorize and OAuth::authorize_device",
            ),
        })
    }

    /// The refresh tokens to try: the newest, the one before in case the server
    /// does not know that yet, and the caller's.
    fn refresh_tokens<'a>(&'a self, base: Option<&'a Tokens>) -> impl Iterator<Item = &'a Secret> {
        let newest = base.and_then(|tokens| tokens.refresh_token.as_ref());
        let former = base.and_then(|tokens| tokens.former_refresh_token.as_ref());
        let given = self.grant.config.refresh_token.as_ref();
        let given = given.filter(|given| {
            let mut known = newest.into_iter().chain(former);
            known.all(|one| one.expose() != given.expose())
        });
        newest.into_iter().chain(former).chain(given)
    }
}

/// What an answer to a renewal may leave out stays as it was.
fn keep(base: Option<&Tokens>, tokens: &mut Tokens) {
    let Some(base) = base else {
        return;
    };
    if tokens.id_token.is_none() {
        tokens.id_token.clone_from(&base.id_token);
    }
    if !base.scopes.is_empty() && tokens.scopes.is_empty() {
        tokens.scopes.clone_from(&base.scopes);
    }
}

enum Found {
    Stored(Tokens),
    New(Tokens),
}

impl Renewed {
    fn saved(tokens: Tokens) -> Self {
        Self {
            tokens,
            unsaved: None,
        }
    }
}
