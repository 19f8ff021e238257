//! What the parts of a call break of the API's description.

use super::Invocation;
use crate::Error;
use crate::check::{self, Part};
use crate::model::View;

impl Invocation {
    /// Notes what a part breaks, in place of what was noted of it before.
    pub(super) fn examine(&mut self, part: Part, value: &View<'_>) {
        let Some(checking) = &self.core.checking else {
            return;
        };
        let found = check::examine(checking.checks, self.operation, part, value);
        self.violations.retain(|(other, _)| !part.replaces(*other));
        let found = found.into_iter().map(|violation| (part, violation));
        self.violations.extend(found);
    }

    /// An error where the call is checked and a part of it breaks something.
    pub(super) fn keep_constraints(&mut self) -> Result<(), Error> {
        let options = self.options.as_deref();
        let always = self.core.checking.as_ref().map(|checking| checking.always);
        let checked = options.and_then(|options| options.check).or(always);
        if checked != Some(true) || self.violations.is_empty() {
            return Ok(());
        }
        let found = std::mem::take(&mut self.violations).into_iter();
        Err(Error::invalid(
            found.map(|(_, violation)| violation).collect(),
        ))
    }
}
