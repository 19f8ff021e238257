//! Integers of 32 bits and URLs.

use crate::model::{Format, reflect_format};
use url::Url;

reflect_format!(i32, Url);

impl Format for i32 {
    const EXPECTED: &'static str = "a 32-bit integer";
    const NUMBER: bool = true;
    fn blank() -> Self {
        0
    }
    fn read(text: &str) -> Option<Self> {
        super::integer(text)?.try_into().ok()
    }
    fn write(&self, out: &mut String) {
        out.push_str(itoa::Buffer::new().format(*self));
    }
    fn same(&self, other: &Self) -> bool {
        self == other
    }
}

impl Format for Url {
    const EXPECTED: &'static str = "an absolute URL";
    fn blank() -> Self {
        Self::parse("data:,").expect("a literal that is a URL")
    }
    fn read(text: &str) -> Option<Self> {
        Self::parse(text).ok()
    }
    fn write(&self, out: &mut String) {
        out.push_str(self.as_str());
    }
    fn same(&self, other: &Self) -> bool {
        self == other
    }
}
