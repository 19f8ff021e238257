//! Regular expressions of ECMA-262, which JSON Schema speaks (2020-12 Core, section
//! 6.4), in the syntax of the `regex` and `fancy-regex` crates.
//!
//! What ECMA-262 leaves without meaning under its flag `u` is read as those mean it
//! who write it: `\A`, `\Z` and `\z` are anchors, `\p{Alpha}` and its like the classes
//! of POSIX, `{,3}` is `{0,3}`, and `/^a$/i` a literal of JavaScript.

use regex_syntax::ParserBuilder;

/// The deepest nesting of groups, here and in a generated crate.
const MAX_NESTING: u32 = 200;

/// Classes of Java and POSIX that are no properties of Unicode, or other ones.
const POSIX: &[&str] = &[
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct",
    "space", "upper", "xdigit",
];

/// The pattern in the other syntax.
///
/// # Errors
/// It is no regular expression; why, in words.
pub(crate) fn translate(pattern: &str) -> Result<String, String> {
    let (pattern, flags) = literal(pattern);
    let mut reader = Reader {
        rest: pattern,
        out: String::with_capacity(pattern.len() + 16),
    };
    if flags.contains('i') {
        reader.out.push_str("(?i)");
    }
    while let Some(letter) = reader.next() {
        reader.piece(letter)?;
    }
    judged(&reader.out)?;
    Ok(reader.out)
}

/// The pattern in a literal of JavaScript, and its flags.
fn literal(pattern: &str) -> (&str, &str) {
    let inside = pattern
        .strip_prefix('/')
        .and_then(|rest| rest.rsplit_once('/'));
    let Some((inside, flags)) = inside else {
        return (pattern, "");
    };
    let anchored = inside.starts_with('^') || inside.ends_with('$');
    let is_literal = (anchored || !flags.is_empty()) && flags.chars().all(|f| "gimsu".contains(f));
    match is_literal {
        true => (inside, flags),
        // A slash is a character like any other.
        false => (pattern, ""),
    }
}

/// What a part of a class is.
enum Atom {
    /// A code point, perhaps half of a surrogate pair.
    Char(u32),
    /// Something that can stand in a class, but not in a range.
    Set(String),
}

