//! Work on many specs at a time, with a progress bar.

use crate::Options;
use crate::specs::Spec;
use indicatif::{ProgressBar, ProgressStyle};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Specs of this size in bytes and more are worked on alone: they need memory.
const LARGE: u64 = 6_000_000;

/// Calls `work` for each spec, with the number of the thread, large specs last and
/// alone. `work` gives a line to print where there is something to say.
///
/// # Errors
/// The first error of `work` ends all.
pub(crate) fn each(
    title: &str,
    specs: &[Spec],
    options: &Options,
    work: impl Fn(usize, &Spec) -> Result<Option<String>, String> + Sync,
) -> Result<(), String> {
    let (large, small): (Vec<&Spec>, Vec<&Spec>) =
        specs.iter().partition(|spec| spec.bytes >= LARGE);
    let bar = ProgressBar::new(specs.len() as u64);
    if let Ok(style) = ProgressStyle::with_template(
        "{prefix:9} [{bar:30}] {pos}/{len}, {elapsed} of about {duration}, {msg}",
    ) {
        bar.set_style(style);
    }
    bar.set_prefix(title.to_owned());
    let failed: Mutex<Option<String>> = Mutex::new(None);
    for (batch, jobs) in [(small, options.jobs.max(1)), (large, 1)] {
        let next = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for thread in 0..jobs.min(batch.len()) {
                let (batch, next, bar, failed, work) = (&batch, &next, &bar, &failed, &work);
                scope.spawn(move || {
                    while let Some(spec) = batch.get(next.fetch_add(1, Ordering::Relaxed)) {
                        if lock(failed).is_some() {
                            return;
                        }
                        bar.set_message(spec.name.clone());
                        match work(thread, spec) {
                            Ok(Some(line)) => {
                                // Above the bar on a terminal, plainly elsewhere.
                                if bar.is_hidden() {
                                    eprintln!("{line}");
                                } else {
                                    bar.println(line);
                                }
                            }
                            Ok(None) => {}
                            Err(message) => {
                                lock(failed).get_or_insert(format!("{}: {message}", spec.name));
                            }
                        }
                        bar.inc(1);
                        // Without a terminal, a sign of life now and then.
                        if bar.is_hidden() && bar.position().is_multiple_of(200) {
                            eprintln!(
                                "{title}: {} of {}",
                                bar.position(),
                                bar.length().unwrap_or(0)
                            );
                        }
                    }
                });
            }
        });
    }
    bar.finish_and_clear();
    match failed.into_inner() {
        Ok(Some(message)) => Err(message),
        _ => Ok(()),
    }
}

fn lock(place: &Mutex<Option<String>>) -> std::sync::MutexGuard<'_, Option<String>> {
    place.lock().unwrap_or_else(|poison| poison.into_inner())
}
