//! Texts that match a regular expression.

use regex::{Regex, RegexBuilder};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind, Look};

/// Repetitions without an upper bound are tried up to this many times more than
/// they need.
const MAX_EXTRA: u32 = 512;

/// Members of an alternation that are tried first, one after the other.
const MAX_TURNS: usize = 4;

/// Parts of a pattern that are looked at for one text.
const MAX_STEPS: usize = 20_000;

/// Bytes that a compiled pattern may take.
const MAX_COMPILED: usize = 1 << 20;

/// The shortest text that matches `pattern` and has a length that is allowed.
///
/// Look-around is taken for true. `None`: the pattern uses something else that regular
/// languages do not have (back references), or nothing that it matches is of such a
/// length.
pub(super) fn matching(pattern: &str, least: usize, most: usize) -> Option<String> {
    let pattern = without_look_around(pattern);
    let hir = ParserBuilder::new()
        .nest_limit(64)
        .utf8(true)
        .build()
        .parse(&pattern)
        .ok()?;
    let judge = judge(&hir, &pattern);
    let fits = |text: &String| judge.as_ref().is_none_or(|judge| judge.is_match(text));
    (0..MAX_TURNS).find_map(|turn| in_turn(&hir, turn, least, most).filter(fits))
}

/// What a text has to match, where writing it along the pattern does not see to that:
/// there are assertions other than the ends of the text. To compile a pattern takes
/// thousands of times as long as to write a text.
fn judge(hir: &Hir, pattern: &str) -> Option<Regex> {
    let mut looks = hir.properties().look_set().iter();
    if looks.all(|look| matches!(look, Look::Start | Look::End)) {
        return None;
    }
    let mut builder = RegexBuilder::new(pattern);
    builder.size_limit(MAX_COMPILED).build().ok()
}

/// A text of an allowed length, with member `turn` of each alternation tried first.
fn in_turn(hir: &Hir, turn: usize, least: usize, most: usize) -> Option<String> {
    let mut extra = 0;
    loop {
        let mut text = Text {
            out: String::new(),
            extra,
            turn,
            most,
            steps: 0,
            ended: false,
        };
        text.write(hir).ok()?;
        let length = text.out.chars().count();
        if length >= least {
            return (length <= most).then_some(text.out);
        }
        if extra >= MAX_EXTRA {
            return None;
        }
        // Small steps at first: every repetition of the pattern grows by one.
        extra = if extra < 64 { extra + 1 } else { extra * 2 };
    }
}

