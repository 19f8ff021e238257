//! Identifiers from the words of a spec.

use heck::{ToSnakeCase, ToUpperCamelCase};
use std::collections::HashSet;
use unicode_security::GeneralSecurityProfile as _;

/// Type names that generated modules already give a meaning to.
const TAKEN_TYPES: &[&str] = &[
    "Self",
    "String",
    "Option",
    "Some",
    "None",
    "Vec",
    "Box",
    "Result",
    "Ok",
    "Err",
    "Clone",
    "Default",
    "From",
    "Into",
    "Drop",
    "Copy",
    "Send",
    "Sync",
    "Sized",
    "Debug",
    "Fn",
    "FnMut",
    "FnOnce",
    "Iterator",
    "ToString",
    "ToOwned",
    "AsRef",
    "AsMut",
    "Eq",
    "PartialEq",
    "Ord",
    "PartialOrd",
    "Hash",
    "Extend",
    "TryFrom",
    "TryInto",
    "FromIterator",
    "IntoIterator",
    "DoubleEndedIterator",
    "ExactSizeIterator",
    "Unpin",
    "AsyncFn",
    "AsyncFnMut",
    "AsyncFnOnce",
];

/// An upper-camel-case name of a type or variant. Never empty, always legal.
pub(crate) fn camel(words: &str) -> String {
    let name = spoken(words).to_upper_camel_case();
    legal(name, 'N')
}

/// The name of a type: [`camel`], kept apart from the prelude.
pub(crate) fn type_name(words: &str) -> String {
    let name = camel(words);
    if TAKEN_TYPES.contains(&name.as_str()) {
        format!("{name}Model")
    } else {
        name
    }
}

/// A snake-case name of a field, method, argument or module; raw where it is a
/// keyword. Never empty, always legal.
pub(crate) fn snake(words: &str) -> String {
    let name = legal(spoken(words).to_snake_case(), 'n');
    raw(name)
}

/// A snake-case name for files, modules and Cargo features: never raw, ASCII
/// alone (a letter outside it is its number).
pub(crate) fn module(words: &str) -> String {
    let mut ascii = String::with_capacity(words.len());
    for letter in words.chars() {
        if letter.is_ascii() || !letter.is_alphanumeric() {
            ascii.push(letter);
        } else {
            ascii.push_str(&format!("u{:x}", letter as u32));
        }
    }
    let name = legal(spoken(&ascii).to_snake_case(), 'n');
    if is_keyword(&name) {
        format!("{name}_")
    } else {
        name
    }
}

/// Escapes a keyword.
pub(crate) fn raw(name: String) -> String {
    match name.as_str() {
        "self" | "super" | "crate" | "_" => format!("{name}_"),
        _ if is_keyword(&name) => format!("r#{name}"),
        _ => name,
    }
}

fn is_keyword(name: &str) -> bool {
    // Strict and reserved keywords of edition 2024.
    const KEYWORDS: &[&str] = &[
        "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
        "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
        "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub",
        "ref", "return", "self", "static", "struct", "super", "trait", "true", "try", "type",
        "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
    ];
    KEYWORDS.contains(&name)
}

/// `name`, or `name2`, `name3`, ... whichever `used` does not hold; it is added.
pub(crate) fn unique(name: String, used: &mut HashSet<String>) -> String {
    let mut candidate = name.clone();
    let mut count = 2;
    while !used.insert(candidate.clone()) {
        let plain = name.strip_prefix("r#").unwrap_or(&name);
        let joint = if plain.ends_with(|last: char| last.is_ascii_digit()) {
            "_"
        } else {
            ""
        };
        candidate = format!("{plain}{joint}{count}");
        count += 1;
    }
    candidate
}

/// Symbols that carry meaning, as words; everything else that cannot stand in
/// an identifier is a word boundary.
fn spoken(words: &str) -> String {
    let meaningless = !words.chars().any(char::is_alphanumeric);
    let mut text = String::with_capacity(words.len());
    for (index, letter) in words.chars().enumerate() {
        if letter.is_ascii_alphanumeric() {
            text.push(letter);
            continue;
        }
        if !letter.is_ascii() && letter.is_alphanumeric() {
            if is_identifier_letter(letter) {
                text.push(letter);
            } else {
                text.push_str(&format!(" u{:x} ", letter as u32));
            }
            continue;
        }
        let next_is_digit = words
            .chars()
            .nth(index + 1)
            .is_some_and(|next| next.is_ascii_digit());
        let word = match letter {
            '+' if index == 0 || meaningless => "plus",
            '-' if index == 0 && next_is_digit => "minus",
            '<' => "less",
            '>' => "greater",
            '=' if meaningless => "equal",
            '!' if meaningless => "not",
            '*' if meaningless => "star",
            '-' if meaningless => "minus",
            '/' if meaningless => "slash",
            '%' if meaningless => "percent",
            '&' if meaningless => "and",
            '|' if meaningless => "or",
            '~' if meaningless => "tilde",
            '^' if meaningless => "caret",
            '$' if meaningless => "dollar",
            '#' if meaningless => "number",
            '@' if meaningless => "at",
            '.' if meaningless => "dot",
            ',' if meaningless => "comma",
            ':' if meaningless => "colon",
            ';' if meaningless => "semicolon",
            '?' if meaningless => "question",
            '_' if meaningless => "underscore",
            ' ' if meaningless => "space",
            _ => "",
        };
        text.push(' ');
        text.push_str(word);
        text.push(' ');
    }
    text
}

/// Whether a letter may stand in an identifier without a lint of rustc against it
/// (`uncommon_codepoints`: UTS 39, General Security Profile).
fn is_identifier_letter(letter: char) -> bool {
    letter.identifier_allowed()
        && syn::parse_str::<syn::Ident>(&format!("a{letter}")).is_ok()
        && letter.to_lowercase().all(char::is_alphanumeric)
}

fn legal(name: String, prefix: char) -> String {
    let Some(first) = name.chars().next() else {
        return if prefix == 'N' { "Empty" } else { "empty" }.to_owned();
    };
    if first.is_ascii_alphabetic() || (!first.is_ascii() && first.is_alphabetic()) {
        name
    } else {
        format!("{prefix}{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_and_keywords() {
        assert_eq!(snake("+1"), "plus_1");
        assert_eq!(snake("-1"), "minus_1");
        assert_eq!(snake("type"), "r#type");
        assert_eq!(snake("self"), "self_");
        assert_eq!(snake("@odata.type"), "odata_type");
        assert_eq!(camel("<"), "Less");
        assert_eq!(camel(""), "Empty");
        assert_eq!(camel("256"), "N256");
        assert_eq!(type_name("option"), "OptionModel");
        assert_eq!(type_name("self"), "SelfModel");
        assert_eq!(module("type"), "type_");
        assert_eq!(module("grün"), "grufcn");
        assert_eq!(camel("grün"), "Grün");
        // A modifier letter, which rustc warns of.
        assert_eq!(camel("pʿal"), "PU2bfAl");
    }

    #[test]
    fn collisions_count_up() {
        let mut used = HashSet::new();
        assert_eq!(unique("a".to_owned(), &mut used), "a");
        assert_eq!(unique("a".to_owned(), &mut used), "a2");
        assert_eq!(unique("r#type".to_owned(), &mut used), "r#type");
        assert_eq!(unique("r#type".to_owned(), &mut used), "type2");
    }
}
