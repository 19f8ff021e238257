//! Errors of TOML in one line.

/// Where the error is and what it says, `line 3, column 8: ...`; columns count
/// characters.
pub fn toml_error(text: &str, error: &toml::de::Error) -> String {
    let message = error.message().trim_end().replace('\n', "; ");
    let Some(before) = error.span().and_then(|span| text.get(..span.start)) else {
        return message;
    };
    let line = before.matches('\n').count() + 1;
    let last = before.rsplit('\n').next().unwrap_or_default();
    format!(
        "line {line}, column {}: {message}",
        last.chars().count() + 1
    )
}
