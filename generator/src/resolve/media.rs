//! Which of several declared media types is generated.

use crate::api::Codec;
use indexmap::IndexMap;
use openapiv3::MediaType;

/// The codec of a media type (RFC 9110 section 8.3.1; `+json`: RFC 6839).
pub(super) fn codec(media_type: &str) -> Codec {
    let essence = media_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    match essence.as_str() {
        "application/x-www-form-urlencoded" => Codec::Form,
        "multipart/form-data" => Codec::Multipart,
        "text/event-stream" => Codec::Events,
        // Names in use for JSON texts one per line; RFC 7464.
        "application/x-ndjson"
        | "application/ndjson"
        | "application/jsonl"
        | "application/x-jsonl"
        | "application/jsonlines"
        | "application/x-jsonlines"
        | "application/json-lines"
        | "application/x-json-stream"
        | "application/stream+json"
        | "application/json-seq"
        | "text/jsonl" => Codec::Lines,
        _ if essence.ends_with("+json-seq") => Codec::Lines,
        // "Anything" with a schema is JSON in every published spec that was looked at.
        "*/*" | "application/*" => Codec::Json,
        _ if essence.ends_with("/json") || essence.ends_with("+json") => Codec::Json,
        "text/xml" => Codec::Xml,
        // An image is a file, whatever it is written in.
        _ if essence.starts_with("application/")
            && (essence.ends_with("/xml") || essence.ends_with("+xml")) =>
        {
            Codec::Xml
        }
        _ if essence.starts_with("text/") => Codec::Text,
        _ if essence.starts_with("multipart/") => Codec::Multipart,
        _ => Codec::Bytes,
    }
}

/// Whether a media type holds structured values that there is no typed codec for:
/// not pictures and office documents, whose XML nobody reads by a schema.
pub(super) fn is_untyped_structure(media_type: &str) -> bool {
    let essence = media_type.to_ascii_lowercase();
    if essence.starts_with("image/") || essence.contains("openxmlformats") {
        return false;
    }
    ["xml", "yaml", "cbor", "protobuf", "msgpack"]
        .iter()
        .any(|word| essence.contains(word))
}

/// The declared media types, the one to prefer first: JSON before form before
/// multipart before XML before text before bytes; among equals the first declared, plain
/// `application/json` before its relatives.
pub(super) fn ranked(content: &IndexMap<String, MediaType>) -> Vec<(&String, &MediaType, Codec)> {
    let mut all: Vec<_> = content
        .iter()
        .map(|(name, media)| (name, media, codec(name)))
        .collect();
    all.sort_by_key(|(name, _, codec)| {
        let rank = match codec {
            Codec::Json => 0,
            Codec::Form => 1,
            Codec::Multipart => 2,
            Codec::Xml => 3,
            Codec::Text => 4,
            Codec::Bytes => 5,
            Codec::Events => 6,
            Codec::Lines => 7,
            Codec::Empty => 8,
        };
        (rank, label(name) != "application/json")
    });
    all
}

/// The sequence to generate beside the media type that is preferred: events
/// before lines, among equals the first declared.
pub(super) fn sequence(
    content: &IndexMap<String, MediaType>,
) -> Option<(&String, &MediaType, Codec)> {
    let all = content
        .iter()
        .map(|(name, media)| (name, media, codec(name)));
    all.filter(|(.., codec)| codec.is_sequence())
        .min_by_key(|(.., codec)| *codec != Codec::Events)
}

/// A media type in words for keys: `application/hal+json`, lower case, without
/// parameters.
pub(super) fn label(media_type: &str) -> String {
    let essence = media_type.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase().replace(' ', "")
}
