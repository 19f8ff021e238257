//! HTML and links inside Markdown: plain formatting passes, the rest is text.

/// Tags that pass when they have no attributes.
const TAGS: [&str; 30] = [
    "a",
    "b",
    "blockquote",
    "br",
    "code",
    "dd",
    "del",
    "dl",
    "dt",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "li",
    "ol",
    "p",
    "s",
    "strong",
    "sub",
    "sup",
    "table",
    "td",
    "th",
    "tr",
    "ul",
];

/// What is known of the paragraph that a line stands in.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Paragraph {
    /// A tag passed, or a backtick has no partner: from here on a code span may
    /// be none, and so is escaped like other text.
    is_doubtful: bool,
}

impl Paragraph {
    /// A paragraph in which code spans are not trusted.
    pub(super) fn doubtful() -> Self {
        Self { is_doubtful: true }
    }

    /// The line with what could do harm made text.
    pub(super) fn escape(&mut self, line: &str) -> String {
        if !line.contains(['<', '`', ']']) {
            return line.to_owned();
        }
        let mut out = String::with_capacity(line.len() + 16);
        let mut rest = line;
        while let Some(at) = rest.find(['<', '`', ']', '\\']) {
            out.push_str(&rest[..at]);
            rest = &rest[at..];
            let taken = if let Some(after) = rest.strip_prefix('\\') {
                // The next character is text to Markdown, except `<` in raw HTML.
                match after.chars().next() {
                    Some(next) if next != '<' => 1 + next.len_utf8(),
                    _ => 1,
                }
            } else if rest.starts_with('`') {
                self.code_span(rest)
            } else if rest.starts_with('<') {
                match tag(rest) {
                    Some(length) => {
                        self.is_doubtful = true;
                        length
                    }
                    None => {
                        out.push_str("&lt;");
                        rest = &rest[1..];
                        continue;
                    }
                }
            } else {
                if is_unsafe_link(&rest[1..]) {
                    out.push('\\');
                }
                1
            };
            out.push_str(&rest[..taken]);
            rest = &rest[taken..];
        }
        out.push_str(rest);
        out
    }

    /// The length of the code span, or of the backticks where there is none.
    fn code_span(&mut self, text: &str) -> usize {
        let marks = text.bytes().take_while(|byte| *byte == b'`').count();
        if self.is_doubtful {
            return marks;
        }
        let mut at = marks;
        while let Some(next) = text[at..].find('`') {
            let start = at + next;
            let run = text[start..]
                .bytes()
                .take_while(|byte| *byte == b'`')
                .count();
            at = start + run;
            if run == marks {
                return at;
            }
        }
        self.is_doubtful = true;
        marks
    }
}

/// The length of a tag or web address in angle brackets that may pass.
fn tag(text: &str) -> Option<usize> {
    let end = text.find('>')?;
    let inner = &text[1..end];
    if super::link(inner).is_some() {
        return Some(end + 1);
    }
    let name = inner.strip_prefix('/').unwrap_or(inner);
    let name = name.strip_suffix('/').unwrap_or(name).trim_end();
    let is_tag = |name: &str| TAGS.iter().any(|tag| tag.eq_ignore_ascii_case(name));
    if is_tag(name) {
        return Some(end + 1);
    }
    let target = inner.strip_prefix("a href=\"")?;
    let (target, attributes) = target.split_once('"')?;
    let known = ["", " target=\"_blank\""].contains(&attributes);
    let is_web = super::link(target).is_some_and(|target| !target.contains('\''));
    (known && is_web).then_some(end + 1)
}

/// Whether what follows a `]` is a link to something else than a page.
fn is_unsafe_link(after: &str) -> bool {
    let Some(target) = after.strip_prefix(['(', ':']) else {
        return false;
    };
    let target = target.trim_start().trim_start_matches('<');
    let end = target.find([' ', ')', '>']).unwrap_or(target.len());
    let target = &target[..end];
    // A destination on the next line is not looked at.
    if target.is_empty() {
        return true;
    }
    let scheme = target.find([':', '/', '#', '?', '&', '\\', '%']);
    match scheme.map(|at| target.as_bytes()[at]) {
        Some(b':') => !["http:", "https:", "mailto:"]
            .iter()
            .any(|scheme| target.to_ascii_lowercase().starts_with(scheme)),
        // An entity or an escape could spell a scheme.
        Some(b'&' | b'\\' | b'%') => true,
        _ => false,
    }
}
