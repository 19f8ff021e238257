//! `uuid`.

use crate::model::{Format, reflect_format};
use uuid::Uuid;

reflect_format!(Uuid);

impl Format for Uuid {
    const EXPECTED: &'static str = "a UUID";
    fn blank() -> Self {
        Self::nil()
    }
    fn read(text: &str) -> Option<Self> {
        Self::try_parse(text).ok()
    }
    fn write(&self, out: &mut String) {
        let mut place = Self::encode_buffer();
        out.push_str(self.hyphenated().encode_lower(&mut place));
    }
    fn same(&self, other: &Self) -> bool {
        self == other
    }
}
