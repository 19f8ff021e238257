//! The runtime's OAuth flows, judged by a server that is not ours.

mod api;
mod authorization_code;
mod browser;
mod client_credentials;
mod device;
mod refresh;
