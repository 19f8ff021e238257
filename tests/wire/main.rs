//! Calls over a real socket, judged by servers that are not ours (of `checks` by what
//! does not reach the server).

mod checks;
mod jupyter;
mod mock;
mod prefect;
mod webhooks;
