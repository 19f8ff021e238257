//! `connector.toml`: what the user says of the streams of a manifest.
//!
//! ```toml
//! [streams."repos_stats"]
//! confirm = true                # what is in doubt is right
//!
//! [streams."flow_runs"]
//! cursor = ["end_time"]         # one of these moves when a record changes
//! lookback = "10m"              # and a change may show that much later
//! ```

use crate::manifest::{Manifest, StreamFacts};
use crate::{Error, ErrorKind};
use pontoon_runtime::jiff::SignedDuration;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Confirmations {
    #[serde(default)]
    streams: BTreeMap<String, Confirmation>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Confirmation {
    confirm: Option<bool>,
    cursor: Option<Cursor>,
    lookback: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Cursor {
    One(String),
    Several(Vec<String>),
}

impl Manifest {
    /// Puts on it what `connector.toml` says of its streams: `confirm = true` takes what
    /// is in doubt as proven, `cursor` names the columns of which one moves whenever a
    /// record changes.
    ///
    /// # Errors
    /// The text is no such file, names a stream that there is not, or a column from
    /// which that stream cannot be asked for.
    pub fn confirm(&mut self, text: &str) -> Result<(), Error> {
        let wrong =
            |message: String| Error::new(ErrorKind::Config, format!("connector.toml: {message}"));
        let found: Confirmations =
            toml::from_str(text).map_err(|error| wrong(error.message().to_owned()))?;
        for (name, one) in found.streams {
            let mut streams = self.streams.iter_mut();
            let stream = streams
                .find(|stream| stream.name == name)
                .ok_or_else(|| wrong(format!("there is no stream `{name}`")))?;
            one.put_on(stream)
                .map_err(|message| wrong(message).of_stream(&name))?;
        }
        Ok(())
    }
}

impl Confirmation {
    fn put_on(self, stream: &mut StreamFacts) -> Result<(), String> {
        match self.confirm {
            Some(true) => stream.doubts.clear(),
            Some(false) => stream.doubts.push("denied in connector.toml".to_owned()),
            None => {}
        }
        if let Some(cursor) = self.cursor {
            let names = match cursor {
                Cursor::One(name) => vec![name],
                Cursor::Several(names) => names,
            };
            choose(stream, &names)?;
        }
        if let Some(text) = self.lookback {
            let length: SignedDuration = text
                .parse()
                .map_err(|_| format!("`lookback` is no length of time: `{text}`; write `10m`"))?;
            stream.lookback = u64::try_from(length.as_secs())
                .map_err(|_| format!("`lookback` must not be negative: `{text}`"))?;
        }
        Ok(())
    }
}

/// Takes these columns as those that a reading goes on from.
fn choose(stream: &mut StreamFacts, names: &[String]) -> Result<(), String> {
    let mut known = std::mem::take(&mut stream.incremental);
    known.append(&mut stream.cursors);
    for name in names {
        let Some(at) = known.iter().position(|one| one.column == *name) else {
            let columns: Vec<&str> = known.iter().map(|one| one.column.as_str()).collect();
            return Err(match columns.is_empty() {
                true => "its requests ask from no moment of the records".to_owned(),
                false => format!(
                    "`{name}` is no column that it can be asked from; there are: {}",
                    columns.join(", ")
                ),
            });
        };
        stream.incremental.push(known.remove(at));
    }
    if stream.key.is_empty() && !names.is_empty() {
        return Err("without a key its records are read whole each time".to_owned());
    }
    if let [first, others @ ..] = stream.incremental.as_slice()
        && !others.is_empty()
        && (first.any.is_none() || others.iter().any(|one| one.any != first.any))
    {
        return Err(format!(
            "no request asks for what fits any of {}; name one of them",
            names.join(", ")
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
