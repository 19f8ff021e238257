//! Findings as text, in the manner of a compiler.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style as Ansi};

use super::{Diagnostic, Severity};
use crate::source::{Source, Spot};

/// Whether rendered text carries terminal colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// No escape sequences at all.
    Plain,
    /// ANSI colours.
    Colour,
}

/// The finding as text: a headline, the place, an excerpt with a caret, and
/// the help. Control characters taken from the input are made visible, so
/// that a hostile document cannot drive the terminal.
pub fn render(diagnostic: &Diagnostic, source: Option<&Source>, style: Style) -> String {
    let paint = |ansi: Ansi, text: &str| match style {
        Style::Plain => text.to_owned(),
        Style::Colour => format!("{ansi}{text}{ansi:#}"),
    };
    let tone = Ansi::new().bold().fg_color(Some(
        match diagnostic.severity {
            Severity::Error => AnsiColor::Red,
            Severity::Warning => AnsiColor::Yellow,
            Severity::Note => AnsiColor::Green,
        }
        .into(),
    ));
    let frame = Ansi::new()
        .bold()
        .fg_color(Some(AnsiColor::BrightBlue.into()));
    let spot = super::spot_of(diagnostic, source);
    let number = spot
        .as_ref()
        .map(|s| s.line.to_string())
        .unwrap_or_default();
    let gutter = " ".repeat(number.len());

    let mut out = paint(
        tone,
        &format!("{}[{}]", diagnostic.severity.as_str(), diagnostic.code.id),
    );
    let _ = writeln!(out, ": {}", visible(&diagnostic.message));
    let pointer = visible(&diagnostic.pointer);
    match &spot {
        Some(spot) => {
            let arrow = paint(frame, "-->");
            let path = visible(&spot.path);
            let _ = write!(out, "{gutter}{arrow} {path}:{}:{}", spot.line, spot.column);
            if !pointer.is_empty() {
                let _ = write!(out, " ({pointer})");
            }
            out.push('\n');
            let (text, lead) = excerpt(spot);
            let bar = paint(frame, "|");
            let _ = writeln!(out, "{gutter} {bar}");
            let _ = writeln!(out, "{} {bar} {text}", paint(frame, &number));
            let caret = paint(tone, "^");
            let _ = writeln!(out, "{gutter} {bar} {}{caret}", " ".repeat(lead));
        }
        None if !pointer.is_empty() => {
            let _ = writeln!(out, "{gutter}{} {pointer}", paint(frame, "-->"));
        }
        None => {}
    }
    if let Some(help) = &diagnostic.help {
        let _ = writeln!(
            out,
            "{gutter} {} help: {}",
            paint(frame, "="),
            visible(help)
        );
    }
    out
}

/// The line or its part, made visible, and how many columns stand before
/// the caret.
fn excerpt(spot: &Spot) -> (String, usize) {
    let mut shown = String::from(if spot.cut_left { "..." } else { "" });
    let mut lead = None;
    for (index, character) in spot.text.chars().enumerate() {
        if index == spot.lead {
            lead = Some(shown.chars().count());
        }
        push_visible(&mut shown, character);
    }
    let lead = lead.unwrap_or_else(|| shown.chars().count());
    if spot.cut_right {
        shown.push_str("...");
    }
    (shown.trim_end().to_owned(), lead)
}

/// The text with every control and text-direction character spelled out.
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        push_visible(&mut out, character);
    }
    out
}

fn push_visible(out: &mut String, character: char) {
    match character {
        '\t' => out.push(' '),
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(character));
        }
        c if c.is_control() => {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        }
        c => out.push(c),
    }
}

#[cfg(test)]
mod tests {
    use super::super::codes;
    use super::*;
    use crate::source::{Place, Source};

    fn source(text: &str) -> Source {
        Source::for_test("openapi.yaml", text)
    }

    #[test]
    fn looks_like_a_compiler() {
        let source = source("a: 1\nb: [x, y]\n");
        let diagnostic = Diagnostic::warning(&codes::DUPLICATE_KEY, "something is odd")
            .pointer("#/b/1")
            .place(Place {
                file: 0,
                offset: 12,
            })
            .help("write it otherwise");
        let expected = "\
warning[P0110]: something is odd
 --> openapi.yaml:2:8 (#/b/1)
  |
2 | b: [x, y]
  |        ^
  = help: write it otherwise
";
        let text = render(&diagnostic, Some(&source), Style::Plain);
        assert_eq!(text, expected);
    }

    #[test]
    fn control_characters_are_spelled_out() {
        let source = source("a: \u{1b}[31mred\u{202e}\n");
        let diagnostic =
            Diagnostic::error(&codes::NOT_TEXT, "bad \u{7}").place(Place { file: 0, offset: 3 });
        let text = render(&diagnostic, Some(&source), Style::Plain);
        assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text}");
        assert!(text.contains("\\u{1b}[31mred\\u{202e}"), "{text}");
    }

    #[test]
    fn a_minified_document_shows_a_window() {
        let text = format!("{{\"a\":\"{}\",\"b\":1}}", "x".repeat(5000));
        let source = source(&text);
        let offset = u32::try_from(text.len() - 2).expect("small");
        let diagnostic =
            Diagnostic::error(&codes::NOT_TEXT, "here").place(Place { file: 0, offset });
        let shown = render(&diagnostic, Some(&source), Style::Plain);
        assert!(shown.lines().all(|l| l.len() < 140), "{shown}");
    }
}
