//! Issues with the company of their authors.

use futures_util::stream;
use pontoon_connector::interpret::Config;
use pontoon_connector::{
    Batch, Batches, Bookmark, BoxFuture, Column, ColumnKind, Connector, Error, ErrorKind, Record,
    Setting, Spec, Stream, StreamState, Value, Window,
};
use pontoon_github::models::{Issue, UsersGetByUsernameResponse};
use pontoon_github::runtime::Pages;
use pontoon_github::{Client, auth};
use std::collections::HashMap;

/// The operation by which issues are listed, here as in the manifest.
const OPERATION: &str = "issues/list-for-repo";

/// The integration.
pub(crate) struct Enriched {
    client: Client,
    owner: String,
    repo: String,
    page_size: i64,
}

impl Enriched {
    /// An integration with the settings `owner` and `repo` and the credential `token`.
    pub(crate) fn new(config: Config) -> Result<Self, Error> {
        let setting = |name: &str| {
            config.settings.get(name).cloned().ok_or_else(|| {
                let message = format!("it needs the setting `{name}`");
                Error::new(ErrorKind::Config, message).with_remedy(format!(
                    "give it under `settings:` of the source: `{name}: ...`"
                ))
            })
        };
        let (owner, repo) = (setting("owner")?, setting("repo")?);
        let mut builder = Client::builder().credentials_from_env();
        if let Some(url) = &config.base_url {
            builder = builder.base_url(url);
        }
        if let Some(token) = config.credentials.get("token") {
            builder = builder.credential(auth::token(token.clone()));
        }
        Ok(Self {
            client: builder.build().map_err(failed)?,
            owner,
            repo,
            page_size: config
                .page_size
                .and_then(|size| size.try_into().ok())
                .unwrap_or(100),
        })
    }
}

impl Connector for Enriched {
    fn spec(&self) -> Spec {
        let setting = |name: &str, secret, env: Option<&str>, about: &str| Setting {
            name: name.to_owned(),
            secret,
            required: !secret,
            env: env.map(str::to_owned),
            about: about.to_owned(),
        };
        Spec {
            name: "github-enriched".to_owned(),
            settings: vec![
                setting("settings.owner", false, None, "whose repository"),
                setting("settings.repo", false, None, "its name"),
                setting("credentials.token", true, Some("GITHUB_TOKEN"), "a token"),
            ],
        }
    }

    fn check(&self) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(async {
            let call = self.client.issues().list_for_repo(&self.owner, &self.repo);
            call.per_page(1).send().await.map(drop).map_err(failed)
        })
    }

    fn discover(&self) -> BoxFuture<'_, Result<Vec<Stream>, Error>> {
        let columns = [
            ("number", ColumnKind::Integer),
            ("title", ColumnKind::Text),
            ("state", ColumnKind::Text),
            ("updated_at", ColumnKind::Timestamp),
            ("user", ColumnKind::Json),
            ("author_company", ColumnKind::Text),
        ];
        let columns = columns.map(|(name, kind)| Column::new(name, kind));
        let issues = Stream {
            name: "repos_issues".to_owned(),
            columns: columns.to_vec(),
            key: vec!["number".to_owned()],
            cursor: Vec::new(),
            parent: None,
        };
        Box::pin(async { Ok(vec![issues]) })
    }

    fn read<'a>(&'a self, stream: &'a Stream, state: StreamState, window: Window) -> Batches<'a> {
        let bookmark = Bookmark::new(stream, OPERATION, state);
        let call = self.client.issues().list_for_repo(&self.owner, &self.repo);
        let mut pages = call.per_page(self.page_size).pages();
        if let Some(start) = bookmark.start() {
            pages = pages.start_at(start);
        }
        let reading = Reading {
            source: self,
            stream,
            bookmark,
            pages,
            companies: HashMap::new(),
            left: window.limit,
        };
        Box::pin(stream::unfold(reading, |mut reading| async move {
            let batch = reading.next().await?;
            Some((
                batch.map_err(|error| error.of_stream("repos_issues")),
                reading,
            ))
        }))
    }
}

/// The pages of the list on their way.
struct Reading<'a> {
    source: &'a Enriched,
    stream: &'a Stream,
    bookmark: Bookmark,
    pages: Pages<Vec<Issue>>,
    /// By the login of the author.
    companies: HashMap<String, Option<String>>,
    left: Option<u64>,
}

impl Reading<'_> {
    async fn next(&mut self) -> Option<Result<Batch, Error>> {
        if self.left == Some(0) {
            return None;
        }
        let page = match self.pages.next().await? {
            Ok(page) => page.value,
            Err(error) => return Some(Err(failed(error))),
        };
        let mut records = Vec::with_capacity(page.len());
        for issue in page {
            if self.left == Some(0) {
                break;
            }
            match self.enriched(&issue).await {
                Ok(record) => records.push(record),
                Err(error) => return Some(Err(error)),
            }
            self.left = self.left.map(|left| left - 1);
        }
        let at = self.pages.position().clone();
        Some(Ok(self.bookmark.batch(records, Vec::new(), &at, None)))
    }

    async fn enriched(&mut self, issue: &Issue) -> Result<Record, Error> {
        let mut values = Record::of(issue, self.stream).into_values();
        let login = issue.user.as_ref().map(|user| user.login.as_str());
        let company = match login {
            None => None,
            Some(login) => self.company(login).await?,
        };
        if let (Some(index), Some(company)) = (self.stream.position("author_company"), company) {
            values[index] = Value::Text(company);
        }
        Ok(Record::new(values))
    }

    async fn company(&mut self, login: &str) -> Result<Option<String>, Error> {
        if let Some(known) = self.companies.get(login) {
            return Ok(known.clone());
        }
        let user = self
            .source
            .client
            .users()
            .get_by_username(login)
            .send()
            .await;
        let company = match user.map_err(failed)?.value {
            UsersGetByUsernameResponse::PrivateUser(user) => user.company,
            UsersGetByUsernameResponse::PublicUser(user) => user.company,
            _ => None,
        };
        self.companies.insert(login.to_owned(), company.clone());
        Ok(company)
    }
}

fn failed(error: pontoon_github::Error) -> Error {
    let refused = error
        .status()
        .is_some_and(|status| matches!(status.as_u16(), 401 | 403));
    let kind = if refused {
        ErrorKind::Unauthorized
    } else {
        ErrorKind::Source
    };
    Error::new(kind, error.to_string()).with_source(error)
}
