//! Exchanges kept in a file, and answers given from it again.

mod cassette;
mod recorder;
mod replay;
mod scrub;
mod tape;

pub use recorder::Recorder;
pub use replay::Replay;
