//! Chance: idempotency keys and waits.

use http::HeaderValue;
use std::hash::{BuildHasher, Hasher, RandomState};

/// A number by chance. Not for secrets.
fn chance() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// A time by chance, from nothing up to `time`.
pub(crate) fn chance_of(time: std::time::Duration) -> std::time::Duration {
    // 53 bits: a fraction of 1.
    time.mul_f64((chance() >> 11) as f64 / (1u64 << 53) as f64)
}

/// A key that no other call has: the text of a UUID of version 4 (RFC 9562).
pub(crate) fn new_key() -> HeaderValue {
    let (high, low) = (chance(), chance());
    let high = high & !0xF000 | 0x4000;
    let low = low & !(0b11 << 62) | 0b10 << 62;
    let text = format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xFFFF,
        high & 0xFFFF,
        low >> 48,
        low & 0xFFFF_FFFF_FFFF
    );
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static("0"))
}

#[cfg(test)]
mod tests {
    use super::new_key;
    use std::collections::HashSet;

    #[test]
    fn keys_are_uuids_and_differ() {
        let keys: HashSet<_> = (0..1000).map(|_| new_key()).collect();
        assert_eq!(keys.len(), 1000);
        for key in keys {
            let text = key.to_str().expect("text").as_bytes();
            assert_eq!(text.len(), 36);
            assert_eq!(text[14], b'4');
            assert!(b"89ab".contains(&text[19]));
        }
    }
}
