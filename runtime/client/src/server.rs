//! Which server is called: the caller's choice, or one of the spec's.

use crate::Error;
use crate::operation::Server;
use std::collections::BTreeMap;
use url::{Host, Url};

/// Values of server variables by name.
pub(crate) type Variables = BTreeMap<String, String>;

/// A base URL given by the caller, checked and without a slash at its end.
pub(crate) fn checked(text: &str) -> Result<String, Error> {
    let url = Url::parse(text).map_err(|error| {
        Error::request(format!(
            "the base URL {} is not an absolute URL",
            crate::mask::url(text)
        ))
        .with_source(error)
    })?;
    let refuse = |reason: &'static str| {
        Err(Error::request(format!(
            "the base URL {}: {reason}",
            crate::mask::url(text)
        )))
    };
    if !matches!(url.scheme(), "http" | "https") || url.cannot_be_a_base() {
        return refuse("only http and https can be called");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("give the user name and password as a credential, not in the URL");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return refuse("a base URL has no query and no fragment");
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// The base URL of server `index` with its variables filled in.
pub(crate) fn resolve(
    servers: &[Server],
    index: usize,
    variables: &Variables,
) -> Result<String, Error> {
    let Some(server) = servers.get(index) else {
        return Err(Error::request(match servers.len() {
            0 => "the API names no server: give one to ClientBuilder::base_url".to_owned(),
            count => format!("there is no server {index}: the API names {count}, counted from 0"),
        }));
    };
    let url = fill(server, variables)?;
    if !url.contains("://") {
        return Err(Error::request(format!(
            "the API's server URL `{url}` is relative: give the whole URL to \
             ClientBuilder::base_url, for example https://host.example{}{url}",
            if url.starts_with('/') { "" } else { "/" }
        )));
    }
    checked(&url)
}

/// Fills in the variables of a server's URL template.
fn fill(server: &Server, variables: &Variables) -> Result<String, Error> {
    let mut out = String::new();
    let mut rest = server.url;
    while let Some((before, (name, after))) = rest
        .split_once('{')
        .and_then(|(before, tail)| Some((before, tail.split_once('}')?)))
    {
        out.push_str(before);
        out.push_str(value(server, name, variables)?);
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

fn value<'a>(server: &'a Server, name: &str, variables: &'a Variables) -> Result<&'a str, Error> {
    let declared = server.variables.iter().find(|known| known.0 == name);
    let given = variables.get(name).map(String::as_str);
    match (given, declared) {
        (Some(value), Some((_, _, allowed)))
            if !allowed.is_empty() && !allowed.contains(&value) =>
        {
            Err(Error::request(format!(
                "the server variable `{name}` cannot be `{value}`: it is one of {}",
                allowed.join(", ")
            )))
        }
        (Some(value), _) => Ok(value),
        (None, Some((_, default, _))) if !default.is_empty() => Ok(default),
        (None, _) => Err(Error::request(format!(
            "the server variable `{name}` has no value: give it to ClientBuilder::server_variable"
        ))),
    }
}

/// Secrets are not sent where anyone on the way can read them (RFC 6750, section
/// 5.3; RFC 9110, section 17.16.1), unless the caller allows it.
pub(crate) fn refuse_plain_http(url: &str, allowed: bool) -> Result<(), Error> {
    if allowed || url.starts_with("https://") || is_here_as_written(url) {
        return Ok(());
    }
    let Ok(url) = Url::parse(url) else {
        return Err(Error::request("not a URL"));
    };
    let is_here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    if url.scheme() == "https" || is_here {
        return Ok(());
    }
    Err(Error::request(format!(
        "a credential is not sent over plain http to {}, since anyone on the way could read it: \
         use https, or allow it by ClientBuilder::plain_http",
        url.host_str().unwrap_or_default()
    )))
}

/// Whether the host of an `http` URL is this machine under one of its usual names; no
/// need then to read the whole URL before each request.
fn is_here_as_written(url: &str) -> bool {
    let rest = url.strip_prefix("http://").unwrap_or_default();
    ["127.0.0.1", "localhost", "[::1]"].iter().any(|name| {
        let Some(rest) = rest.strip_prefix(name) else {
            return false;
        };
        let port = rest.strip_prefix(':').unwrap_or(rest);
        let port = port.trim_start_matches(|digit: char| digit.is_ascii_digit());
        port.is_empty() || port.starts_with(['/', '?', '#'])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn here() {
        for url in [
            "http://127.0.0.1:8888/api",
            "http://localhost",
            "http://[::1]?a",
            "http://[::1]:80#b",
            "http://api.localhost:80/",
            "http://127.9.9.9/",
            "HTTP://LOCALHOST/",
        ] {
            assert!(refuse_plain_http(url, false).is_ok(), "{url}");
        }
        for url in [
            "http://127.0.0.1.example/",
            "http://127.0.0.1:80@example/",
            "http://localhost@example/",
            "http://localhost\t.example/",
            "http://127.0.0.1\n.example/",
            "http://localhost:80:example/",
            "http://example/127.0.0.1",
            "",
        ] {
            assert!(!is_here_as_written(url), "{url}");
            assert!(refuse_plain_http(url, false).is_err(), "{url}");
        }
    }

    const SERVERS: &[Server] = &[
        Server {
            url: "https://{region}.api.example/{version}/",
            variables: &[("region", "eu", &["eu", "us"]), ("version", "v1", &[])],
        },
        Server {
            url: "/api/v1",
            variables: &[],
        },
    ];

    fn resolved(index: usize, pairs: &[(&str, &str)]) -> String {
        let variables = pairs
            .iter()
            .map(|&(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        resolve(SERVERS, index, &variables).unwrap_or_else(|error| error.to_string())
    }

    #[test]
    fn variables() {
        assert_eq!(resolved(0, &[]), "https://eu.api.example/v1");
        assert_eq!(
            resolved(0, &[("region", "us"), ("version", "v2/x")]),
            "https://us.api.example/v2/x"
        );
        assert_eq!(
            resolved(0, &[("region", "mars")]),
            "the server variable `region` cannot be `mars`: it is one of eu, us"
        );
    }

    #[test]
    fn what_cannot_be_called() {
        assert_eq!(
            resolved(1, &[]),
            "the API's server URL `/api/v1` is relative: give the whole URL to \
             ClientBuilder::base_url, for example https://host.example/api/v1"
        );
        assert_eq!(
            resolved(2, &[]),
            "there is no server 2: the API names 2, counted from 0"
        );
        for bad in [
            "file:///etc/passwd",
            "https://u:p@h/",
            "https://h/?a=b",
            "h",
            "",
        ] {
            let error = checked(bad).map(drop).map_err(|error| error.to_string());
            assert!(error.is_err(), "{bad}");
            assert!(!format!("{error:?}").contains("u:p"));
        }
    }
}
