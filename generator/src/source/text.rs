//! From bytes on disk to text: bounds and encodings.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use crate::diagnostic::{Diagnostic, codes};

/// Reads a whole file as text. Its size is checked before it is read.
pub(super) fn read(path: &Path, max_bytes: u64) -> Result<String, Diagnostic> {
    let shown = path.display();
    let cannot = |why: &dyn std::fmt::Display| {
        Diagnostic::error(&codes::CANNOT_READ, format!("cannot read `{shown}`: {why}"))
    };
    let metadata = std::fs::metadata(path)
        .map_err(|error| cannot(&error).help("check the path; it must name one spec file"))?;
    if metadata.is_dir() {
        return Err(cannot(&"it is a folder").help("give the path of the spec file inside it"));
    }
    let too_large = || {
        let bound = max_bytes >> 20;
        Diagnostic::error(
            &codes::TOO_LARGE,
            format!("`{shown}` is larger than {bound} MiB"),
        )
        .help("check that this is the spec, and not an archive or a data file")
    };
    if metadata.len() > max_bytes {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or_default() + 1);
    // A pipe has no size beforehand, and a file may grow.
    File::open(path)
        .and_then(|file| {
            file.take(max_bytes.saturating_add(1))
                .read_to_end(&mut bytes)
        })
        .map_err(|error| cannot(&error))?;
    if bytes.len() as u64 > max_bytes {
        return Err(too_large());
    }
    decode(bytes, &shown.to_string())
}

/// Decodes UTF-8 with or without a byte order mark, and UTF-16 with one.
fn decode(mut bytes: Vec<u8>, shown: &str) -> Result<String, Diagnostic> {
    let not_text = |why: String| {
        Diagnostic::error(&codes::NOT_TEXT, format!("`{shown}` is not text: {why}"))
            .help("save the file as UTF-8")
    };
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        return utf16(rest, u16::from_le_bytes).map_err(not_text);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        return utf16(rest, u16::from_be_bytes).map_err(not_text);
    }
    if bytes.starts_with(b"\xef\xbb\xbf") {
        bytes.drain(..3);
    }
    if bytes.starts_with(b"\x1f\x8b") || bytes.starts_with(b"PK\x03\x04") {
        return Err(not_text("it is compressed".to_owned()).help("unpack it first"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        not_text(format!("byte {at} is not valid UTF-8"))
    })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err("its UTF-16 has an odd number of bytes".to_owned());
    }
    char::decode_utf16(pairs.iter().map(|pair| unit(*pair)))
        .collect::<Result<String, _>>()
        .map_err(|error| format!("its UTF-16 is not valid ({error})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings() {
        let text = |bytes: &[u8]| decode(bytes.to_vec(), "x").map_err(|d| d.message);
        assert_eq!(text(b"\xef\xbb\xbfa"), Ok("a".to_owned()));
        assert_eq!(text(b"\xff\xfea\0\xe9\0"), Ok("aé".to_owned()));
        assert_eq!(text(b"\xfe\xff\0a"), Ok("a".to_owned()));
        assert!(text(b"\xff\xfea").is_err());
        assert!(text(b"a\xffb").is_err_and(|m| m.contains("byte 1")));
        assert!(text(b"\x1f\x8b\x08").is_err_and(|m| m.contains("compressed")));
    }

    #[test]
    fn bounds_and_missing_files() {
        let missing = read(Path::new("no/such/file"), 10).expect_err("missing");
        assert_eq!(missing.code.id, "P0101");
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        assert_eq!(read(&manifest, 10).expect_err("large").code.id, "P0102");
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        assert!(
            read(folder, 10)
                .expect_err("folder")
                .message
                .contains("folder")
        );
    }
}
