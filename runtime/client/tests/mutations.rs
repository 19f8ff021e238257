//! Broken input: never a panic, never a value that does not read back as itself.

mod generated;

use generated::*;
use pontoon_runtime::codec::json::{Mode, decode, encode};
use pontoon_runtime::codec::{form, text};
use pontoon_runtime::codegen::{Reflect, blank};
use pontoon_runtime::json::Json;

const SEED: &str = r#"{"id":1,"title":"a \"b\" \u00e9\ud83d\ude00 ü","state":"open",
    "state_reason":null,"closed_at":null,"labels":["bug",{"name":"x","color":null},7,-1.5e3],
    "user":{"login":"me","id":18446744073709551615,"level":-1,"site_admin":true},
    "parent":{"id":2.0,"title":"","state":"x","closed_at":"y","labels":[],"user":{"login":"","id":0}},
    "reactions":{"+1":3},"score":0.1,"extra":[1.5,false,{}]}"#;

/// A small deterministic generator (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }

    fn mutate(&mut self, text: &mut Vec<u8>) {
        const PIECES: [&[u8]; 24] = [
            b"{",
            b"}",
            b"[",
            b"]",
            b",",
            b":",
            b"\"",
            b"\\",
            b"\\u",
            b"\\ud800",
            b"null",
            b"true",
            b"-",
            b"0",
            b"1e999",
            b"99999999999999999999",
            b".",
            b"e",
            b"\xFF",
            b"\xC3",
            b"\x00",
            b"[[[[[[[[",
            b"{\"a\":",
            b" ",
        ];
        let at = self.below(text.len() + 1);
        match self.below(6) {
            0 if at < text.len() => text[at] = self.below(256) as u8,
            1 if at < text.len() => {
                text.remove(at);
            }
            2 => text.truncate(at),
            3 if at < text.len() => {
                let end = (at + self.below(40)).min(text.len());
                let piece = text[at..end].to_vec();
                let target = self.below(text.len());
                text.splice(target..target, piece);
            }
            4 if at < text.len() => {
                let end = (at + self.below(12)).min(text.len());
                text.drain(at..end);
            }
            _ => {
                let piece = PIECES[self.below(PIECES.len())];
                text.splice(at..at, piece.iter().copied());
            }
        }
    }
}

fn check<T: Reflect + PartialEq + std::fmt::Debug>(input: &[u8]) -> bool {
    let mut value: T = blank();
    match decode(input, value.slot()) {
        Ok(()) => {
            let written = encode(value.view(), Mode::Whole).expect("what was read can be written");
            let mut again: T = blank();
            if let Err(error) = decode(&written, again.slot()) {
                // A property that is only sent is not required of an answer, and
                // what was read has none.
                panic!("{error}: {}", String::from_utf8_lossy(&written));
            }
            assert_eq!(value, again);
            true
        }
        Err(error) => {
            assert!(error.path().starts_with('$'), "{error}");
            assert!(error.offset() <= input.len(), "{error}");
            false
        }
    }
}

#[test]
fn mutated_json_never_panics() {
    let mut random = Random(0x5EED_5EED_5EED_5EED);
    let mut good = 0;
    for _ in 0..12_000 {
        let mut text = SEED.as_bytes().to_vec();
        for _ in 0..=random.below(4) {
            random.mutate(&mut text);
        }
        good += usize::from(check::<Issue>(&text));
        let any = check::<Json>(&text);
        if !any {
            assert!(!check::<Vec<Issue>>(&text));
        }
    }
    // The mutations are mild enough to reach beyond the first bytes.
    assert!(good > 500, "{good}");
}

#[test]
fn every_prefix_is_refused() {
    for end in 0..SEED.len() {
        assert!(!check::<Issue>(&SEED.as_bytes()[..end]), "{end}");
    }
    assert!(check::<Issue>(SEED.as_bytes()));
}

#[test]
fn mutated_forms_and_texts_never_panic() {
    let mut random = Random(0xF0F0_F0F0_F0F0_F0F1);
    for _ in 0..4_000 {
        let mut body = b"login=a+b%20c&id=7&site_admin=true&level=2&x=%".to_vec();
        for _ in 0..=random.below(4) {
            random.mutate(&mut body);
        }
        let mut user: User = blank();
        let _ = form::decode(&body, user.slot());
        let _ = form::encode(user.view(), &[]).expect("a user can be sent");
        let content = String::from_utf8_lossy(&body);
        let _ = text::decode(&content, user.slot());
        let mut number = 0i64;
        let _ = text::decode(&content, number.slot());
    }
}
