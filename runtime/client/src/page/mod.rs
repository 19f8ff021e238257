//! Lists, page by page, as streams of items or of pages.
//!
//! A call becomes one with [`Call::items`](crate::Call::items) or
//! [`Call::pages`](crate::Call::pages); generated methods do it. What differs from
//! page to page is data of the operation ([`Paging`]); each page is a request of
//! its own that goes through the same pipeline as every call: credentials, limits,
//! retries. The next page is asked for when the caller comes to it, or ahead of
//! that (`prefetch`). What would make a reader loop or stop early is an error with
//! a [`PagingFault`].

mod guard;
mod items;
mod link;
mod next;
mod pages;
mod position;
mod records;
mod rule;
mod skim;
mod walk;

pub use guard::PagingFault;
pub use items::Items;
pub use pages::Pages;
pub(crate) use position::Next;
pub use position::Position;
pub use records::{Records, RecordsPage};
pub use rule::{Origin, Paging, Place, Rule};
