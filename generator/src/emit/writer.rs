//! Well-formed, well-formatted Rust text, written straight out.
//!
//! The bulk of a crate is thousands of alike items; building token trees and
//! formatting them afterwards costs more than the rest of a generation. Text
//! from a spec enters only through [`Writer::docs`] and [`super::literal`].

use super::docs;

/// The width that lists are wrapped at.
const WIDTH: usize = 100;

/// Rust text under construction.
#[derive(Debug)]
pub(super) struct Writer {
    text: String,
    depth: usize,
}

impl Writer {
    /// A file that begins with the mark of generated code.
    pub(super) fn new() -> Self {
        let mut text = String::with_capacity(16 * 1024);
        text.push_str(super::MARK);
        text.push('\n');
        Self { text, depth: 0 }
    }

    /// The text.
    pub(super) fn finish(self) -> String {
        self.text
    }

    /// A line made of `parts`.
    pub(super) fn line(&mut self, parts: &[&str]) {
        self.indent();
        for part in parts {
            self.text.push_str(part);
        }
        if self.text.ends_with(' ') {
            self.text.pop();
        }
        self.text.push('\n');
    }

    /// An empty line.
    pub(super) fn blank(&mut self) {
        self.text.push('\n');
    }

    /// A line that opens a block; what follows is indented.
    pub(super) fn open(&mut self, parts: &[&str]) {
        self.line(parts);
        self.depth += 1;
    }

    /// The line that closes a block.
    pub(super) fn close(&mut self, end: &str) {
        self.depth = self.depth.saturating_sub(1);
        self.line(&[end]);
    }

    /// A line one step further in.
    pub(super) fn inside(&mut self, parts: &[&str]) {
        self.depth += 1;
        self.line(parts);
        self.depth -= 1;
    }

    /// Documentation of the item that follows.
    pub(super) fn docs(&mut self, lines: &[String]) {
        self.comment("///", lines);
    }

    /// Documentation of the file.
    pub(super) fn inner_docs(&mut self, lines: &[String]) {
        self.comment("//!", lines);
    }

    /// `head` `item, item` `tail` on one line where it fits, one item per line
    /// where it does not.
    pub(super) fn list(&mut self, head: &[&str], items: &[String], tail: &str) {
        let length = |parts: usize, text: &str| parts + text.len();
        let width = 4 * self.depth
            + head.iter().copied().fold(tail.len(), length)
            + items.iter().fold(0, |sum, item| sum + item.len() + 2);
        if width <= WIDTH {
            self.indent();
            for part in head {
                self.text.push_str(part);
            }
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    self.text.push_str(", ");
                }
                self.text.push_str(item);
            }
            self.text.push_str(tail);
            self.text.push('\n');
            return;
        }
        self.open(head);
        for item in items {
            self.line(&[item, ","]);
        }
        self.close(tail.trim_start());
    }

    fn comment(&mut self, mark: &str, lines: &[String]) {
        if lines.is_empty() {
            return;
        }
        for line in docs::sanitize(lines) {
            self.indent();
            self.text.push_str(mark);
            if !line.is_empty() {
                self.text.push(' ');
                self.text.push_str(&line);
            }
            self.text.push('\n');
        }
    }

    fn indent(&mut self) {
        for _ in 0..self.depth {
            self.text.push_str("    ");
        }
    }
}
