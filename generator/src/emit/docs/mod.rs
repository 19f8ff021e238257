//! A vendor's Markdown as documentation that cannot do harm.
//!
//! What comes out holds no control or bidirectional characters, no code block
//! that rustdoc would take for a Rust example, and no HTML but plain formatting
//! tags. Where the block structure of the text is in doubt, escaping wins over
//! looks.

mod html;

/// Lines longer than this are broken at a space.
const MAX_LINE: usize = 1_000;

/// `lines` as lines that can stand behind `///` or in a Markdown file.
pub(super) fn sanitize(lines: &[String]) -> Vec<String> {
    if let [line] = lines
        && is_plain(line)
    {
        return vec![line.trim_end().to_owned()];
    }
    let mut text = Text::default();
    for line in lines {
        for line in line.split(['\n', '\r', '\u{2028}', '\u{2029}']) {
            for piece in pieces(&visible(line)) {
                text.push(piece);
            }
        }
    }
    text.finish()
}

/// `text` on one line, without markup.
pub(super) fn inline(text: &str) -> String {
    let words: Vec<&str> = text
        .split(|character: char| {
            character.is_whitespace() || character.is_control() || is_invisible(character)
        })
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

/// `text` on one line with nothing in it that Markdown would read as markup.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in inline(text).chars() {
        match character {
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' => {
                out.push('\\');
                out.push(character);
            }
            character => out.push(character),
        }
    }
    out
}

/// `text` as a code span.
pub(super) fn code(text: &str) -> String {
    ["`", &inline(text).replace('`', "'"), "`"].concat()
}

/// `url` where it is a web address and safe between `<` and `>`.
pub(super) fn link(url: &str) -> Option<&str> {
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    let is_safe = |byte: u8| {
        byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>' | b'"' | b'`' | b'\\' | b'|')
    };
    (is_web && url.bytes().all(is_safe)).then_some(url)
}

/// Characters that change how the text around them is shown, or show nothing.
pub(super) fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
    )
}

/// Most lines: a sentence or a name, with nothing to look at twice.
fn is_plain(line: &str) -> bool {
    line.len() <= MAX_LINE
        && !line.starts_with([' ', '~'])
        && !line.contains("```")
        && !line.contains("](")
        && !line.contains("]:")
        && line
            .bytes()
            .all(|byte| matches!(byte, b' '..=b'~') && byte != b'<')
}

/// The line without characters that are not seen; tabs become spaces.
fn visible(line: &str) -> String {
    line.replace('\t', "    ")
        .chars()
        .filter(|character| !character.is_control() && !is_invisible(*character))
        .collect()
}

/// The line in pieces of bearable length.
fn pieces(line: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = line.trim_end();
    while rest.len() > MAX_LINE {
        let end = (0..=MAX_LINE)
            .rev()
            .find(|at| rest.is_char_boundary(*at))
            .unwrap_or_default();
        let end = rest[..end]
            .rfind(' ')
            .filter(|at| *at > MAX_LINE / 2)
            .unwrap_or(end);
        pieces.push(&rest[..end]);
        rest = rest[end..].trim_start();
    }
    pieces.push(rest);
    pieces
}

/// Markdown on its way out, with what is known of the block it stands in.
#[derive(Debug, Default)]
struct Text {
    lines: Vec<String>,
    /// The fence that ends the code block we are in.
    fence: Option<Fence>,
    /// In a block that was indented and is fenced now.
    indented: bool,
    /// The last line was text that an indented line would go on with.
    flowing: bool,
    /// In a list, or after one that may not have ended.
    list: bool,
    /// What is known of the paragraph.
    paragraph: html::Paragraph,
}

/// A code fence.
#[derive(Debug, Clone, Copy)]
struct Fence {
    mark: char,
    length: usize,
    /// At the left edge, and so in no list or quote that could end it early.
    top: bool,
}

