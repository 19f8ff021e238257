//! Results that outlive a run: one JSON line per spec and stage, columns joined when
//! the table is written.

use crate::specs::{House, shown};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Mutex;

/// The results of one stage, `tests/.cache/corpus/results/STAGE.jsonl`.
///
/// A line is `{"spec": NAME, "key": KEY, ...columns}`. A later line of the same spec
/// replaces an earlier one. `key` names all that the result depends on.
pub(crate) struct Results {
    path: PathBuf,
    rows: Mutex<BTreeMap<String, Value>>,
}

impl Results {
    /// Reads what is there; a line that was cut off by a stop is left out.
    pub(crate) fn open(house: &House, stage: &str) -> Result<Self, String> {
        let folder = house.cache.join("results");
        fs::create_dir_all(&folder).map_err(|error| shown(&folder, &error))?;
        let path = folder.join(format!("{stage}.jsonl"));
        let text = fs::read_to_string(&path).unwrap_or_default();
        let mut rows = BTreeMap::new();
        let mut lines = 0;
        for line in text.lines() {
            lines += 1;
            if let Ok(row) = serde_json::from_str::<Value>(line)
                && let Some(spec) = row["spec"].as_str()
            {
                rows.insert(spec.to_owned(), row);
            }
        }
        let this = Self {
            path,
            rows: Mutex::new(rows),
        };
        if lines > this.len() || !(text.is_empty() || text.ends_with('\n')) {
            this.rewrite()?;
        }
        Ok(this)
    }

    fn len(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Value>> {
        self.rows
            .lock()
            .unwrap_or_else(|poison| poison.into_inner())
    }

    /// Each spec once.
    fn rewrite(&self) -> Result<(), String> {
        let mut text = String::new();
        for row in self.lock().values() {
            text.push_str(&row.to_string());
            text.push('\n');
        }
        let scratch = self.path.with_extension("new");
        fs::write(&scratch, text)
            .and_then(|()| fs::rename(&scratch, &self.path))
            .map_err(|error| shown(&self.path, &error))
    }

    /// The result of a spec, whatever it depended on.
    pub(crate) fn get(&self, spec: &str) -> Option<Value> {
        self.lock().get(spec).cloned()
    }

    /// The result of a spec if it still holds.
    pub(crate) fn kept(&self, spec: &str, key: &str) -> Option<Value> {
        self.get(spec).filter(|row| row["key"] == key)
    }

    /// Keeps a result; `row` is an object.
    pub(crate) fn put(&self, spec: &str, key: &str, mut row: Value) -> Result<(), String> {
        row["spec"] = spec.into();
        row["key"] = key.into();
        let mut rows = self.lock();
        let mut file = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.path)
            .map_err(|error| shown(&self.path, &error))?;
        file.write_all(format!("{row}\n").as_bytes())
            .map_err(|error| shown(&self.path, &error))?;
        rows.insert(spec.to_owned(), row);
        Ok(())
    }
}
