//! Path templates: what is sent, and which variables are in it.
//!
//! Beside `{name}` (OAS 3.x, "Path Templating") vendors write fragments that
//! tell variants of an operation apart, fixed queries, expressions of RFC 6570
//! (`{+name}`, `{.name}`, `{/name}`, `{?a,b}`) and patterns
//! (`{name=projects/*}`, `{name:.*}`, `{name*}`).

/// A path template, parsed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Template {
    /// The template that the runtime fills in: every variable is `{name}`,
    /// the rest is as it stands in a URL; no fragment.
    pub(super) sent: String,
    /// The variables in order, each once.
    pub(super) variables: Vec<Variable>,
    /// Names in `{?a,b}`: parameters of the query.
    pub(super) query: Vec<String>,
    /// A fragment that looks like a part of the path.
    pub(super) lost: Option<String>,
}

/// A variable of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Variable {
    /// The name of its parameter.
    pub(super) name: String,
    /// Whether its value may hold several segments: slashes are sent as they are.
    pub(super) segments: bool,
}

/// What is declared, by name.
pub(super) trait Declared {
    /// A path parameter of this name is declared.
    fn in_path(&self, name: &str) -> bool;
    /// A query parameter of this name is declared.
    fn in_query(&self, name: &str) -> bool;
}

impl Template {
    /// Parses a key of `paths`.
    pub(super) fn parse(path: &str, declared: &dyn Declared) -> Self {
        let mut template = Self::default();
        let (main, fragment) = path.split_once('#').unwrap_or((path, ""));
        if fragment.contains(['/', '{']) {
            template.lost = Some(fragment.to_owned());
        }
        // A `?` inside of braces belongs to an expression.
        let query = main
            .char_indices()
            .scan(0_i32, |depth, (at, letter)| {
                *depth += i32::from(letter == '{') - i32::from(letter == '}');
                Some((at, letter, *depth))
            })
            .find(|(_, letter, depth)| *letter == '?' && *depth <= 0);
        let (path, query) = match query {
            Some((at, ..)) => (&main[..at], Some(&main[at + 1..])),
            None => (main, None),
        };
        template.expressions(path, declared);
        let mut mark = '?';
        for pair in query.into_iter().flat_map(|query| query.split('&')) {
            let variable = pair.split_once('=').and_then(|(key, value)| {
                let name = value.strip_prefix('{')?.strip_suffix('}')?;
                (declared.in_query(key) || declared.in_query(name)).then_some(name)
            });
            // `?a={a}` beside a query parameter `a` says the same thing twice.
            if pair.is_empty() || variable.is_some_and(|name| !declared.in_path(name)) {
                continue;
            }
            template.sent.push(mark);
            mark = '&';
            template.expressions(pair, declared);
        }
        template
    }

    /// Literals and expressions.
    fn expressions(&mut self, text: &str, declared: &dyn Declared) {
        let mut rest = text;
        while let Some((literal, after)) = rest.split_once('{') {
            let Some((inner, next)) = after.split_once('}') else {
                break;
            };
            self.literal(literal);
            match inner.trim().is_empty() || inner.contains('{') {
                true => self.literal(&rest[literal.len()..rest.len() - next.len()]),
                false => self.expression(inner, declared),
            }
            rest = next;
        }
        self.literal(rest);
    }

    /// Text that stands for itself, as it stands in a URL (RFC 3986, 3.3).
    fn literal(&mut self, text: &str) {
        let bytes = text.as_bytes();
        for (at, byte) in bytes.iter().enumerate() {
            let encoded = |digits: Option<&[u8]>| {
                digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
            };
            let keeps = match byte {
                b'%' => encoded(bytes.get(at + 1..at + 3)),
                b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}' => false,
                other => other.is_ascii_graphic(),
            };
            if keeps {
                self.sent.push(char::from(*byte));
            } else {
                self.sent.push_str(&format!("%{byte:02X}"));
            }
        }
    }

    /// What stands between braces.
    fn expression(&mut self, inner: &str, declared: &dyn Declared) {
        let trimmed = inner.trim();
        if let Some(names) = trimmed.strip_prefix(['?', '&'])
            && !declared.in_path(trimmed)
        {
            let names = names.split(',').map(|name| bare(name).0.to_owned());
            self.query.extend(names.filter(|name| !name.is_empty()));
            return;
        }
        let (name, segments) = bare(trimmed);
        let plain = [inner, trimmed]
            .into_iter()
            .find(|name| declared.in_path(name));
        if plain.is_none() && trimmed.starts_with(['.', '/', ';']) && !name.is_empty() {
            let mark = &trimmed[..1];
            self.literal(mark);
            if mark == ";" {
                self.literal(&format!("{name}="));
            }
        }
        let name = match (plain, name) {
            (Some(plain), _) => plain,
            (None, "") => trimmed,
            (None, name) => name,
        };
        // The runtime looks for the name up to the brace.
        self.sent.push('{');
        self.sent.push_str(name);
        self.sent.push('}');
        match self.variables.iter_mut().find(|known| known.name == name) {
            Some(known) => known.segments |= segments,
            None => self.variables.push(Variable {
                name: name.to_owned(),
                segments,
            }),
        }
    }
}

