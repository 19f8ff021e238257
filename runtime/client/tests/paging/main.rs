//! Lists page by page over the in-memory transport: every rule, every guard,
//! positions, reading ahead.

// Shared by the modules of this test.
#![allow(unreachable_pub)]

mod ahead;
mod faults;
mod places;
mod positions;
mod rules;
mod server;
