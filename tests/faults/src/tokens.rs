//! Tokens that expire in the middle of a list, and authorization servers that go
//! wrong when they are to be renewed.

use crate::Mishap;
use crate::api::{Good, PAGES, Paging, json};
use crate::client::{self, LONG, Read, Setup, Transport};
use crate::outcome::Outcome;
use crate::secrets::{self, Said};
use crate::server::{Act, Request, Server, lock};
use pontoon_runtime::auth::OAuth;
use pontoon_runtime::auth::store::MemoryStore;
use pontoon_things::{Client, auth};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const CLIENT_SECRET: &str = "cl1ent-s3cret-of-the-suite";
/// What every token begins with.
const TOKEN: &str = "t0ken-of-the-suite";

/// How tokens are had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Grant {
    ClientCredentials,
    /// By a refresh token that changes with every use.
    Refresh,
}

/// What goes wrong at the token endpoint when a token is renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    Nothing,
    /// It answers 503 once, before it does anything.
    Busy,
    /// It resets the connection once, before it does anything.
    Reset,
    /// It takes the refresh token, and its answer is lost.
    Lost,
    /// It has withdrawn the grant.
    Withdrawn,
    /// It sends the client to another host.
    Elsewhere,
    /// A proxy answers with HTML.
    Html,
    /// It never answers.
    Silent,
    /// Its tokens are no good: the API answers 401 to all of them.
    NoGood,
}

struct Way {
    name: &'static str,
    grant: Grant,
    /// How many clients list at a time, with one store for their tokens.
    clients: usize,
    trouble: Trouble,
    right: &'static [&'static str],
    /// How many tokens may be issued.
    issued: usize,
}

const ALL: &[&str] = &["all"];
const NO_TOKEN: &[&str] = &["credential"];

static WAYS: &[Way] = &[
    Way {
        name: "client credentials: the token expires",
        grant: Grant::ClientCredentials,
        clients: 1,
        trouble: Trouble::Nothing,
        right: ALL,
        issued: 2,
    },
    Way {
        name: "refresh token that changes: the token expires",
        grant: Grant::Refresh,
        clients: 1,
        trouble: Trouble::Nothing,
        right: ALL,
        issued: 2,
    },
    Way {
        name: "two clients with one store: the token expires",
        grant: Grant::Refresh,
        clients: 2,
        trouble: Trouble::Nothing,
        right: ALL,
        issued: 2,
    },
    Way {
        name: "eight clients with one store: the token expires",
        grant: Grant::Refresh,
        clients: 8,
        trouble: Trouble::Nothing,
        right: ALL,
        issued: 2,
    },
    Way {
        name: "renewal: 503 once",
        grant: Grant::Refresh,
        clients: 2,
        trouble: Trouble::Busy,
        right: ALL,
        issued: 2,
    },
    Way {
        name: "renewal: reset once",
        grant: Grant::Refresh,
        clients: 2,
        trouble: Trouble::Reset,
        right: ALL,
        issued: 2,
    },
    Way {
        name: "renewal: carried out, its answer is lost",
        grant: Grant::Refresh,
        clients: 1,
        trouble: Trouble::Lost,
        right: NO_TOKEN,
        issued: 2,
    },
    Way {
        name: "renewal: the grant is withdrawn",
        grant: Grant::Refresh,
        clients: 2,
        trouble: Trouble::Withdrawn,
        right: NO_TOKEN,
        issued: 1,
    },
    Way {
        name: "renewal: redirect to another host",
        grant: Grant::Refresh,
        clients: 1,
        trouble: Trouble::Elsewhere,
        right: NO_TOKEN,
        issued: 1,
    },
    Way {
        name: "renewal: 200, HTML of a proxy",
        grant: Grant::ClientCredentials,
        clients: 1,
        trouble: Trouble::Html,
        right: NO_TOKEN,
        issued: 1,
    },
    Way {
        name: "renewal: no answer",
        grant: Grant::ClientCredentials,
        clients: 1,
        trouble: Trouble::Silent,
        right: &["credential", "timeout"],
        issued: 1,
    },
    Way {
        name: "renewal: the API refuses every token",
        grant: Grant::ClientCredentials,
        clients: 1,
        trouble: Trouble::NoGood,
        right: &["status 401"],
        issued: 2,
    },
];

/// What came of it.
#[derive(Debug)]
pub struct Report {
    name: &'static str,
    transport: Transport,
    page: usize,
    outcomes: Vec<Outcome>,
    issued: usize,
    /// What is wrong with it.
    pub objections: Vec<String>,
}