impl Text {
    fn push(&mut self, line: &str) {
        if let Some(fence) = self.fence {
            return self.inside_fence(line, fence);
        }
        let indent = line.len() - line.trim_start().len();
        if self.indented {
            if line.is_empty() || indent >= 4 {
                self.lines
                    .push(line.get(4..).unwrap_or_default().to_owned());
                return;
            }
            self.close_indented();
        }
        if line.is_empty() {
            self.paragraph = html::Paragraph::default();
            self.flowing = false;
            self.lines.push(String::new());
            return;
        }
        let after_blank = self.lines.last().is_none_or(String::is_empty);
        if is_list_item(line.trim_start()) {
            self.list = true;
        } else if after_blank && indent == 0 {
            self.list = false;
        }
        if let Some((fence, prefix)) = open_fence(line) {
            return self.open(fence, prefix);
        }
        // An indented block cannot interrupt a paragraph.
        if indent >= 4 && !self.flowing && !self.list {
            self.indented = true;
            self.lines.push("~~~~~~text".to_owned());
            self.lines.push(line[4..].to_owned());
            return;
        }
        self.flowing = true;
        let line = self.paragraph.escape(line);
        self.lines.push(line);
    }

    fn open(&mut self, fence: Fence, prefix: &str) {
        if fence.top {
            // A blank line ends whatever the fence might otherwise stand in.
            if self.lines.last().is_some_and(|line| !line.is_empty()) {
                self.lines.push(String::new());
            }
            self.list = false;
        }
        self.paragraph = html::Paragraph::default();
        self.flowing = false;
        let prefix = self.paragraph.escape(prefix);
        let mark: String = std::iter::repeat_n(fence.mark, fence.length).collect();
        self.lines.push([prefix.as_str(), &mark, "text"].concat());
        self.fence = Some(fence);
    }

    fn inside_fence(&mut self, line: &str, fence: Fence) {
        let indent = line.len() - line.trim_start().len();
        let content = line.trim_start_matches([' ', '>']);
        let marks = content
            .chars()
            .take_while(|mark| *mark == fence.mark)
            .count();
        let is_end = marks >= fence.length && content[marks..].trim().is_empty();
        if is_end && (indent <= 3 || !fence.top) {
            self.fence = None;
            self.lines.push(line.to_owned());
            return;
        }
        if fence.top {
            // A longer run of marks inside is text; it cannot end the block.
            self.lines.push(line.to_owned());
            return;
        }
        // The list or quote may have ended, and the code block with it.
        if indent == 0 && !line.is_empty() && !line.starts_with('>') {
            self.fence = None;
            self.lines.push(String::new());
            return self.push(line);
        }
        let line = html::Paragraph::doubtful().escape(line);
        self.lines.push(line);
    }

    fn close_indented(&mut self) {
        self.indented = false;
        self.lines.push("~~~~~~".to_owned());
    }

    fn finish(mut self) -> Vec<String> {
        if self.indented {
            self.close_indented();
        }
        if let Some(fence) = self.fence {
            self.lines
                .push(std::iter::repeat_n(fence.mark, fence.length).collect());
        }
        let is_empty = |line: &String| line.is_empty();
        while self.lines.last().is_some_and(is_empty) {
            self.lines.pop();
        }
        let start = self.lines.iter().take_while(|line| line.is_empty()).count();
        self.lines.split_off(start)
    }
}

/// `- item`, `* item`, `+ item`, `1. item`, `1) item`, `[^1]: note`.
fn is_list_item(text: &str) -> bool {
    let text = text.trim_start_matches(['>', ' ']);
    let rest = match text.trim_start_matches(|digit: char| digit.is_ascii_digit()) {
        rest if rest.len() < text.len() => rest.strip_prefix(['.', ')']),
        rest => rest.strip_prefix(['-', '*', '+']),
    };
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')) || text.starts_with("[^")
}

/// The fence that a line opens, and what stands before it: quote marks, list marks.
fn open_fence(line: &str) -> Option<(Fence, &str)> {
    let start = line.find(['`', '~'])?;
    let (prefix, rest) = line.split_at(start);
    let is_prefix = |character: char| {
        character.is_ascii_digit() || matches!(character, ' ' | '>' | '-' | '*' | '+' | '.' | ')')
    };
    if !prefix.chars().all(is_prefix) {
        return None;
    }
    let mark = rest.chars().next()?;
    let length = rest
        .chars()
        .take_while(|character| *character == mark)
        .count();
    // The words behind backticks hold none, or it is a code span.
    if length < 3 || (mark == '`' && rest[length..].contains('`')) {
        return None;
    }
    let top = prefix.is_empty();
    Some((Fence { mark, length, top }, prefix))
}

#[cfg(test)]
mod tests;
