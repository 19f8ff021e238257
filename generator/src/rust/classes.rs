//! Which places share a type (same shape, one type), kept by the ledger.

use super::ledger::Ledger;
use super::reach::{Reach, Use, named};
use super::shape::shapes;
use crate::api::{Api, SchemaId};
use crate::diagnostic::{Diagnostic, Diagnostics, codes};
use std::collections::{BTreeMap, HashMap};

/// The partition of places into types.
pub(super) struct Classes {
    /// The place whose type each place uses (itself, for most).
    pub representative: HashMap<SchemaId, SchemaId>,
    /// How each representative's type is reached, all its places together.
    pub uses: HashMap<SchemaId, Use>,
    /// Representatives in a fixed order.
    pub order: Vec<SchemaId>,
}

/// Places by their shape and the class that the ledger knows them in.
type Groups = BTreeMap<(u64, String), Vec<SchemaId>>;

/// Makes one class of those whose places are parts of places of one class: the type of
/// the whole names the types of its parts, so that they cannot be apart.
fn agree(api: &Api, groups: &mut Groups) {
    loop {
        let mut class = HashMap::new();
        for (name, places) in groups.iter() {
            class.extend(places.iter().map(|place| (*place, name.clone())));
        }
        let differ = groups.values().find_map(|places| {
            let (first, others) = places.split_first()?;
            let parts = named(api, *first);
            others.iter().find_map(|other| {
                let mut pairs = parts.iter().zip(named(api, *other));
                pairs.find_map(|(one, other)| {
                    let (one, other) = (class.get(one)?, class.get(&other)?);
                    (one != other && one.0 == other.0).then(|| (one.clone(), other.clone()))
                })
            })
        });
        let Some((one, other)) = differ else {
            return;
        };
        let (kept, gone) = (one.clone().min(other.clone()), one.max(other));
        let places = groups.remove(&gone).unwrap_or_default();
        groups.entry(kept).or_default().extend(places);
    }
}

/// Puts places of one shape into one class. Places that the ledger knows keep
/// their class: a split only where shapes parted, a merge only on request.
pub(super) fn partition(
    api: &Api,
    reach: &Reach,
    reshare: bool,
    ledger: &mut Ledger,
    diagnostics: &mut Diagnostics,
) -> Classes {
    let places: Vec<SchemaId> = reach.keys().copied().collect();
    let shapes = shapes(api, &places);
    let key = |id: &SchemaId| api.schemas[id.index()].key.as_str();

    // What the ledger keeps apart: the old representative's key.
    let old_class = |id: &SchemaId| -> Option<&str> {
        let key = key(id);
        match ledger.shared.get(key) {
            Some(other) => Some(other.as_str()),
            None => ledger.types.contains_key(key).then_some(key),
        }
    };
    let mut groups = Groups::new();
    let mut fresh: Vec<SchemaId> = Vec::new();
    for id in &places {
        match old_class(id).filter(|_| !reshare) {
            Some(old) => {
                let class = (shapes[id], old.to_owned());
                groups.entry(class).or_default().push(*id);
            }
            None => fresh.push(*id),
        }
    }
    // New places join the first known class of their shape, else make one.
    let mut joined: HashMap<u64, String> = HashMap::new();
    for (shape, old) in groups.keys() {
        joined.entry(*shape).or_insert_with(|| old.clone());
    }
    for id in fresh {
        let shape = shapes[&id];
        let class = joined.entry(shape).or_default().clone();
        groups.entry((shape, class)).or_default().push(id);
    }
    agree(api, &mut groups);
    let mut known_splits: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, old) in groups.keys().filter(|(_, old)| !old.is_empty()) {
        *known_splits.entry(old).or_default() += 1;
    }
    for (old, count) in known_splits.into_iter().filter(|(_, count)| *count > 1) {
        diagnostics.push(Diagnostic::warning(
            &codes::SHAPES_PARTED,
            format!("places that shared the type of `{old}` now have {count} shapes"),
        ));
    }

    let mut classes = Classes {
        representative: HashMap::with_capacity(places.len()),
        uses: HashMap::new(),
        order: Vec::new(),
    };
    for ((_, old), mut members) in groups {
        members.sort_unstable_by_key(|id| {
            let schema = &api.schemas[id.index()];
            (
                schema.key != old,
                schema.component.is_none(),
                schema.key.len(),
                schema.key.as_str(),
            )
        });
        let first = members[0];
        let mut uses = Use::default();
        for member in &members {
            classes.representative.insert(*member, first);
            let own = &reach[member];
            uses.namespaces.extend(&own.namespaces);
            uses.request |= own.request;
        }
        for member in &members[1..] {
            ledger
                .shared
                .insert(key(member).to_owned(), key(&first).to_owned());
        }
        ledger.shared.remove(key(&first));
        classes.uses.insert(first, uses);
        classes.order.push(first);
    }
    classes.order.sort_unstable_by(|a, b| key(a).cmp(key(b)));
    classes
}