struct Reader<'a> {
    rest: &'a str,
    out: String,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<char> {
        let mut letters = self.rest.chars();
        let letter = letters.next();
        self.rest = letters.as_str();
        letter
    }

    fn eat(&mut self, start: &str) -> bool {
        match self.rest.strip_prefix(start) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Something outside of classes.
    fn piece(&mut self, letter: char) -> Result<(), String> {
        match letter {
            '\\' => match self.escape(false)? {
                Atom::Char(code) => {
                    let text = one(code);
                    self.out.push_str(&text);
                }
                Atom::Set(set) => self.out.push_str(&set),
            },
            '[' => self.class()?,
            '.' => self.out.push_str(r"[^\n\r\x{2028}\x{2029}]"),
            '{' => {
                let end = self.rest.find('}').unwrap_or(0);
                let inside = &self.rest[..end];
                let (least, most) = inside.split_once(',').unwrap_or((inside, "0"));
                let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
                if end > 0 && digits(least) && digits(most) && inside != "," {
                    let least = if least.is_empty() { "0" } else { least };
                    self.out.push('{');
                    self.out.push_str(least);
                    if inside.contains(',') {
                        self.out.push(',');
                        self.out.push_str(most);
                    }
                    self.out.push('}');
                    self.rest = &self.rest[end + 1..];
                } else {
                    self.out.push_str(r"\{");
                }
            }
            '}' | ']' => {
                self.out.push('\\');
                self.out.push(letter);
            }
            _ => self.out.push(letter),
        }
        Ok(())
    }

    /// What follows a backslash.
    fn escape(&mut self, in_class: bool) -> Result<Atom, String> {
        let Some(letter) = self.next() else {
            return Err("it ends with a backslash".to_owned());
        };
        let set = |text: &str| {
            Ok(Atom::Set(match in_class {
                true if !text.starts_with('^') => text.to_owned(),
                _ => format!("[{text}]"),
            }))
        };
        let code = match letter {
            'd' => return set("0-9"),
            'D' => return set("^0-9"),
            'w' => return set("A-Za-z0-9_"),
            'W' => return set("^A-Za-z0-9_"),
            's' => return set(r"\s\x{FEFF}"),
            'S' => return set(r"^\s\x{FEFF}"),
            'h' => return set(r"\t\x20"),
            'p' | 'P' => return Ok(Atom::Set(self.property(letter == 'P', in_class))),
            'b' if in_class => 8,
            'b' | 'B' | 'A' if !in_class => return Ok(Atom::Set(format!("\\{letter}"))),
            'z' | 'Z' if !in_class => return Ok(Atom::Set(r"\z".to_owned())),
            '1'..='9' if !in_class => {
                let digits = self.rest.bytes().take_while(u8::is_ascii_digit).count();
                let text = format!("\\{letter}{}", &self.rest[..digits]);
                self.rest = &self.rest[digits..];
                return Ok(Atom::Set(text));
            }
            'k' if !in_class && self.rest.starts_with('<') => {
                return Ok(Atom::Set(r"\k".to_owned()));
            }
            '0' => 0,
            't' => 9,
            'n' => 10,
            'v' => 11,
            'f' => 12,
            'r' => 13,
            'c' if self
                .rest
                .starts_with(|next: char| next.is_ascii_alphabetic()) =>
            {
                self.next().map_or(0, |next| u32::from(next) % 32)
            }
            'x' => self.hex(2).unwrap_or(u32::from('x')),
            'u' => self.unicode().unwrap_or(u32::from('u')),
            other => u32::from(other),
        };
        Ok(Atom::Char(code))
    }

    /// A number of so many digits.
    fn hex(&mut self, digits: usize) -> Option<u32> {
        let text = self.rest.get(..digits)?;
        let is_hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let code = u32::from_str_radix(text, 16).ok().filter(|_| is_hex)?;
        self.rest = &self.rest[digits..];
        Some(code)
    }

    /// The number after `\u`, both halves of a surrogate pair as one.
    fn unicode(&mut self) -> Option<u32> {
        if let Some((text, rest)) = self.rest.strip_prefix('{').and_then(|r| r.split_once('}')) {
            let code = u32::from_str_radix(text, 16)
                .ok()
                .filter(|code| *code < 0x11_0000)?;
            self.rest = rest;
            return Some(code);
        }
        let first = self.hex(4)?;
        let rest = self.rest;
        if (0xD800..0xDC00).contains(&first) && self.eat(r"\u") {
            match self.hex(4) {
                Some(second @ 0xDC00..0xE000) => {
                    return Some(0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00));
                }
                _ => self.rest = rest,
            }
        }
        Some(first)
    }

    /// `\p{..}` and `\P{..}`.
    fn property(&mut self, negated: bool, in_class: bool) -> String {
        let letter = if negated { 'P' } else { 'p' };
        let inside = self
            .rest
            .strip_prefix('{')
            .and_then(|rest| rest.split_once('}'));
        let Some((name, rest)) = inside else {
            let name = self.next().map(String::from).unwrap_or_default();
            return format!("\\{letter}{{{name}}}");
        };
        self.rest = rest;
        let plain = name.to_ascii_lowercase();
        if POSIX.contains(&plain.as_str()) {
            let sign = if negated { "^" } else { "" };
            return match in_class {
                true => format!("[:{sign}{plain}:]"),
                false => format!("[[:{sign}{plain}:]]"),
            };
        }
        match plain.as_str() {
            "all" => format!("\\{letter}{{Any}}"),
            _ => format!("\\{letter}{{{name}}}"),
        }
    }

    /// A class, after its bracket.
    fn class(&mut self) -> Result<(), String> {
        let negated = self.eat("^");
        let mut items = String::new();
        loop {
            if self.eat("]") {
                break;
            }
            let first = match self.atom()? {
                Atom::Set(set) => {
                    items.push_str(&set);
                    continue;
                }
                Atom::Char(code) => code,
            };
            let is_range = self.rest.starts_with('-') && !self.rest.starts_with("-]");
            if !is_range {
                items.push_str(&span(first, first));
                continue;
            }
            self.eat("-");
            match self.atom()? {
                Atom::Char(last) if last < first => {
                    return Err("a range in a class is out of order".to_owned());
                }
                Atom::Char(last) => items.push_str(&span(first, last)),
                // `[+-\d]`: the hyphen is itself.
                Atom::Set(set) => {
                    items.push_str(&span(first, first));
                    items.push_str(r"\-");
                    items.push_str(&set);
                }
            }
        }
        match (items.is_empty(), negated) {
            // Nothing, and anything.
            (true, false) => self.out.push_str(r"[^\s\S]"),
            (true, true) => self.out.push_str(r"[\s\S]"),
            (false, negated) => {
                self.out.push_str(if negated { "[^" } else { "[" });
                self.out.push_str(&items);
                self.out.push(']');
            }
        }
        Ok(())
    }

    fn atom(&mut self) -> Result<Atom, String> {
        match self.next() {
            None => Err("a class has no end".to_owned()),
            Some('\\') => self.escape(true),
            Some('[') if self.rest.starts_with(':') => {
                let named = self.rest[1..].split_once(":]");
                let named = named
                    .filter(|(name, _)| POSIX.contains(&name.strip_prefix('^').unwrap_or(name)));
                let Some((name, rest)) = named else {
                    return Ok(Atom::Char(u32::from('[')));
                };
                self.rest = rest;
                Ok(Atom::Set(format!("[:{name}:]")))
            }
            Some(letter) => Ok(Atom::Char(u32::from(letter))),
        }
    }
}

