//! The streams of a list: their methods and the type of an item.

use super::calls::Lowering;
use super::ir::{Paged, PagingRow, Type};
use super::ledger::{Ledger, rows};
use super::names;
use crate::api::Codec;

impl Lowering<'_> {
    /// The methods `items` and `pages`; they give way to arguments of their names.
    pub(super) fn paged(&self, output: &Type, ledger: &Ledger) -> Option<Paged> {
        let operation = self.operation;
        let list = operation.list.as_ref()?;
        list.proven()?;
        let mut successes = operation.responses.iter();
        let is_json =
            successes.any(|found| found.status.is_success() && found.codec == Codec::Json);
        if !is_json || *output == Type::Unit {
            return None;
        }
        let free = |name: &str| self.free(name, "list", ledger);
        Some(Paged {
            items: free("items"),
            pages: free("pages"),
            item: match list.item {
                Some(item) => self.types.with_null(item),
                None => Type::Json,
            },
        })
    }

    /// A method's name, with `prefix` where an argument has it that the ledger knows,
    /// or that came with it.
    pub(super) fn free(&self, name: &str, prefix: &str, ledger: &Ledger) -> String {
        let operation = self.operation;
        let is_taken = match ledger.arguments.get(&operation.key()) {
            Some(known) => rows(known).any(|(rust, _)| rust == name),
            None => operation
                .parameters
                .iter()
                .any(|found| names::snake(found.name.trim_end_matches("[]")) == name),
        };
        match is_taken {
            true => format!("{prefix}_{name}"),
            false => name.to_owned(),
        }
    }

    /// The rule of the pages, as the runtime has it.
    pub(super) fn paging_row(&self) -> Option<PagingRow> {
        let list = self.operation.list.as_ref()?;
        Some(PagingRow {
            paging: list.proven()?.clone(),
            records: list.records.clone(),
            sparse: list.sparse,
        })
    }
}
