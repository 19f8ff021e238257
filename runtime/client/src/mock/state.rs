//! The rules, and the way from a request to an answer.

use super::answer::Answer;
use super::received::{Received, Seen};
use super::{judge, template};
use crate::Error;
use crate::json::Json;
use crate::operation::Operation;
use crate::transport::{BoxFuture, Request, Response, Transport};
use bytes::Bytes;
use http::{HeaderMap, Method};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub(super) type Matcher = Box<dyn Fn(&Arc<Seen>) -> bool + Send + Sync>;
pub(super) type Check = Box<dyn Fn(&Seen) -> Result<(), Error> + Send + Sync>;
type Make = dyn Fn(&Arc<Seen>) -> Answer + Send + Sync;
/// An operation and the values in its path.
type Routed = (&'static Operation, Vec<(&'static str, String)>);
type Otherwise = Box<dyn Fn(&Received<Json>) -> Answer + Send + Sync>;

pub(super) struct State {
    operations: Vec<&'static Operation>,
    rules: Mutex<Vec<Arc<Mutex<Rule>>>>,
    otherwise: Mutex<Option<Arc<Otherwise>>>,
    requests: Mutex<Vec<Arc<Seen>>>,
    unanswered: Mutex<Vec<String>>,
}

pub(super) struct Rule {
    operation: &'static Operation,
    /// Whether the body is of its type.
    check: Check,
    /// What is asked of requests, in words, and the question.
    pub(super) matchers: Vec<(String, Matcher)>,
    pub(super) answers: Vec<Given>,
    pub(super) times: Option<usize>,
    used: usize,
}

/// An answer of a script.
pub(super) struct Given {
    make: Arc<Make>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) delay: Option<Duration>,
}

impl Given {
    pub(super) fn new(make: Box<Make>) -> Self {
        Self {
            make: make.into(),
            headers: Vec::new(),
            delay: None,
        }
    }
}

impl Rule {
    pub(super) fn new(operation: &'static Operation, check: Check) -> Self {
        Self {
            operation,
            check,
            matchers: Vec::new(),
            answers: Vec::new(),
            times: None,
            used: 0,
        }
    }

    /// Why the rule does not answer the request; `None` where it does.
    fn refusal(&self, seen: &Arc<Seen>) -> Option<String> {
        if self.times.is_some_and(|times| self.used >= times) {
            return Some(format!("it was used {} times already", self.used));
        }
        if self.answers.is_empty() {
            return Some("it has no answer".to_owned());
        }
        let mut matchers = self.matchers.iter();
        let failed = matchers.find(|(_, test)| !test(seen));
        failed.map(|(words, _)| format!("it is not true that {words}"))
    }
}

/// The parts of a request that was received.
pub(super) struct Incoming {
    pub(super) method: Method,
    /// Path and query.
    pub(super) target: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// A test may have panicked while it held the lock; what it held is still whole.
fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    pub(super) fn new(operations: Vec<&'static Operation>) -> Self {
        Self {
            operations,
            rules: Mutex::default(),
            otherwise: Mutex::default(),
            requests: Mutex::default(),
            unanswered: Mutex::default(),
        }
    }

    pub(super) fn add(&self, rule: Rule) -> usize {
        let mut rules = lock(&self.rules);
        rules.push(Arc::new(Mutex::new(rule)));
        rules.len() - 1
    }

    pub(super) fn change(&self, index: usize, change: impl FnOnce(&mut Rule)) {
        let rule = lock(&self.rules).get(index).cloned();
        if let Some(rule) = rule {
            change(&mut lock(&rule));
        }
    }

    pub(super) fn otherwise(&self, answer: Otherwise) {
        *lock(&self.otherwise) = Some(Arc::new(answer));
    }

    pub(super) fn requests<B>(&self, of: Option<&'static Operation>) -> Vec<Received<B>> {
        let all = lock(&self.requests);
        let wanted = all
            .iter()
            .filter(|seen| of.is_none_or(|operation| std::ptr::eq(operation, seen.operation)));
        wanted.map(Received::new).collect()
    }

    pub(super) fn problems(&self) -> Vec<String> {
        let mut problems = lock(&self.unanswered).clone();
        for rule in lock(&self.rules).iter() {
            let rule = lock(rule);
            if let Some(times) = rule.times.filter(|times| *times != rule.used) {
                let (id, used) = (rule.operation.id, rule.used);
                problems.push(format!(
                    "a rule for `{id}` was used {used} times, not {times}"
                ));
            }
        }
        problems
    }

    /// The answer to a request, or why there is none.
    pub(super) fn answer(&self, incoming: Incoming) -> Result<Answer, String> {
        let shown = format!("{} {}", incoming.method, incoming.target);
        self.find(incoming).map_err(|why| {
            let message = format!("the mock does not answer {shown}: {why}");
            lock(&self.unanswered).push(message.clone());
            message
        })
    }