/// `pattern` without its groups of look-around.
fn without_look_around(pattern: &str) -> String {
    let starts = ["(?=", "(?!", "(?<=", "(?<!"];
    let mut out = String::new();
    let mut rest = pattern;
    while let Some(first) = rest.chars().next() {
        if first == '\\' {
            let end = rest.char_indices().nth(2).map_or(rest.len(), |(at, _)| at);
            out.push_str(&rest[..end]);
            rest = &rest[end..];
        } else if starts.iter().any(|start| rest.starts_with(start)) {
            rest = &rest[group(rest)..];
        } else {
            out.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    out
}

/// The bytes of the group that `text` starts with.
fn group(text: &str) -> usize {
    let (mut depth, mut class, mut escaped) = (0_usize, false, false);
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' => class = true,
            ']' => class = false,
            '(' if !class => depth += 1,
            ')' if !class => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    text.len()
}

/// Nothing that can be written matches.
struct Unmatched;

struct Text {
    out: String,
    extra: u32,
    turn: usize,
    most: usize,
    steps: usize,
    /// The end of the text was asserted.
    ended: bool,
}

impl Text {
    fn write(&mut self, hir: &Hir) -> Result<(), Unmatched> {
        self.steps += 1;
        if self.steps > MAX_STEPS || self.out.len() > self.most.saturating_mul(4) {
            return Err(Unmatched);
        }
        match hir.kind() {
            HirKind::Look(Look::Start) if !self.out.is_empty() => Err(Unmatched),
            HirKind::Look(Look::End) => {
                self.ended = true;
                Ok(())
            }
            HirKind::Empty | HirKind::Look(_) => Ok(()),
            HirKind::Literal(_) | HirKind::Class(_) if self.ended => Err(Unmatched),
            HirKind::Literal(literal) => {
                let text = std::str::from_utf8(&literal.0).map_err(|_| Unmatched)?;
                self.out.push_str(text);
                Ok(())
            }
            HirKind::Class(class) => {
                self.out.push(pick(class).ok_or(Unmatched)?);
                Ok(())
            }
            HirKind::Repetition(repetition) => {
                let wanted = repetition.min.saturating_add(self.extra);
                let times = repetition.max.map_or(wanted, |max| wanted.min(max));
                for _ in 0..times {
                    self.write(&repetition.sub)?;
                }
                Ok(())
            }
            HirKind::Capture(capture) => self.write(&capture.sub),
            HirKind::Concat(parts) => parts.iter().try_for_each(|part| self.write(part)),
            HirKind::Alternation(parts) => {
                let (length, ended) = (self.out.len(), self.ended);
                let first = self.turn % parts.len().max(1);
                for part in parts[first..].iter().chain(&parts[..first]) {
                    if self.write(part).is_ok() {
                        return Ok(());
                    }
                    self.out.truncate(length);
                    self.ended = ended;
                }
                Err(Unmatched)
            }
        }
    }
}

/// A letter if the class has one, else a digit, else another visible character,
/// else what it has.
fn pick(class: &Class) -> Option<char> {
    let ranges: Vec<(char, char)> = match class {
        Class::Unicode(class) => class
            .ranges()
            .iter()
            .map(|range| (range.start(), range.end()))
            .collect(),
        Class::Bytes(class) => class
            .ranges()
            .iter()
            .map(|range| (char::from(range.start()), char::from(range.end())))
            .collect(),
    };
    let has = |wanted: char| {
        ranges
            .iter()
            .any(|(start, end)| (*start..=*end).contains(&wanted))
    };
    ('a'..='z')
        .chain('1'..='9')
        .chain('A'..='Z')
        .chain('!'..='~')
        .find(|wanted| has(*wanted))
        .or_else(|| ranges.first().map(|(start, _)| *start))
}

#[cfg(test)]
mod tests {
    use super::matching;

    #[track_caller]
    fn check(pattern: &str, least: usize, most: usize, expected: Option<&str>) {
        assert_eq!(
            matching(pattern, least, most).as_deref(),
            expected,
            "{pattern}"
        );
    }

    #[test]
    fn the_shortest_match_of_an_allowed_length() {
        check(r"^[0-9a-fA-F]{4}$", 1, 99, Some("aaaa"));
        check(r"^\d{4}-\d{2}$", 1, 99, Some("1111-11"));
        check(r"^[^/]*$", 3, 99, Some("aaa"));
        check(r"^(foo|bar)\/baz$", 1, 99, Some("foo/baz"));
        check(r"^a$", 2, 99, None);
        check(r"^a{5}$", 1, 4, None);
        check(r"^(?!x)a$", 1, 99, Some("a"));
        check(r"^((?!--|[)\]])[a-z])+\(?!", 3, 99, Some("aa(!"));
        check(r"^(a)\1$", 1, 99, None);
        check(r"^$|^arn:[a-z]", 1, 99, Some("arn:a"));
        check(r"^(a$|b)c", 1, 99, Some("bc"));
        check(r"(a|^b)c$", 1, 99, Some("ac"));
        check(r"x(^a|b)", 1, 99, Some("xb"));
        check(r"\b\.a", 1, 99, None);
        check(r"^.{1,2097152}", 1, 99, Some("a"));
        check(r"(", 1, 99, None);
        check(r"^(a{1000}){1000}$", 1, 10, None);
    }
}
