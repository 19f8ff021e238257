//! Which requests a limit is for.

use std::borrow::Cow;

/// The requests that a limit counts together. Words may hold `*` for any run of
/// characters.
///
/// ```
/// use pontoon_runtime::Scope;
///
/// let searches = Scope::operations(["search/*"]);
/// let one_repository = Scope::paths(["/repos/{owner}/{repo}/*"]);
/// let uploads = Scope::hosts(["uploads.example.com"]);
/// let each_host = Scope::all().per_host();
/// # drop((searches, one_repository, uploads, each_host));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Scope {
    subject: Subject,
    words: Vec<Cow<'static, str>>,
    pub(super) per_host: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Subject {
    #[default]
    All,
    Operations,
    Paths,
    Hosts,
}

/// A request that asks to be sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    /// The operation's id.
    pub(crate) operation: &'a str,
    /// The path template, or the path of a raw request.
    pub(crate) path: &'a str,
    /// Host and port.
    pub(crate) host: &'a str,
    /// Whether the call has a credential of its own, or none: what the server
    /// says of limits is not about the client's then.
    pub(crate) own_credential: bool,
    /// Whether it goes to another host than the API's, by a redirect: limits of the API
    /// are not for it, limits by host are.
    pub(crate) elsewhere: bool,
}

impl Scope {
    fn of<W: Into<Cow<'static, str>>>(
        subject: Subject,
        words: impl IntoIterator<Item = W>,
    ) -> Self {
        Self {
            subject,
            words: words.into_iter().map(Into::into).collect(),
            per_host: false,
        }
    }

    /// All requests of the client, the default.
    pub fn all() -> Self {
        Self::default()
    }

    /// Those of operations with these ids (`operationId`). Many APIs begin them with
    /// the tag: `issues/*`.
    pub fn operations<W: Into<Cow<'static, str>>>(ids: impl IntoIterator<Item = W>) -> Self {
        Self::of(Subject::Operations, ids)
    }

    /// Those of operations with these path templates, as the API's description
    /// writes them (`/pets/{id}`), and raw requests with these paths.
    pub fn paths<W: Into<Cow<'static, str>>>(paths: impl IntoIterator<Item = W>) -> Self {
        Self::of(Subject::Paths, paths)
    }

    /// Those to these hosts, with the port where the URL has one.
    pub fn hosts<W: Into<Cow<'static, str>>>(hosts: impl IntoIterator<Item = W>) -> Self {
        Self::of(Subject::Hosts, hosts)
    }

    /// Counts the requests to each host apart.
    pub fn per_host(mut self) -> Self {
        self.per_host = true;
        self
    }

    pub(super) fn covers(&self, asked: &Asked<'_>) -> bool {
        if asked.elsewhere && !self.per_host && self.subject != Subject::Hosts {
            return false;
        }
        let text = match self.subject {
            Subject::All => return true,
            Subject::Operations => asked.operation,
            Subject::Paths => asked.path,
            Subject::Hosts => asked.host,
        };
        self.words.iter().any(|word| fits(word, text))
    }
}

/// Whether a text fits a word with `*` in it.
pub(super) fn fits(word: &str, text: &str) -> bool {
    let Some((start, rest)) = word.split_once('*') else {
        return word == text;
    };
    let Some(mut text) = text.strip_prefix(start) else {
        return false;
    };
    let mut pieces = rest.split('*').peekable();
    while let Some(piece) = pieces.next() {
        if pieces.peek().is_none() {
            return text.ends_with(piece);
        }
        match text.find(piece) {
            Some(at) => text = &text[at + piece.len()..],
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::{Asked, Scope, fits};

    #[test]
    fn words() {
        for (word, text, expected) in [
            ("a", "a", true),
            ("a", "ab", false),
            ("*", "", true),
            ("issues/*", "issues/create", true),
            ("issues/*", "issue/create", false),
            ("*/create", "issues/create", true),
            ("/a/*/c", "/a/b/b/c", true),
            ("/a/*/c", "/a/c", false),
            ("*a*b*", "xaybz", true),
            ("*a*b*", "xbya", false),
            ("a*a", "a", false),
        ] {
            assert_eq!(fits(word, text), expected, "{word} {text}");
        }
    }

    #[test]
    fn subjects() {
        let asked = Asked {
            operation: "pets/list",
            path: "/pets/{id}",
            host: "pets.example:8080",
            own_credential: false,
            elsewhere: false,
        };
        assert!(Scope::all().covers(&asked));
        assert!(Scope::operations(["cats/*", "pets/*"]).covers(&asked));
        assert!(!Scope::operations(["/pets/{id}"]).covers(&asked));
        assert!(Scope::paths(["/pets/*"]).covers(&asked));
        assert!(Scope::hosts(["pets.example*"]).covers(&asked));
        assert!(!Scope::hosts(["pets.example"]).covers(&asked));
        let elsewhere = Asked {
            elsewhere: true,
            ..asked
        };
        assert!(Scope::hosts(["pets.example*"]).covers(&elsewhere));
        assert!(Scope::all().per_host().covers(&elsewhere));
        assert!(!Scope::all().covers(&elsewhere));
        assert!(!Scope::operations(["pets/*"]).covers(&elsewhere));
    }
}