impl Report {
    /// The line as Markdown.
    pub fn line(&self) -> String {
        let outcomes: BTreeSet<_> = self.outcomes.iter().map(ToString::to_string).collect();
        let outcomes: Vec<_> = outcomes.into_iter().collect();
        format!(
            "| {} | {} | {} | {}{} | {} |",
            self.name,
            self.page,
            self.transport.name(),
            if self.objections.is_empty() {
                ""
            } else {
                "**WRONG** "
            },
            outcomes.join(", "),
            self.issued
        )
    }
}

/// Every way, with the token expiring at every page.
pub async fn run_all(transport: Transport) -> Result<Vec<Report>, Mishap> {
    let mut reports = Vec::new();
    for way in WAYS {
        let mut running = tokio::task::JoinSet::new();
        for page in 0..PAGES {
            running.spawn(async move { way.run(page, transport).await });
        }
        let mut done: Vec<Report> = Vec::new();
        for report in running.join_all().await {
            done.push(report?);
        }
        done.sort_by_key(|report| report.page);
        reports.extend(done);
    }
    Ok(reports)
}

/// An authorization server, and what the API knows of its tokens.
struct Authority {
    trouble: Trouble,
    valid: BTreeSet<String>,
    /// The refresh token that may be used.
    refresh: String,
    issued: usize,
    /// How often a refresh token was used again.
    reused: usize,
    troubled: bool,
    /// Whether the first token has expired.
    expired: bool,
}

impl Authority {
    fn new(trouble: Trouble) -> Self {
        Self {
            trouble,
            valid: BTreeSet::new(),
            refresh: format!("{TOKEN}-refresh-0"),
            issued: 0,
            reused: 0,
            troubled: false,
            expired: false,
        }
    }

    /// Answers a token request.
    fn answer(&mut self, request: &Request, elsewhere: &str) -> Vec<Act> {
        let send = |bytes: Vec<u8>| vec![Act::Send(bytes)];
        let first = !std::mem::replace(&mut self.troubled, self.issued > 0);
        if self.issued > 0 {
            match self.trouble {
                Trouble::Busy if first => {
                    return send(json("503 Service Unavailable", "{}"));
                }
                Trouble::Reset if first => return vec![Act::Reset],
                Trouble::Lost if first => {
                    self.issue(request);
                    return vec![Act::Pause(Duration::from_millis(5)), Act::Reset];
                }
                Trouble::Withdrawn => return send(refused()),
                Trouble::Elsewhere => {
                    let text = format!(
                        "HTTP/1.1 307 Temporary Redirect\r\nLocation: {elsewhere}/token\r\n\
                         Content-Length: 0\r\n\r\n"
                    );
                    return send(text.into_bytes());
                }
                Trouble::Html => return send(json("200 OK", "<html>Sign in to the network")),
                Trouble::Silent => return vec![Act::Stall],
                _ => {}
            }
        }
        // Renewals of clients that share a store must not meet: give them time to.
        let pause = Act::Pause(Duration::from_millis(30));
        vec![pause, Act::Send(self.issue(request))]
    }

