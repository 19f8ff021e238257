//! Markdown in, Markdown out.

use super::{escaped, sanitize};

fn clean(text: &str) -> String {
    sanitize(&[text.to_owned()]).join("\n")
}

#[track_caller]
fn same(text: &str) {
    assert_eq!(clean(text), text);
}

#[test]
fn ordinary_markdown_stays_as_it_is() {
    same("A sentence, with `code`, **bold** and a [link](https://example.com/a_b#c).");
    same("- one\n- two\n\n    more of two\n\nand on");
    same("<p>Words &amp; <code>code</code><br/></p>");
    same("See <a href=\"https://example.com\">this</a> or <https://example.com>.");
    same("| a | b |\n|---|---|\n| `<owner>` | [x](#y) |");
    same("~~~text\n<owner>\n~~~");
}

#[test]
fn html_that_does_things_is_text() {
    let cases = [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<p onclick=\"x\">",
        "<a href=\"javascript:x\">",
        "<a href=\"https://x\" onclick=\"y\">",
        "<!-- x -->",
        "a ` b\n` <script>` c",
        "<p>` <script>alert(1)</script> `</p>",
        "\\` <script> `",
        "- x\n  ```\n  y\n<script>\n",
        "> ```\n> y\n<script>\n",
        "\\<script>",
        "<scr\u{200b}ipt>",
    ];
    for case in cases {
        let text = clean(case).to_lowercase();
        for bad in [
            "<script",
            "<img",
            "<p ",
            "<a href=\"j",
            "onclick=\"y\">\"",
            "<!--",
        ] {
            assert!(!text.contains(bad), "{case:?} -> {text:?}");
        }
    }
}

#[test]
fn a_fence_ends_the_html_before_it() {
    let text = clean("<p>\n```\n\n<b x>\n```\n<b x>");
    assert_eq!(text, "<p>\n\n```text\n\n<b x>\n```\n&lt;b x>");
}

#[test]
fn links_lead_to_pages() {
    assert_eq!(clean("[x](javascript:a)"), "[x\\](javascript:a)");
    assert_eq!(clean("[x](<data:a>)"), "[x\\](&lt;data:a>)");
    assert_eq!(clean("[x]: vbscript:a"), "[x\\]: vbscript:a");
    assert_eq!(clean("[x](&#106;avascript:a)"), "[x\\](&#106;avascript:a)");
    same("[x](/rest/issues#about) and [y](mailto:a@example.com)");
}

#[test]
fn no_code_block_is_rust() {
    assert_eq!(clean("a\n```rust\nx\n```"), "a\n\n```text\nx\n```");
    assert_eq!(clean("```\nx"), "```text\nx\n```");
    assert_eq!(
        clean("a\n\n    code\n      more\n\nb"),
        "a\n\n~~~~~~text\ncode\n  more\n\n~~~~~~\nb"
    );
    assert_eq!(
        clean("```\n```\n    b"),
        "```text\n```\n~~~~~~text\nb\n~~~~~~"
    );
    assert_eq!(clean("- ```js\n  x\n  ```"), "- ```text\n  x\n  ```");
}

#[test]
fn characters_that_are_not_seen_are_gone() {
    assert_eq!(clean("a\0b\u{202e}c\u{7}d\re"), "abcd\ne");
    assert_eq!(clean("\ta"), "~~~~~~text\na\n~~~~~~");
}

#[test]
fn long_lines_are_broken_at_spaces() {
    let text = "word ".repeat(1_000);
    let lines = sanitize(&[text]);
    assert!(lines.len() > 4 && lines.iter().all(|line| line.len() <= 1_000));
    let lines = sanitize(&["é".repeat(3_000)]);
    assert!(lines.iter().all(|line| line.len() <= 1_000));
}

#[test]
fn escaped_text_has_no_markup() {
    assert_eq!(escaped("a|b <c> `d`\n[e]"), "a\\|b &lt;c> \\`d\\` \\[e\\]");
}
