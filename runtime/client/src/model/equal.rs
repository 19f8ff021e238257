//! Equality of all generated types, from their views.

use super::{Table, View};

/// Whether two values of one type are equal.
pub(crate) fn equal(a: View<'_>, b: View<'_>) -> bool {
    match (a, b) {
        (View::Absent, View::Absent) | (View::Null, View::Null) => true,
        (View::Str(a), View::Str(b)) => a == b,
        (View::I64(a), View::I64(b)) => a == b,
        (View::U64(a), View::U64(b)) => a == b,
        (View::F64(a), View::F64(b)) => a == b,
        (View::Bool(a), View::Bool(b)) => a == b,
        (View::Bytes(a), View::Bytes(b)) => a == b,
        (View::File(a), View::File(b)) => a == b,
        (View::Text(a), View::Text(b)) => a.equals(b),
        (View::Json(a), View::Json(b)) => a == b,
        (View::Model(a), View::Model(b)) => {
            let table = a.table();
            if !same(table, b.table()) {
                return false;
            }
            let count = table.fields.len() + usize::from(table.additional);
            (0..count).all(|index| equal(a.view_at(index), b.view_at(index)))
        }
        (View::List(a), View::List(b)) => {
            a.len() == b.len() && (0..a.len()).all(|index| equal(a.at(index), b.at(index)))
        }
        (View::Map(a), View::Map(b)) => {
            let mut same = a.len() == b.len();
            a.each(&mut |key, value| {
                same = same && b.get(key).is_some_and(|other| equal(value, other));
            });
            same
        }
        _ => false,
    }
}

/// Whether two tables are of one type: the members of a union may differ. A table
/// may be there more than once, so its address alone does not tell.
fn same(a: &'static Table, b: &'static Table) -> bool {
    std::ptr::eq(a, b)
        || a.name == b.name
            && a.additional == b.additional
            && a.fields.len() == b.fields.len()
            && (a.fields.iter().zip(b.fields)).all(|(a, b)| a.name == b.name)
}