    fn issue(&mut self, request: &Request) -> Vec<u8> {
        let form = String::from_utf8_lossy(&request.body).into_owned();
        let sent = form
            .split('&')
            .find_map(|pair| pair.strip_prefix("refresh_token="));
        if let Some(sent) = sent
            && sent != self.refresh
        {
            self.reused += 1;
            // The grant is withdrawn (RFC 9700, section 4.14.2).
            self.refresh.clear();
            return refused();
        }
        self.issued += 1;
        let number = self.issued;
        let access = format!("{TOKEN}-access-{number}");
        self.valid.insert(access.clone());
        let refresh = match sent {
            None => String::new(),
            Some(_) => {
                self.refresh = format!("{TOKEN}-refresh-{number}");
                format!(r#","refresh_token":"{}""#, self.refresh)
            }
        };
        json(
            "200 OK",
            format!(
                r#"{{"access_token":"{access}","token_type":"Bearer","expires_in":3600{refresh}}}"#
            ),
        )
    }

    /// Whether the API takes the token of a request for page `page`; the first
    /// token expires at page `at`.
    fn takes(&mut self, request: &Request, page: usize, at: usize) -> bool {
        if page == at && !self.expired {
            self.expired = true;
            self.valid.clear();
        }
        if self.expired && self.trouble == Trouble::NoGood {
            return false;
        }
        let header = request.header("authorization").unwrap_or_default();
        let token = header.strip_prefix("Bearer ").unwrap_or_default();
        self.valid.contains(token)
    }
}

fn refused() -> Vec<u8> {
    let body = r#"{"error":"invalid_grant","error_description":"unknown or used"}"#;
    json("400 Bad Request", body)
}

impl Way {
    async fn run(&self, page: usize, transport: Transport) -> Result<Report, Mishap> {
        let authority = Arc::new(Mutex::new(Authority::new(self.trouble)));
        let foreign = Server::start(|_| vec![Act::Send(refused())]).await?;
        let (state, elsewhere) = (Arc::clone(&authority), foreign.base().to_owned());
        let login = Server::start(move |request| lock(&state).answer(request, &elsewhere)).await?;
        let (state, here) = (Arc::clone(&authority), Arc::<Mutex<String>>::default());
        let base = Arc::clone(&here);
        let server = Server::start(move |request| {
            let asked = Paging::Cursor.page(request);
            vec![Act::Send(match lock(&state).takes(request, asked, page) {
                true => Good::page(Paging::Cursor, &lock(&base), asked).bytes("200 OK"),
                false => json("401 Unauthorized", r#"{"message":"the token has expired"}"#),
            })]
        })
        .await?;
        *lock(&here) = server.base().to_owned();

        let (said, store) = (Said::default(), MemoryStore::new());
        let mut clients = Vec::new();
        let folder = tempfile::tempdir()?;
        let path = |number: usize| folder.path().join(number.to_string());
        for number in 0..self.clients {
            let path = path(number);
            let grant = self.grant(login.base(), &store);
            said.add(&grant);
            let setup = Setup {
                transport,
                base: server.base(),
                patience: LONG,
                record: Some(&path),
            };
            let builder = client::anonymous(&setup, &said)?;
            clients.push(builder.credential(auth::oauth(grant)).build()?);
        }
        said.add(&clients);
        let reads = self.read(clients).await;
        for error in reads.iter().filter_map(|read| read.error.as_ref()) {
            said.error(error);
        }
        said.add(&store);
        let mut report = self.judge(&reads, &lock(&authority), page, transport);
        let records = (0..self.clients).map(|number| std::fs::read(path(number)));
        let records: Vec<Vec<u8>> = records.filter_map(Result::ok).collect();
        // Tokens begin alike.
        let places = [
            (
                "a recording",
                records.concat(),
                [TOKEN, CLIENT_SECRET].as_slice(),
            ),
            (
                "another host",
                foreign.bytes(),
                [TOKEN, CLIENT_SECRET].as_slice(),
            ),
            (
                "what the client said",
                said.text().into_bytes(),
                &[TOKEN, CLIENT_SECRET],
            ),
            (
                "the API",
                server.bytes(),
                &["of-the-suite-refresh", CLIENT_SECRET],
            ),
            (
                "the authorization server",
                login.bytes(),
                &["of-the-suite-access"],
            ),
        ];
        for (place, bytes, secrets) in places {
            if let Some(secret) = secrets::found_in(&bytes, secrets) {
                report.object(self, format!("LEAK of {secret} to {place}"));
            }
        }
        Ok(report)
    }

    fn grant(&self, login: &str, store: &MemoryStore) -> OAuth {
        let grant = match self.grant {
            Grant::ClientCredentials => OAuth::client_credentials("suite", CLIENT_SECRET),
            Grant::Refresh => OAuth::refresh_token("suite", format!("{TOKEN}-refresh-0"))
                .client_secret(CLIENT_SECRET),
        };
        grant
            .token_url(format!("{login}/token"))
            .timeout(match self.trouble {
                Trouble::Silent => Duration::from_secs(3),
                _ => LONG,
            })
            .store(store.clone())
    }

    /// All clients at once. The first has the first token before the others begin.
    async fn read(&self, clients: Vec<Client>) -> Vec<Read> {
        let mut running = tokio::task::JoinSet::new();
        for client in clients {
            running.spawn(async move {
                let listed = client::list(&client, Paging::Cursor, None);
                tokio::time::timeout(Duration::from_secs(180), listed).await
            });
        }
        let done = running.join_all().await;
        done.into_iter().filter_map(Result::ok).collect()
    }

    fn judge(
        &self,
        reads: &[Read],
        authority: &Authority,
        page: usize,
        transport: Transport,
    ) -> Report {
        let mut report = Report {
            name: self.name,
            transport,
            page,
            outcomes: Vec::new(),
            issued: authority.issued,
            objections: Vec::new(),
        };
        for read in reads {
            let outcome = Outcome::of(&read.ids, read.error.as_ref());
            if !outcome.is_one_of(self.right) {
                let text = format!("{outcome}, which is not one of {:?}", self.right);
                report.object(self, format!("{text} ({:?})", read.error));
            }
            report.outcomes.push(outcome);
        }
        if reads.len() != self.clients {
            report.object(self, "HANGS".to_owned());
        }
        if authority.reused > 0 && self.trouble != Trouble::Lost {
            report.object(self, "a refresh token was used twice".to_owned());
        }
        if authority.issued > self.issued {
            let text = format!("{} tokens were issued", authority.issued);
            report.object(self, text);
        }
        report
    }
}

impl Report {
    fn object(&mut self, way: &Way, text: String) {
        let text = format!("{} at page {}: {text}", way.name, self.page);
        self.objections.push(text);
    }
}
