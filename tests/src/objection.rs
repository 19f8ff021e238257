//! What the mock server has against a request.

use crate::tap::Exchange;

/// Why a request is rejected.
#[derive(Debug, Clone, Default)]
pub struct Objection {
    /// In short: `E3008 body.expand`, `taken for /path`.
    pub findings: Vec<String>,
    /// What the judge says of each finding; empty where that is all.
    pub messages: Vec<String>,
    /// The request, with the findings in words.
    pub text: String,
}

impl Objection {
    /// One of a single finding that no judge made.
    pub fn plain(text: String) -> Self {
        Self {
            findings: vec![text.clone()],
            messages: vec![String::new()],
            text,
        }
    }

    /// What speaks against a request: it is invalid, or it was taken for one of
    /// another operation.
    pub fn of(exchange: &Exchange, method: &str, path: &str) -> Option<Self> {
        let matched = exchange
            .header("x-steady-matched-path")
            .unwrap_or("nothing");
        let valid = exchange.header("x-steady-request-valid") == Some("true");
        let mut found = Self {
            text: format!("{} {}", exchange.method, exchange.target),
            ..Self::default()
        };
        if !exchange.body.is_empty() {
            let body = String::from_utf8_lossy(&exchange.body);
            let body: String = body.chars().take(600).collect();
            found.text.push_str(&format!("\n    {body}"));
        }
        for (code, place, message) in remarks(exchange) {
            found
                .text
                .push_str(&format!("\n    {code} {place}: {message}"));
            // A request that is not routed is all in its code.
            found.findings.push(match code {
                "E2001" => code.to_owned(),
                _ => format!("{code} {place}"),
            });
            found.messages.push(message.to_owned());
        }
        if valid && (exchange.method != method || matched != path) {
            found.findings = vec![format!("taken for {matched}")];
            found.messages = vec![String::new()];
            found.text.push_str(&format!("\n    taken for {matched}"));
        } else if valid {
            return None;
        } else if found.findings.is_empty() {
            let status = exchange.status;
            found.findings = vec![format!("rejected with status {status} and no finding")];
            found.messages = vec![String::new()];
        }
        Some(found)
    }
}

/// What the judge remarks on a request, valid or not: code, place, words.
pub fn remarks(exchange: &Exchange) -> impl Iterator<Item = (&str, &str, &str)> {
    (1..).map_while(|index| {
        let header = |part: &str| exchange.header(&format!("x-steady-error-{index}-{part}"));
        let code = header("code")?;
        Some((
            code,
            header("path").unwrap_or_default(),
            header("message").unwrap_or_default(),
        ))
    })
}
