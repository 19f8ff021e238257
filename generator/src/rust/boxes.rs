//! Which fields and members need a box: those on a cycle of types that contain
//! each other by value.

use super::typing::Types;
use crate::api::{SchemaId, SchemaKind};
use std::collections::{HashMap, HashSet};

/// Pairs (container, contained) of representatives whose edge needs a box.
pub(super) type Boxes = HashSet<(SchemaId, SchemaId)>;

/// Finds the strongly connected components of containment by value; every edge
/// inside one is boxed.
pub(super) fn needed(types: &Types<'_>) -> Boxes {
    let mut edges: HashMap<SchemaId, Vec<SchemaId>> = HashMap::new();
    for id in &types.classes.order {
        let mut targets = Vec::new();
        match &types.api.schema(*id).kind {
            SchemaKind::Object(object) => {
                for property in object.properties.values() {
                    targets.extend(types.contained(property.schema));
                }
            }
            SchemaKind::Union(union) => {
                for member in &union.members {
                    targets.extend(types.contained(member.schema));
                }
            }
            _ => {}
        }
        edges.insert(*id, targets);
    }
    let component = components(&types.classes.order, &edges);
    let mut boxes = Boxes::new();
    for (from, targets) in &edges {
        for to in targets {
            if component.get(from) == component.get(to) {
                boxes.insert((*from, *to));
            }
        }
    }
    // An edge between two nodes of one component lies on a cycle, except for a
    // node that is a component by itself without a loop: then there is no edge.
    boxes
}

/// Tarjan's algorithm, with an explicit stack: specs nest deeper than threads.
fn components(
    nodes: &[SchemaId],
    edges: &HashMap<SchemaId, Vec<SchemaId>>,
) -> HashMap<SchemaId, usize> {
    #[derive(Default)]
    struct Search {
        index: HashMap<SchemaId, usize>,
        low: HashMap<SchemaId, usize>,
        stack: Vec<SchemaId>,
        on_stack: HashSet<SchemaId>,
        component: HashMap<SchemaId, usize>,
        count: usize,
    }
    let mut search = Search::default();
    let none = Vec::new();
    for root in nodes {
        if search.index.contains_key(root) {
            continue;
        }
        let mut work = vec![(*root, 0usize)];
        while let Some((node, next)) = work.pop() {
            if next == 0 {
                let index = search.index.len();
                search.index.insert(node, index);
                search.low.insert(node, index);
                search.stack.push(node);
                search.on_stack.insert(node);
            }
            let targets = edges.get(&node).unwrap_or(&none);
            if let Some(target) = targets.get(next) {
                work.push((node, next + 1));
                if !search.index.contains_key(target) {
                    work.push((*target, 0));
                } else if search.on_stack.contains(target) {
                    let low = search.low[&node].min(search.index[target]);
                    search.low.insert(node, low);
                }
                continue;
            }
            if search.low[&node] == search.index[&node] {
                while let Some(member) = search.stack.pop() {
                    search.on_stack.remove(&member);
                    search.component.insert(member, search.count);
                    if member == node {
                        break;
                    }
                }
                search.count += 1;
            }
            if let Some((parent, _)) = work.last() {
                let low = search.low[parent].min(search.low[&node]);
                search.low.insert(*parent, low);
            }
        }
    }
    search.component
}
