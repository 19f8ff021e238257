//! Which operations the user wants: path globs with methods, and tags.

/// A selection of operations. Without any glob to include, all are included.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// An operation must match one of these, unless there is none.
    pub include: Vec<Glob>,
    /// An operation must match none of these.
    pub exclude: Vec<Glob>,
}

/// One pattern: `/repos/**#GET,POST`, `tag:NAME` or `webhook:NAME`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Glob {
    /// Operations by path and method.
    Path {
        /// The segments of the path; `*` is any one, `**` any number.
        segments: Vec<String>,
        /// Upper-case methods; empty for any.
        methods: Vec<String>,
    },
    /// Operations with a tag; `*` in the name stands for any characters.
    Tag(String),
    /// Webhooks by name; `*` in it stands for any characters.
    Webhook(String),
}

impl Filter {
    /// Reads the patterns of `--include` and `--exclude`.
    pub fn parse(include: &[String], exclude: &[String]) -> Result<Self, String> {
        let read = |globs: &[String]| {
            globs
                .iter()
                .map(|g| Glob::parse(g))
                .collect::<Result<Vec<_>, _>>()
        };
        Ok(Self {
            include: read(include)?,
            exclude: read(exclude)?,
        })
    }

    /// Whether everything is kept.
    pub fn keeps_all(&self) -> bool {
        self.include.is_empty() && self.exclude.is_empty()
    }

    /// Whether the operation is kept.
    pub fn keeps(&self, method: &str, path: &str, tags: &[&str]) -> bool {
        let hit = |globs: &[Glob]| globs.iter().any(|g| g.matches(method, path, tags));
        (self.include.is_empty() || hit(&self.include)) && !hit(&self.exclude)
    }

    /// Whether the webhook is kept.
    pub fn keeps_webhook(&self, name: &str) -> bool {
        let hit = |globs: &[Glob]| {
            let mut globs = globs.iter();
            globs.any(|glob| matches!(glob, Glob::Webhook(pattern) if wild(pattern, name)))
        };
        (self.include.is_empty() || hit(&self.include)) && !hit(&self.exclude)
    }
}

impl Glob {
    /// Reads one pattern.
    pub fn parse(text: &str) -> Result<Self, String> {
        if let Some(name) = text.strip_prefix("tag:") {
            if name.is_empty() {
                return Err(format!("`{text}` names no tag"));
            }
            return Ok(Glob::Tag(name.to_owned()));
        }
        if let Some(name) = text.strip_prefix("webhook:") {
            if name.is_empty() {
                return Err(format!("`{text}` names no webhook"));
            }
            return Ok(Glob::Webhook(name.to_owned()));
        }
        let (path, methods) = match text.rsplit_once('#') {
            Some((path, methods)) => (path, Some(methods)),
            None => (text, None),
        };
        let Some(rest) = path.strip_prefix('/') else {
            return Err(format!(
                "`{text}` is neither a path glob such as `/repos/**#GET` nor `tag:NAME` nor `webhook:NAME`"
            ));
        };
        let methods = match methods {
            None => Vec::new(),
            Some(list) => {
                let methods: Vec<_> = list
                    .split(',')
                    .map(|m| m.trim().to_ascii_uppercase())
                    .collect();
                let word = |m: &String| !m.is_empty() && m.bytes().all(|b| b.is_ascii_alphabetic());
                if let Some(bad) = methods.iter().find(|m| !word(m)) {
                    return Err(format!("`{bad}` in `{text}` is not a method"));
                }
                methods
            }
        };
        let segments = rest.split('/').map(str::to_owned).collect();
        Ok(Glob::Path { segments, methods })
    }

    /// Whether the operation matches.
    pub fn matches(&self, method: &str, path: &str, tags: &[&str]) -> bool {
        match self {
            Glob::Webhook(_) => false,
            Glob::Tag(name) => tags.iter().any(|tag| wild(name, tag)),
            Glob::Path { segments, methods } => {
                (methods.is_empty() || methods.iter().any(|m| m.eq_ignore_ascii_case(method)))
                    && match_segments(segments, path)
            }
        }
    }
}

/// Matches whole segments. Keeps, per position in the pattern, whether the
/// path so far can end there, so that many `**` cost no more than one.
fn match_segments(pattern: &[String], path: &str) -> bool {
    let mut open = vec![false; pattern.len() + 1];
    open[0] = true;
    let skip = |open: &mut Vec<bool>| {
        for (at, part) in pattern.iter().enumerate() {
            open[at + 1] |= open[at] && part == "**";
        }
    };
    skip(&mut open);
    for segment in path.strip_prefix('/').unwrap_or(path).split('/') {
        let mut next = vec![false; open.len()];
        for (at, part) in pattern.iter().enumerate() {
            if part == "**" {
                next[at] |= open[at];
            } else if open[at] && wild(part, segment) {
                next[at + 1] = true;
            }
        }
        skip(&mut next);
        open = next;
    }
    open[pattern.len()]
}

/// Matches one text; `*` stands for any characters.
fn wild(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut left) = text.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        match left.find(part) {
            Some(at) => left = &left[at + part.len()..],
            None => return false,
        }
    }
    left.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(glob: &str, method: &str, path: &str) -> bool {
        Glob::parse(glob)
            .expect(glob)
            .matches(method, path, &["Issues"])
    }

    #[test]
    fn paths() {
        assert!(matches("/repos/**", "get", "/repos/{owner}/{repo}"));
        assert!(matches("/repos/**", "get", "/repos"));
        assert!(!matches("/repos/*", "get", "/repos"));
        assert!(matches("/repos/*", "get", "/repos/{id}"));
        assert!(!matches("/repos/*", "get", "/repos/{id}/x"));
        assert!(matches("/**/issues", "get", "/a/b/issues"));
        assert!(matches("/**", "get", "/"));
        assert!(matches("/v*/me*", "get", "/v1/messages"));
        assert!(matches("/a#GET,post", "POST", "/a"));
        assert!(!matches("/a#GET", "put", "/a"));
        assert!(matches("tag:Iss*", "put", "/a"));
        assert!(!matches("tag:iss", "put", "/a"));
    }

    #[test]
    fn many_stars_are_quick() {
        let glob = format!("/{}x", "**/".repeat(200));
        assert!(!matches(&glob, "get", &"/a".repeat(500)));
    }

    #[test]
    fn include_and_exclude() {
        let list = |texts: &[&str]| texts.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>();
        let filter = Filter::parse(&list(&["/a/**"]), &list(&["/a/b#DELETE"])).expect("valid");
        assert!(filter.keeps("get", "/a/b", &[]));
        assert!(!filter.keeps("delete", "/a/b", &[]));
        assert!(!filter.keeps("get", "/c", &[]));
        assert!(Filter::default().keeps("get", "/c", &[]));
        let webhooks = Filter::parse(&list(&["/a", "webhook:paid.*"]), &[]).expect("valid");
        assert!(webhooks.keeps_webhook("paid.late") && !webhooks.keeps_webhook("sent"));
        assert!(!filter.keeps_webhook("paid"));
        for bad in ["repos", "tag:", "webhook:", "/a#", "/a#G T"] {
            assert!(Filter::parse(&list(&[bad]), &[]).is_err(), "{bad}");
        }
    }
}
