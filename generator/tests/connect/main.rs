//! `pontoon connect` where something is wrong: what it says, its exit code, what is in the
//! store, and that it goes on once the cause is gone.

mod acme;
mod changed;
mod grant;
mod room;
mod source;
