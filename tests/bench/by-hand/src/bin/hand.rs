//! Lists all issues of a repository, written by hand on reqwest:
//!
//!     hand OWNER REPO
//!
//! `GITHUB_TOKEN` is the token, `GITHUB_URL` another server than the vendor's.

use reqwest::header::{ACCEPT, HeaderMap, LINK, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode, Url};
use serde::Deserialize;
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const ATTEMPTS: u32 = 5;
const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(20);
const LONGEST_ASKED_WAIT: Duration = Duration::from_secs(60);

#[derive(Deserialize)]
struct Issue {
    number: i64,
    title: String,
    state: String,
    user: Option<User>,
}

#[derive(Deserialize)]
struct User {
    login: String,
}

#[derive(Deserialize)]
struct Problem {
    message: String,
}

#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("the token is not accepted: {0}")]
    Unauthorized(String),
    #[error("there is no such repository: {0}")]
    NotFound(String),
    #[error("the rate limit is used up: {0}")]
    RateLimited(String),
    #[error("{0}: {1}")]
    Status(StatusCode, String),
    #[error("the answer is not what the API declares: {0}")]
    Decode(#[from] serde_json::Error),
    #[error("the next page is on another host: {0}")]
    OtherHost(Url),
    #[error("the next page was read before: {0}")]
    Loop(Url),
    #[error(transparent)]
    Transport(#[from] reqwest::Error),
}

struct GitHub {
    http: Client,
    base: Url,
    token: Option<String>,
}

impl GitHub {
    fn new(base: Url, token: Option<String>) -> Result<Self, Error> {
        let http = Client::builder()
            .user_agent("by-hand/0.1")
            .timeout(Duration::from_secs(30))
            .build()?;
        Ok(Self { http, base, token })
    }

    async fn issues(&self, owner: &str, repo: &str) -> Result<Vec<Issue>, Error> {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty();
            path.extend(["repos", owner, repo, "issues"]);
        }
        url.set_query(Some("state=all&per_page=100"));
        let mut issues = Vec::new();
        let mut seen = Vec::new();
        let mut next = Some(url);
        while let Some(url) = next {
            if url.origin() != self.base.origin() {
                return Err(Error::OtherHost(url));
            }
            if seen.contains(&url) {
                return Err(Error::Loop(url));
            }
            let (headers, body) = self.get(&url).await?;
            let page: Vec<Issue> = serde_json::from_slice(&body)?;
            issues.extend(page);
            next = next_page(&url, &headers);
            seen.push(url);
        }
        Ok(issues)
    }

    /// A GET that is tried again after failures that may pass.
    async fn get(&self, url: &Url) -> Result<(HeaderMap, Vec<u8>), Error> {
        let mut attempt = 1;
        loop {
            let (error, asked) = match self.try_get(url).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            let may_pass = match &error {
                Error::RateLimited(_) | Error::Transport(_) => true,
                Error::Status(status, _) => matches!(status.as_u16(), 408 | 500 | 502..=504),
                _ => false,
            };
            let asked = asked.unwrap_or_default();
            if !may_pass || attempt == ATTEMPTS || asked > LONGEST_ASKED_WAIT {
                return Err(error);
            }
            let backoff = FIRST_WAIT
                .saturating_mul(1 << (attempt - 1))
                .min(LONGEST_WAIT);
            tokio::time::sleep(asked + backoff.mul_f64(fastrand::f64())).await;
            attempt += 1;
        }
    }

    /// One attempt. A failure comes with the time that the server asks to wait.
    async fn try_get(&self, url: &Url) -> Result<(HeaderMap, Vec<u8>), (Error, Option<Duration>)> {
        let mut request = self
            .http
            .get(url.clone())
            .header(ACCEPT, "application/vnd.github+json")
            .header("X-GitHub-Api-Version", "2022-11-28");
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.map_err(|error| (error.into(), None))?;
        if !response.status().is_success() {
            return Err(refusal(response).await);
        }
        let headers = response.headers().clone();
        let body = response.bytes().await;
        let body = body.map_err(|error| (error.into(), None))?;
        Ok((headers, body.to_vec()))
    }
}

async fn refusal(response: Response) -> (Error, Option<Duration>) {
    let status = response.status();
    let wait = wait_asked(response.headers());
    let limited = match status {
        StatusCode::TOO_MANY_REQUESTS => true,
        StatusCode::FORBIDDEN => wait.is_some(),
        _ => false,
    };
    let body = response.bytes().await.unwrap_or_default();
    let message = match serde_json::from_slice::<Problem>(&body) {
        Ok(problem) => problem.message,
        Err(_) => String::from_utf8_lossy(&body).chars().take(200).collect(),
    };
    let error = match status {
        _ if limited => Error::RateLimited(message),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Error::Unauthorized(message),
        StatusCode::NOT_FOUND | StatusCode::GONE => Error::NotFound(message),
        _ => Error::Status(status, message),
    };
    (error, wait)
}

/// `Retry-After`, in seconds or as a date, or the reset of a limit that is used up.
fn wait_asked(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok();
    let until = |time: SystemTime| {
        let left = time.duration_since(SystemTime::now());
        left.unwrap_or_default()
    };
    if let Some(after) = text(RETRY_AFTER.as_str()) {
        if let Ok(seconds) = after.trim().parse() {
            return Some(Duration::from_secs(seconds));
        }
        return httpdate::parse_http_date(after).ok().map(until);
    }
    if text("x-ratelimit-remaining")? != "0" {
        return None;
    }
    let reset = text("x-ratelimit-reset")?.parse().ok()?;
    UNIX_EPOCH
        .checked_add(Duration::from_secs(reset))
        .map(until)
}

/// The target of `rel="next"` in `Link` headers (RFC 8288).
fn next_page(url: &Url, headers: &HeaderMap) -> Option<Url> {
    let lines = headers.get_all(LINK).iter();
    let links = lines.filter_map(|line| line.to_str().ok());
    links.flat_map(|line| line.split(',')).find_map(|link| {
        let (target, parameters) = link.trim().strip_prefix('<')?.split_once('>')?;
        let mut parameters = parameters.split(';').map(str::trim);
        let is_next = parameters.any(|one| matches!(one, "rel=\"next\"" | "rel=next"));
        url.join(target).ok().filter(|_| is_next)
    })
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(owner), Some(repo)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: hand OWNER REPO");
        return ExitCode::from(2);
    };
    match run(&owner, &repo).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(match error {
                Error::Unauthorized(_) => 3,
                Error::NotFound(_) => 4,
                Error::RateLimited(_) => 5,
                _ => 1,
            })
        }
    }
}

async fn run(owner: &str, repo: &str) -> Result<(), Error> {
    // Fails only if there is one already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let base = std::env::var("GITHUB_URL");
    let base = base.unwrap_or_else(|_| "https://api.github.com".to_owned());
    let base = Url::parse(&base).expect("GITHUB_URL is a URL");
    let github = GitHub::new(base, std::env::var("GITHUB_TOKEN").ok())?;
    for issue in github.issues(owner, repo).await? {
        let author = issue.user.map_or("nobody".to_owned(), |user| user.login);
        println!(
            "#{} [{}] {} by {author}",
            issue.number, issue.state, issue.title
        );
    }
    Ok(())
}
