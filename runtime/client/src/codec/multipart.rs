//! `multipart/form-data` (RFC 7578).

use super::EncodeError;
use super::parameter::nested;
use super::walk::{self, Kind, Result, items, kind, members};
use crate::model::View;
use crate::operation::{Encoding, Style};
use crate::upload::Upload;
use std::hash::{BuildHasher, Hasher, RandomState};

/// A body and the media type that names its boundary.
#[derive(Debug, Clone)]
pub struct Multipart {
    /// The `Content-Type` header.
    pub media_type: String,
    /// The body: pieces that stand one after the other.
    pub pieces: Vec<Upload>,
}

/// Writes each property of an object as a part: bytes as files, scalars as text,
/// objects as JSON, lists as one part per item.
pub fn encode(value: View<'_>, encodings: &[Encoding]) -> Result<Multipart> {
    encode_between(value, encodings, &boundary())
}

fn encode_between(value: View<'_>, encodings: &[Encoding], boundary: &str) -> Result<Multipart> {
    let mut body = Pieces::default();
    match kind(&value) {
        Kind::Absent => {}
        Kind::Object => members(&value, &mut |name, item| {
            let encoding = encodings.iter().find(|encoding| encoding.name == name);
            let media_type = encoding.and_then(|encoding| concrete(encoding.content_type?));
            let brackets = encoding.is_some_and(|encoding| encoding.style == Style::DeepObject);
            match kind(item) {
                // `style: deepObject`: a part per scalar, as in a form.
                Kind::List | Kind::Object if brackets => nested(name, item, &mut |name, item| {
                    part(name, item, media_type, boundary, &mut body)
                }),
                Kind::List if !is_json(media_type) => items(item, &mut |item| {
                    part(name, item, media_type, boundary, &mut body)
                }),
                _ => part(name, item, media_type, boundary, &mut body),
            }
        })?,
        _ => return Err(EncodeError::new("only an object can be sent as parts")),
    }
    body.text
        .extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    Ok(Multipart {
        media_type: format!("multipart/form-data; boundary={boundary}"),
        pieces: body.finish(),
    })
}

/// Content of at least this size is not copied.
const LARGE: usize = 64 << 10;

/// A body under way: what is small is gathered, what is large stays apart.
#[derive(Default)]
struct Pieces {
    done: Vec<Upload>,
    text: Vec<u8>,
}

impl Pieces {
    fn content(&mut self, content: &Upload) {
        match content.as_bytes() {
            Some(bytes) if bytes.len() < LARGE => self.text.extend_from_slice(bytes),
            _ => {
                self.done.push(std::mem::take(&mut self.text).into());
                self.done.push(content.clone());
            }
        }
    }

    fn finish(mut self) -> Vec<Upload> {
        if !self.text.is_empty() {
            self.done.push(self.text.into());
        }
        self.done
    }
}

fn part(
    name: &str,
    value: &View<'_>,
    media_type: Option<&str>,
    boundary: &str,
    out: &mut Pieces,
) -> Result {
    let kind = kind(value);
    if matches!(kind, Kind::Absent | Kind::Null) {
        return Ok(());
    }
    let name = quoted(name);
    let mut head = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"");
    let mut media_type = media_type;
    if let View::File(file) = value {
        let file_name = file.name.as_deref().map(quoted);
        let file_name = file_name.as_deref().unwrap_or(&name);
        head.push_str(&format!("; filename=\"{file_name}\""));
        media_type = file.content_type.as_deref().or(media_type);
    }
    if let View::Bytes(_) = value {
        head.push_str(&format!("; filename=\"{name}\""));
    }
    if let View::Bytes(_) | View::File(_) = value {
        media_type = media_type.or(Some("application/octet-stream"));
    } else if kind != Kind::Scalar {
        media_type = media_type.or(Some("application/json"));
    }
    if let Some(media_type) = media_type {
        head.push_str("\r\nContent-Type: ");
        if media_type.chars().any(char::is_control) {
            return Err(EncodeError::new("a media type with a control character"));
        }
        head.push_str(media_type);
    }
    let text = &mut out.text;
    text.extend_from_slice(head.as_bytes());
    text.extend_from_slice(b"\r\n\r\n");
    match value {
        View::Bytes(bytes) => out.content(&Upload::from((*bytes).clone())),
        View::File(file) => out.content(&file.content),
        _ if is_json(media_type) => text.extend_from_slice(walk::json(value)?.as_bytes()),
        View::Str(content) => text.extend_from_slice(content.as_bytes()),
        _ => text.extend_from_slice(walk::text(value)?.as_bytes()),
    }
    out.text.extend_from_slice(b"\r\n");
    Ok(())
}

