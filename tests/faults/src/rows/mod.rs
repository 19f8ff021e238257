//! The table of faults.
//!
//! `once` and `always` name the outcomes that are right: `all`, or what kind of
//! error ends the list. See [`crate::outcome`].

mod body;
mod connection;
mod http;
mod page;
mod part;
mod post;
mod redirect;
mod status;

use crate::fault::Fault;
use crate::layers::parts::Part;
use crate::posts::Post;

const BUSY: &[&str] = &["status 503"];
const LIMITED: &[&str] = &["status 429"];
const TIMEOUT: &[&str] = &["timeout"];
const BROKEN: &[&str] = &["transport"];
const DECODE: &[&str] = &["decode"];
const REDIRECT: &[&str] = &["redirect"];
const PAGING: &[&str] = &["paging"];
const TOO_LONG: &[&str] = &["too long"];

/// Every fault of a single answer in a list.
pub fn faults() -> impl Iterator<Item = &'static Fault> {
    let tables = [
        status::FAULTS,
        connection::FAULTS,
        page::FAULTS,
        http::FAULTS,
        body::FAULTS,
        redirect::FAULTS,
    ];
    tables.into_iter().flatten()
}

/// What goes wrong with a POST.
pub fn posts() -> impl Iterator<Item = &'static Post> {
    post::POSTS.iter()
}

/// The faults that are tried under the layers that share answers: those of single
/// exchanges, whatever is asked for.
pub fn under_layers() -> impl Iterator<Item = &'static Fault> {
    let tables = [
        status::FAULTS,
        connection::FAULTS,
        http::FAULTS,
        redirect::FAULTS,
    ];
    tables.into_iter().flatten()
}

/// What goes wrong with one answer in a batch.
pub fn parts() -> impl Iterator<Item = &'static Part> {
    part::PARTS.iter()
}
