//! `Debug` for all generated types, from their views.

use super::{Field, View, written};
use std::fmt;

/// What stands for a secret value.
const MASK: &str = "[masked]";

/// Writes a generated value as `#[derive(Debug)]` would, without what is absent
/// and with secrets masked.
pub(crate) fn debug(view: View<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    fmt::Debug::fmt(&Shown(view), f)
}

/// A view with a `Debug` form.
struct Shown<'a>(View<'a>);

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            View::Absent => f.write_str("Absent"),
            View::Null => f.write_str("Null"),
            View::Str(text) => fmt::Debug::fmt(text, f),
            View::I64(value) => fmt::Debug::fmt(value, f),
            View::U64(value) => fmt::Debug::fmt(value, f),
            View::F64(value) => fmt::Debug::fmt(value, f),
            View::Bool(value) => fmt::Debug::fmt(value, f),
            View::File(file) => fmt::Debug::fmt(file, f),
            View::Bytes(bytes) => write!(f, "[{} bytes]", bytes.len()),
            View::Text(value) => f.write_str(&written(*value)),
            View::Json(value) => fmt::Display::fmt(value, f),
            View::Model(model) => {
                let table = model.table();
                let mut out = f.debug_struct(table.name);
                for (index, field) in table.fields.iter().enumerate() {
                    match model.view_at(index) {
                        View::Absent => {}
                        _ if field.has(Field::SECRET) => {
                            out.field(field.name, &format_args!("{MASK}"));
                        }
                        view => {
                            out.field(field.name, &Shown(view));
                        }
                    }
                }
                if table.additional
                    && let View::Map(map) = model.view_at(table.fields.len())
                {
                    map.each(&mut |key, view| {
                        out.field(key, &Shown(view));
                    });
                }
                out.finish()
            }
            View::List(list) => {
                let mut out = f.debug_list();
                for index in 0..list.len() {
                    out.entry(&Shown(list.at(index)));
                }
                out.finish()
            }
            View::Map(map) => {
                let mut out = f.debug_map();
                map.each(&mut |key, view| {
                    out.entry(&key, &Shown(view));
                });
                out.finish()
            }
        }
    }
}