/// A character outside of classes.
fn one(code: u32) -> String {
    match char::from_u32(code) {
        Some(letter) if letter.is_alphanumeric() || matches!(letter, '_' | '/' | '<' | '>') => {
            letter.to_string()
        }
        Some(letter) if letter.is_ascii_punctuation() => format!("\\{letter}"),
        Some(_) => format!("\\x{{{code:X}}}"),
        // No text holds half of a surrogate pair.
        None => r"[^\s\S]".to_owned(),
    }
}

/// A range in a class, without surrogates, which no text holds.
fn span(first: u32, last: u32) -> String {
    let surrogates = 0xD800..0xE000;
    let first = if surrogates.contains(&first) {
        0xE000
    } else {
        first
    };
    let last = if surrogates.contains(&last) {
        0xD7FF
    } else {
        last
    };
    let shown = |code: u32| match char::from_u32(code) {
        // What has a meaning in classes of one engine or another.
        Some(letter) if letter.is_ascii_graphic() && !r"\[]^-&~<>|".contains(letter) => {
            letter.to_string()
        }
        _ => format!("\\x{{{code:X}}}"),
    };
    match first.cmp(&last) {
        std::cmp::Ordering::Less => format!("{}-{}", shown(first), shown(last)),
        std::cmp::Ordering::Equal => shown(first),
        std::cmp::Ordering::Greater => String::new(),
    }
}

/// Whether the parser of `regex`, which knows neither look-around nor references
/// back, can read the rest.
fn judged(translated: &str) -> Result<(), String> {
    let mut plain = String::with_capacity(translated.len());
    let mut letters = translated.chars().peekable();
    while let Some(letter) = letters.next() {
        plain.push(letter);
        match (letter, letters.peek()) {
            ('\\', Some('1'..='9')) => {
                plain.pop();
                while letters.next_if(char::is_ascii_digit).is_some() {}
                plain.push_str("(?:)");
            }
            ('\\', Some('k')) => {
                plain.pop();
                let _ = letters.by_ref().find(|letter| *letter == '>');
                plain.push_str("(?:)");
            }
            ('\\', Some(_)) => plain.extend(letters.next()),
            _ => {}
        }
    }
    for start in ["(?=", "(?!", "(?<=", "(?<!", "(?>"] {
        plain = plain.replace(start, "(?:");
    }
    let parsed = ParserBuilder::new()
        .nest_limit(MAX_NESTING)
        .build()
        .parse(&plain);
    parsed.map(|_| ()).map_err(|error| match error {
        regex_syntax::Error::Parse(error) => error.kind().to_string(),
        regex_syntax::Error::Translate(error) => error.kind().to_string(),
        other => other.to_string(),
    })
}

