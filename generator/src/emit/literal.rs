//! Spec text as literals.

/// A Rust string literal.
pub(super) fn string(text: &str) -> String {
    if text
        .bytes()
        .all(|byte| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\')
    {
        return ["\"", text, "\""].concat();
    }
    // `Debug` escapes quotes, backslashes, controls and invisible characters.
    format!("{text:?}")
}

/// A TOML basic string.
pub(super) fn toml(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('"');
    for character in text.chars() {
        match character {
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            character if character.is_control() || super::docs::is_invisible(character) => {
                literal.push_str(&format!("\\u{:04X}", u32::from(character)));
            }
            character => literal.push(character),
        }
    }
    literal.push('"');
    literal
}

/// `&["a", "b"]`
pub(super) fn strings(items: &[String]) -> String {
    slice(items.iter().map(|item| string(item)))
}

/// `&[a, b]`
pub(super) fn slice(items: impl Iterator<Item = String>) -> String {
    let mut text = String::from("&[");
    for (index, item) in items.enumerate() {
        if index > 0 {
            text.push_str(", ");
        }
        text.push_str(&item);
    }
    text.push(']');
    text
}

#[cfg(test)]
mod tests {
    use super::{string, toml};

    #[test]
    fn hostile_text_stays_one_literal() {
        for text in [
            "a\"; panic!(); \"",
            "back\\slash",
            "nul\0cr\rlf\n",
            "bidi\u{202e}",
            "{}",
            "'''",
            "\u{2028}",
        ] {
            let parsed: syn::LitStr = syn::parse_str(&string(text)).expect(text);
            assert_eq!(parsed.value(), text);
            let parsed: toml::Table =
                ::toml::from_str(&format!("key = {}", toml(text))).expect(text);
            assert_eq!(parsed["key"].as_str(), Some(text));
        }
    }
}
