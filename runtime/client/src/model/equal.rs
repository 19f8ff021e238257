//! Equality of all generated types, from their views.

use super::View;

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
        (View::Json(a), View::Json(b)) => a == b,
        (View::Model(a), View::Model(b)) => {
            let table = a.table();
            // The members of a union may differ in type. A table may be there
            // more than once, so it is not told by its address.
            if table.name != b.table().name {
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