    fn find(&self, incoming: Incoming) -> Result<Answer, String> {
        let (path, query) = match incoming.target.split_once('?') {
            Some((path, query)) => (path, template::pairs(query)),
            None => (&*incoming.target, Vec::new()),
        };
        let rules = lock(&self.rules).clone();
        let (operation, values) = self.route(&incoming.method, path, &query, &rules)?;
        let seen = Arc::new(Seen {
            operation,
            path: path.to_owned(),
            method: incoming.method,
            query,
            values,
            headers: incoming.headers,
            body: incoming.body,
        });
        let faults = judge::faults(&seen);
        if !faults.is_empty() {
            let id = operation.id;
            return Err(format!("`{id}` is not called so: {}", faults.join("; ")));
        }
        let mut refusals = Vec::new();
        for rule in &rules {
            let mut rule = lock(rule);
            if !std::ptr::eq(rule.operation, operation) {
                continue;
            }
            if let Some(why) = rule.refusal(&seen) {
                refusals.push(format!("rule {}: {why}", refusals.len() + 1));
                continue;
            }
            (rule.check)(&seen).map_err(|error| {
                let id = operation.id;
                format!("`{id}` is not called so: the body is not of its type: {error}")
            })?;
            let at = rule.used.min(rule.answers.len() - 1);
            rule.used += 1;
            let given = &rule.answers[at];
            let (make, headers, delay) =
                (Arc::clone(&given.make), given.headers.clone(), given.delay);
            // Not locked while it runs: it may ask the mock.
            drop(rule);
            let headers = headers.iter();
            let mut answer = headers.fold(make(&seen), |answer, (name, value)| {
                answer.header(name, value)
            });
            answer.0.delay = delay.or(answer.0.delay);
            return self.given(&seen, answer);
        }
        let otherwise = lock(&self.otherwise).clone();
        if let Some(otherwise) = otherwise {
            return self.given(&seen, otherwise(&Received::new(&seen)));
        }
        let id = operation.id;
        Err(match refusals.is_empty() {
            true => format!("there is no rule for `{id}`"),
            false => format!("no rule for `{id}` takes it: {}", refusals.join("; ")),
        })
    }

    fn given(&self, seen: &Arc<Seen>, answer: Answer) -> Result<Answer, String> {
        match answer.0.fault {
            Some(fault) => Err(fault),
            None => {
                lock(&self.requests).push(Arc::clone(seen));
                Ok(answer)
            }
        }
    }

    /// The operation with the most specific template; among equals one with a rule.
    fn route(
        &self,
        method: &Method,
        path: &str,
        query: &[(String, String)],
        rules: &[Arc<Mutex<Rule>>],
    ) -> Result<Routed, String> {
        let ruled: Vec<&'static Operation> =
            rules.iter().map(|rule| lock(rule).operation).collect();
        let has_rule = |operation| ruled.iter().any(|other| std::ptr::eq(*other, operation));
        let extra = ruled.iter().filter(|operation| {
            !self
                .operations
                .iter()
                .any(|own| std::ptr::eq(*own, **operation))
        });
        let all = self.operations.iter().chain(extra).copied();
        let fitting = all
            .clone()
            .filter_map(|operation| Some((operation, template::fit(operation, path, query)?)));
        let (own, others): (Vec<_>, Vec<_>) =
            fitting.partition(|(operation, _)| operation.method == method.as_str());
        let best = own
            .into_iter()
            .min_by_key(|(operation, fit)| (fit.rank.clone(), !has_rule(*operation)));
        if let Some((operation, fit)) = best {
            return Ok((operation, fit.values));
        }
        if !others.is_empty() {
            let methods: Vec<&str> = others.iter().map(|(other, _)| other.method).collect();
            return Err(format!("the path is there for {}", methods.join(", ")));
        }
        Err(near_misses(path, all))
    }
}

/// The operations whose paths begin most alike.
fn near_misses(path: &str, all: impl Iterator<Item = &'static Operation>) -> String {
    let alike = |operation: &Operation| {
        let segments = operation.path.split('/').zip(path.split('/'));
        let fitting = segments.take_while(|(own, found)| own == found || own.contains('{'));
        fitting.count()
    };
    let mut near: Vec<(usize, &Operation)> = all.map(|found| (alike(found), found)).collect();
    near.sort_by_key(|(alike, operation)| (std::cmp::Reverse(*alike), operation.path));
    let near = near.iter().filter(|(alike, _)| *alike > 1).take(3);
    let near: Vec<String> = near
        .map(|(_, operation)| format!("{} {}", operation.method, operation.path))
        .collect();
    match near.is_empty() {
        true => "no operation has such a path".to_owned(),
        false => format!("no operation has such a path; near are {}", near.join(", ")),
    }
}

/// The transport of the mock's client.
pub(super) struct Line(pub(super) Arc<State>);

impl Transport for Line {
    fn send(&self, request: Request) -> BoxFuture<Result<Response, Error>> {
        let state = Arc::clone(&self.0);
        Box::pin(async move {
            let url = request.url.as_str();
            let target = url.strip_prefix(super::BASE_URL).unwrap_or_else(|| {
                // A base URL of the caller's.
                let rest = url.split_once("://").map_or(url, |pair| pair.1);
                rest.find('/').map_or("/", |at| &rest[at..])
            });
            let incoming = Incoming {
                method: request.method,
                target: target.to_owned(),
                headers: request.headers,
                body: request.body.collect(usize::MAX).await?,
            };
            let answer = state.answer(incoming).map_err(Error::request)?;
            if let Some(delay) = answer.0.delay {
                let limit = request.timeout.filter(|limit| *limit < delay);
                crate::clock::sleep(limit.unwrap_or(delay)).await;
                if limit.is_some() {
                    return Err(Error::timeout("the mock was told to be slower"));
                }
            }
            match answer.error() {
                Some(error) => Err(error),
                None => {
                    let mut response = Response::new(answer.0.status);
                    response.headers = answer.0.headers;
                    response.body = answer.0.body.into();
                    Ok(response)
                }
            }
        })
    }
}