/// Whether a generated crate can match the translated pattern.
///
/// # Errors
/// It cannot: why, in words.
pub(crate) fn compile(translated: &str) -> Result<fancy_regex::Regex, String> {
    fancy_regex::RegexBuilder::new(translated)
        .build()
        .map_err(|error| match error {
            fancy_regex::Error::CompileError(error) => match *error {
                fancy_regex::CompileError::InnerError(error) if error.size_limit().is_some() => {
                    "it is too large to be compiled".to_owned()
                }
                error => error.to_string(),
            },
            error => error.to_string(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, good: &[&str], bad: &[&str]) {
        let translated = translate(pattern).unwrap();
        let regex = compile(&translated).unwrap_or_else(|error| panic!("{translated}: {error}"));
        for text in good {
            assert!(
                regex.is_match(text).unwrap(),
                "{pattern} {translated} {text}"
            );
        }
        for text in bad {
            assert!(
                !regex.is_match(text).unwrap(),
                "{pattern} {translated} {text}"
            );
        }
    }

    #[test]
    fn classes_are_those_of_ecma() {
        check(r"^\d+$", &["123"], &["١٢٣", "12\n"]);
        check(r"^\w+$", &["a_1"], &["ä"]);
        check(r"^[\w-.]+$", &["a-.b"], &["a b"]);
        check(r"^[^\W]$", &["a"], &["-"]);
        check(r"^\s$", &[" ", "\u{feff}", "\u{a0}"], &["a"]);
        check(r"^.$", &["a", "😀"], &["\n", "\u{2028}", "ab"]);
        check(r"^[+-\d]$", &["+", "-", "5"], &[","]);
        check(r"^[a-zA-Z+-=]$", &["<", "+"], &["*"]);
        check(r"^[[]a&&b~~c--]$", &[], &["a"]);
        check(r"^[[a&&b]$", &["[", "&", "a"], &["c"]);
        check(r"a[]b", &[], &["ab"]);
        check(r"^a[^]b$", &["a\nb"], &["ab"]);
        check(r"^[[:alnum:]_]+$", &["a1_"], &["-"]);
        check(r"^[\p{Graph}\x20]*$", &["a !"], &["\t"]);
        check(r"^\p{Lu}[\p{L}\P{C}]$", &["Äb"], &["ab"]);
        check(r"^[\b]\cI$", &["\u{8}\t"], &["b"]);
    }

    #[test]
    fn escapes_are_those_of_ecma() {
        check(r"^\/a\-\_\:\<\>\@\ $", &["/a-_:<>@ "], &["/a"]);
        check(r"^\u0041\x42\u{43}\0$", &["ABC\0"], &[]);
        check(r"^\uD83D\uDE00$", &["😀"], &[]);
        check(r"^[\uD800\uDC00-\uDBFF\uDFFF]$", &["😀"], &["a"]);
        check(
            r"^[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDBFF-\uDC00\uDFFF\t]*$",
            &["a\t"],
            &["\n"],
        );
        check(r"\A\S\Z", &["a"], &["a\n"]);
        check(r"^{a}{2,3}x{,1}y{$", &["{a}}xy{", "{a}}}y{"], &["{a}y{"]);
        check(r"\bcat\b", &["a cat"], &["concat"]);
    }

    #[test]
    fn what_regular_languages_do_not_have() {
        check(r"^(?!aws:)(?=.{3})[a-z:]+$", &["abc"], &["aws:a", "ab"]);
        check(r"^(.)\1(?<x>b)\k<x>$", &["aabb"], &["abbb"]);
        check(r"(?<=a)b(?<!c)", &["ab"], &["bb"]);
    }

    #[test]
    fn literals_of_javascript() {
        check(r"/^[a-z]+$/i", &["ABC"], &["/abc/"]);
        check(r"/users/[0-9]+", &["/users/1"], &["users"]);
        check(r"/a/", &["/a/"], &["a"]);
    }

    #[test]
    fn no_regular_expressions() {
        for pattern in [
            "(a",
            "a)",
            "[a",
            "*a",
            r"a\",
            "[z-a]",
            "a{3,2}",
            "(?<a",
            r"\p{Nothing}",
        ] {
            assert!(translate(pattern).is_err(), "{pattern}");
        }
        // A regular expression, but not one that is compiled.
        assert!(compile(&translate("^.{1,2097152}").unwrap()).is_err());
    }
}
