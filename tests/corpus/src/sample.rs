//! The fixed, varied sample: `tests/corpus/sample.txt`.

use crate::specs::{House, Spec, shown};
use crate::state::Results;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// How many specs the sample has at least.
const LEAST: usize = 130;
/// How many specs of the sample have each feature, where so many have it.
const EACH: usize = 3;
/// Larger specs, in bytes, are left to the full run.
const LARGEST: u64 = 3_000_000;

/// The names in a sample file: the first word of each line that is no comment.
pub(crate) fn names(path: &Path) -> Result<BTreeSet<String>, String> {
    let text = fs::read_to_string(path).map_err(|error| shown(path, &error))?;
    Ok(text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split('\t').next())
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect())
}

/// Writes the sample anew: specs are taken one by one, each time the one that brings
/// most of what is still missing for its size, until every feature is there [`EACH`]
/// times; then of the vendors that are not there yet.
pub(crate) fn choose(house: &House, specs: &[Spec]) -> Result<(), String> {
    let results = Results::open(house, "roundtrip")?;
    let mut candidates: Vec<(&Spec, BTreeSet<String>)> = Vec::new();
    for spec in specs.iter().filter(|spec| spec.bytes <= LARGEST) {
        let row = results.get(&spec.name).unwrap_or_default();
        let features: BTreeSet<String> = row["features"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|word| word.as_str().map(str::to_owned))
            .collect();
        if !features.is_empty() {
            candidates.push((spec, features));
        }
    }
    if candidates.is_empty() {
        return Err("nothing is known of the specs: run `roundtrip --full` first".to_owned());
    }
    let mut have: BTreeMap<String, usize> = BTreeMap::new();
    let mut groups: BTreeSet<String> = BTreeSet::new();
    let mut chosen: Vec<(String, String)> = Vec::new();
    while !candidates.is_empty() {
        let missing = |features: &BTreeSet<String>| -> Vec<String> {
            let wanted = features.iter();
            wanted
                .filter(|word| have.get(*word).copied().unwrap_or(0) < EACH)
                .cloned()
                .collect()
        };
        let score = |(spec, features): &(&Spec, BTreeSet<String>)| {
            let fresh = missing(features).len() as f64;
            let own = if groups.contains(spec.group()) {
                0.0
            } else {
                0.5
            };
            (fresh + own) / (1.0 + spec.bytes as f64 / 400_000.0)
        };
        let (best, value) = candidates
            .iter()
            .enumerate()
            .map(|(index, candidate)| (index, score(candidate)))
            .fold(
                (0, -1.0),
                |best, next| if next.1 > best.1 { next } else { best },
            );
        let fresh = missing(&candidates[best].1);
        if value <= 0.0 || (fresh.is_empty() && chosen.len() >= LEAST) {
            break;
        }
        let (spec, features) = candidates.swap_remove(best);
        let reason = if fresh.is_empty() {
            "another vendor".to_owned()
        } else {
            fresh.join(", ")
        };
        chosen.push((spec.name.clone(), reason));
        groups.insert(spec.group().to_owned());
        for word in features {
            *have.entry(word).or_default() += 1;
        }
    }
    chosen.sort();
    let mut text = String::from(
        "# The sample of `tests/corpus/run`: specs of npm packages, and why each is here\n\
         # (what it was the first, second or third to bring). Written by\n\
         # `tests/corpus/run choose --full`.\n",
    );
    for (name, reason) in &chosen {
        text.push_str(&format!("{name}\t{reason}\n"));
    }
    let path = house.folder.join("sample.txt");
    fs::write(&path, text).map_err(|error| shown(&path, &error))?;
    eprintln!("choose: {} specs in {}", chosen.len(), path.display());
    Ok(())
}
