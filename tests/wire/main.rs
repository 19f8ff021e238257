//! Calls over a real socket, judged by servers that are not ours.

mod jupyter;
mod mock;
mod prefect;