/// The first media type of a list that names one.
fn concrete(content_type: &'static str) -> Option<&'static str> {
    content_type
        .split(',')
        .map(str::trim)
        .find(|media_type| !media_type.is_empty() && !media_type.contains('*'))
}

fn is_json(media_type: Option<&str>) -> bool {
    media_type.is_some_and(|media_type| {
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        essence.ends_with("/json") || essence.ends_with("+json")
    })
}

/// A name as browsers quote it.
fn quoted(name: &str) -> String {
    name.replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// 128 random bits, from what seeds the standard library's maps.
fn boundary() -> String {
    let random = || RandomState::new().build_hasher().finish();
    format!("pontoon-{:016x}{:016x}", random(), random())
}

#[cfg(test)]
mod tests {
    use super::{LARGE, Multipart, boundary, concrete, encode, encode_between};
    use crate::json::Json;
    use crate::model::{MapView, Reflect, View};
    use crate::operation::{Encoding, Style};
    use crate::upload::File;
    use bytes::Bytes;

    fn bytes(sent: &Multipart) -> Vec<u8> {
        let pieces = sent.pieces.iter().filter_map(|piece| piece.as_bytes());
        pieces.flat_map(|piece| piece.to_vec()).collect()
    }

    struct Upload {
        file: Bytes,
        meta: Json,
    }

    impl MapView for Upload {
        fn len(&self) -> usize {
            4
        }
        fn each(&self, visit: &mut dyn FnMut(&str, View<'_>)) {
            visit("file", self.file.view());
            visit("a\"b", View::I64(7));
            visit("meta", self.meta.view());
            visit("tags", vec!["x".to_owned(), "y".to_owned()].view());
        }
        fn get(&self, _key: &str) -> Option<View<'_>> {
            None
        }
    }

    #[test]
    fn parts_are_written_by_type() {
        let upload = Upload {
            file: Bytes::from_static(b"\xFF\x00"),
            meta: Json::from([("k", Json::from("v"))]),
        };
        let encodings = [Encoding {
            name: "file",
            content_type: Some("image/*, image/png"),
            style: Style::Form,
            explode: true,
        }];
        let sent = encode_between(View::Map(&upload), &encodings, "B").unwrap();
        assert_eq!(sent.media_type, "multipart/form-data; boundary=B");
        let expected = b"--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"file\"\r\nContent-Type: image/png\r\n\r\n\xFF\x00\r\n\
            --B\r\nContent-Disposition: form-data; name=\"a%22b\"\r\n\r\n7\r\n\
            --B\r\nContent-Disposition: form-data; name=\"meta\"\r\nContent-Type: application/json\r\n\r\n{\"k\":\"v\"}\r\n\
            --B\r\nContent-Disposition: form-data; name=\"tags\"\r\n\r\nx\r\n\
            --B\r\nContent-Disposition: form-data; name=\"tags\"\r\n\r\ny\r\n\
            --B--\r\n";
        assert_eq!(
            bytes(&sent).escape_ascii().to_string(),
            expected.escape_ascii().to_string()
        );
    }

    #[test]
    fn files_have_names_and_are_not_copied() {
        let large = Bytes::from(vec![7; LARGE]);
        let small = File::from("x").named("a\"b.txt").of_type("text/plain");
        let both = [("a", small), ("b", File::from(large.clone()))];
        let both = Files(both.into());
        let sent = encode_between(View::Map(&both), &[], "B").unwrap();
        let head = String::from_utf8(sent.pieces[0].as_bytes().unwrap().to_vec()).unwrap();
        assert_eq!(
            head,
            "--B\r\nContent-Disposition: form-data; name=\"a\"; filename=\"a%22b.txt\"\r\n\
             Content-Type: text/plain\r\n\r\nx\r\n\
             --B\r\nContent-Disposition: form-data; name=\"b\"; filename=\"b\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        assert_eq!(sent.pieces.len(), 3);
        assert_eq!(sent.pieces[1].as_bytes().unwrap().as_ptr(), large.as_ptr());
        let hostile = Files(vec![("a", File::from("x").of_type("a/b\r\nX: y"))]);
        assert!(encode_between(View::Map(&hostile), &[], "B").is_err());
    }

    struct Files(Vec<(&'static str, File)>);

    impl MapView for Files {
        fn len(&self) -> usize {
            self.0.len()
        }
        fn each(&self, visit: &mut dyn FnMut(&str, View<'_>)) {
            for (name, file) in &self.0 {
                visit(name, file.view());
            }
        }
        fn get(&self, _key: &str) -> Option<View<'_>> {
            None
        }
    }

    #[test]
    fn boundaries_differ() {
        assert_ne!(boundary(), boundary());
        assert!(boundary().len() <= 70);
        assert_eq!(concrete("*/*"), None);
        assert!(encode(View::I64(1), &[]).is_err());
    }

    #[test]
    fn deep_objects_are_a_part_per_scalar() {
        let upload =
            Json::parse(br#"{"expand":["a","b"],"link":{"create":true}}"#).unwrap_or(Json::Null);
        let deep = |name| Encoding {
            name,
            content_type: None,
            style: Style::DeepObject,
            explode: true,
        };
        let sent = encode_between(View::Json(&upload), &[deep("expand"), deep("link")], "B");
        let body = sent.map(|sent| String::from_utf8_lossy(&bytes(&sent)).into_owned());
        let body = body.unwrap_or_default();
        assert_eq!(body.matches("name=\"expand[]\"").count(), 2, "{body}");
        assert_eq!(body.matches("name=\"link[create]\"").count(), 1, "{body}");
    }
}
