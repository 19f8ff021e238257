//! Makes the calls of every scenario, in order, and prints one line of JSON for
//! each: `{"call": N, "status": 200, "value": ..., "error": ...}`. The server is
//! the first argument; the other arguments choose calls by number.

mod calls;
mod run;

fn main() -> std::process::ExitCode {
    run::main(calls::CALLS)
}
