//! Calls that must not be carried out twice.

use crate::Mishap;
use crate::api::{Paging, json};
use crate::client::{self, Setup, Transport};
use crate::fault::{Fault, Place};
use crate::outcome::kind;
use crate::secrets::Said;
use crate::server::{Act, Request, Server, lock};
use pontoon_runtime::{CallOptions as _, Error};
use pontoon_things::models::NewThing;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

/// How the call says that it may be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// `POST /orders`: not at all.
    None,
    /// `POST /things`: by a key that the caller gives.
    Given,
    /// `POST /things`: by a key that the client makes, as the API declares one.
    Made,
    /// `POST /orders`: by a key in a header that the API does not declare.
    Undeclared,
}

impl Key {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::None, Self::Given, Self::Made, Self::Undeclared];

    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "no key",
            Self::Given => "key of the caller",
            Self::Made => "key of the client",
            Self::Undeclared => "key, undeclared",
        }
    }
}

/// A fault of the answer to a POST.
#[derive(Debug, Clone, Copy)]
pub struct Post {
    /// What goes wrong; `once` is what is right with a key.
    pub fault: Fault,
    /// Whether the server had carried out the request.
    pub carried_out: bool,
    /// What is right without a key.
    pub without_key: &'static [&'static str],
}

/// What came of a POST that went wrong once.
#[derive(Debug)]
pub struct Report {
    /// `all`, or the kind of error.
    pub outcome: String,
    /// How many things the server has made.
    pub made: usize,
    /// How many requests it saw.
    pub requests: usize,
    /// What is wrong with it.
    pub objections: Vec<String>,
}

#[derive(Default)]
struct Shop {
    keys: BTreeSet<String>,
    made: usize,
    seen: usize,
}

impl Shop {
    /// Carries out a request, unless its key is known.
    fn make(&mut self, request: &Request) {
        let is_new = match request.header("idempotency-key") {
            Some(key) => self.keys.insert(key.to_owned()),
            None => true,
        };
        self.made += usize::from(is_new);
    }
}

/// Sends one POST; the first answer goes wrong.
pub async fn run(post: &'static Post, key: Key, transport: Transport) -> Result<Report, Mishap> {
    let shop: Arc<Mutex<Shop>> = Arc::default();
    let state = Arc::clone(&shop);
    let server = Server::start(move |request| {
        let mut shop = lock(&state);
        shop.seen += 1;
        if shop.seen > 1 {
            shop.make(request);
            return vec![Act::Send(json("201 Created", r#"{"id":1,"name":"one"}"#))];
        }
        if post.carried_out {
            shop.make(request);
        }
        post.fault.acts(&Place {
            paging: Paging::Cursor,
            page: 0,
            target: request.target(),
            here: "",
            foreign: "",
        })
    })
    .await?;
    let setup = Setup {
        transport,
        base: server.base(),
        patience: post.fault.patience(),
        record: None,
    };
    let client = client::builder(&setup, &Said::default())?.build()?;
    let body = NewThing::new("one".to_owned());
    let sent: Result<_, Error> = match key {
        Key::None => client.orders().create(&body).send().await,
        Key::Given => {
            let call = client.things().create(&body);
            call.idempotency_key("order-17").send().await
        }
        Key::Made => client.things().create(&body).send().await,
        Key::Undeclared => {
            let call = client.orders().create(&body);
            call.idempotency_key("order-17").send().await
        }
    };
    let outcome = match &sent {
        Ok(_) => "all".to_owned(),
        Err(error) => kind(error),
    };
    let (made, requests) = {
        let shop = lock(&shop);
        (shop.made, shop.seen)
    };
    let mut objections = Vec::new();
    let right = match key {
        Key::None => post.without_key,
        _ => post.fault.once,
    };
    if !right.contains(&outcome.as_str()) {
        objections.push(format!("{outcome}, which is not one of {right:?}"));
    }
    if made > 1 {
        objections.push(format!("DOUBLED: {made} were made"));
    }
    if sent.is_ok() && made != 1 {
        objections.push(format!("said to be made, but {made} were"));
    }
    let requests_seen = server.requests();
    let keys: BTreeSet<_> = requests_seen
        .iter()
        .map(|request| request.header("idempotency-key"))
        .collect();
    let is_right = match key {
        Key::None => keys == BTreeSet::from([None]),
        Key::Given | Key::Undeclared => keys == BTreeSet::from([Some("order-17")]),
        Key::Made => keys.len() == 1 && !keys.contains(&None) && !keys.contains(&Some("")),
    };
    if !is_right {
        objections.push(format!("the keys that were sent: {keys:?}"));
    }
    Ok(Report {
        outcome,
        made,
        requests,
        objections: objections
            .into_iter()
            .map(|text| format!("POST, {}, {}: {text}", post.fault.name, key.name()))
            .collect(),
    })
}