/// The name in an expression without its operator, pattern and modifier, and
/// whether these let it hold several segments.
fn bare(expression: &str) -> (&str, bool) {
    let text = expression.trim();
    let name = text.trim_start_matches(['+', '*', '.', '/', ';']);
    let mut segments = text.starts_with(['+', '*']);
    let (name, pattern) = match name.find(['=', ':']) {
        Some(at) => (&name[..at], &name[at + 1..]),
        None => (name, ""),
    };
    segments |= pattern.contains(['/', '*', '+']) && !pattern.contains("[^/]");
    segments |= matches!(pattern, "path" | "segments");
    let stripped = name.trim_end_matches(['*', '+']);
    segments |= stripped.len() < name.len();
    (stripped.trim(), segments)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Names(&'static [&'static str], &'static [&'static str]);

    impl Declared for Names {
        fn in_path(&self, name: &str) -> bool {
            self.0.contains(&name)
        }

        fn in_query(&self, name: &str) -> bool {
            self.1.contains(&name)
        }
    }

    #[track_caller]
    fn parsed(path: &str, names: &Names, sent: &str, variables: &[(&str, bool)]) -> Template {
        let template = Template::parse(path, names);
        assert_eq!(template.sent, sent);
        let found: Vec<_> = template
            .variables
            .iter()
            .map(|variable| (variable.name.as_str(), variable.segments))
            .collect();
        assert_eq!(found, variables, "{path}");
        template
    }

    #[test]
    fn plain_paths_stay() {
        let none = Names(&[], &[]);
        for path in [
            "/",
            "/a/{b}/",
            "/a//b",
            "/{a}-{b}.{c}",
            "/{a}{b}",
            "/a%20b;c=1,d:e@f(g)",
        ] {
            assert_eq!(Template::parse(path, &none).sent, path);
        }
        parsed("/a/{Sid}.json", &none, "/a/{Sid}.json", &[("Sid", false)]);
        parsed("/{a}/{a}", &none, "/{a}/{a}", &[("a", false)]);
    }

    #[test]
    fn fragments_and_queries() {
        let none = Names(&[], &[]);
        let template = parsed("/a?beta=true#variant", &none, "/a?beta=true", &[]);
        assert_eq!(template.lost, None);
        let template = parsed("/a/#env/{b}", &none, "/a/", &[]);
        assert_eq!(template.lost.as_deref(), Some("env/{b}"));
        parsed("/a?x={b}", &none, "/a?x={b}", &[("b", false)]);
        let query = Names(&[], &["lat", "lon"]);
        parsed("/a?lat={lat}&v=2&lon={lon}", &query, "/a?v=2", &[]);
        parsed("/a?lat={lat}", &query, "/a", &[]);
        parsed("/a?", &none, "/a", &[]);
    }

    #[test]
    fn expressions_and_patterns() {
        let none = Names(&[], &[]);
        parsed("/v1/{+name}", &none, "/v1/{name}", &[("name", true)]);
        parsed(
            "/v1/{name=projects/*}:run",
            &none,
            "/v1/{name}:run",
            &[("name", true)],
        );
        parsed("/f/{path:.*}", &none, "/f/{path}", &[("path", true)]);
        parsed("/f/{path:path}", &none, "/f/{path}", &[("path", true)]);
        parsed("/f/{id:int}", &none, "/f/{id}", &[("id", false)]);
        parsed("/f/{id:[^/]+}", &none, "/f/{id}", &[("id", false)]);
        parsed("/f/{proxy+}", &none, "/f/{proxy}", &[("proxy", true)]);
        parsed("/f/{**rest}", &none, "/f/{rest}", &[("rest", true)]);
        parsed("/f{.format}", &none, "/f.{format}", &[("format", false)]);
        parsed("/f{/a}", &none, "/f/{a}", &[("a", false)]);
        parsed("/f/{ id }", &none, "/f/{id}", &[("id", false)]);
        let query = parsed("/f{?a,b*}", &none, "/f", &[]);
        assert_eq!(query.query, ["a", "b"]);
        // What is declared by the name as written keeps it.
        let odd = Names(&["+name", ".format", "a:b"], &[]);
        parsed(
            "/{+name}/x{.format}/{a:b}",
            &odd,
            "/{+name}/x{.format}/{a:b}",
            &[("+name", true), (".format", false), ("a:b", false)],
        );
    }

    #[test]
    fn what_no_url_holds_is_encoded() {
        let none = Names(&[], &[]);
        parsed(
            "/a b/\"ü\"|^`<>\\",
            &none,
            "/a%20b/%22%C3%BC%22%7C%5E%60%3C%3E%5C",
            &[],
        );
        parsed("/100%/%zz", &none, "/100%25/%25zz", &[]);
        parsed("/a/{}/{b", &none, "/a/%7B%7D/%7Bb", &[]);
        parsed("/{{a}}", &none, "/%7B%7Ba%7D%7D", &[]);
    }
}
