//! OAuth 2 against an authorization server on a loopback socket.
#![cfg(all(feature = "oauth", feature = "reqwest"))]
// The API is written as a crate of its own would be.
#![allow(unreachable_pub)]

mod api;
mod authorization_code;
mod client_credentials;
mod device;
mod discovery;
mod refresh;
mod server;
