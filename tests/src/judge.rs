//! Servers that judge requests: started by the scripts of `tests/judges`, ended
//! when the test drops them.

use crate::root;
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdin, Command, Stdio};

/// A running judge.
#[derive(Debug)]
pub struct Judge {
    /// Its base URL, without a slash at the end.
    pub url: String,
    /// The credential it wants, where it wants one.
    pub token: Option<String>,
    child: Child,
    // The script ends the server when this is closed.
    stdin: Option<ChildStdin>,
}

impl Judge {
    /// Starts a judge with the script `tests/judges/start-NAME`. `None`: it is
    /// not installed here; the caller returns, having been counted as skipped.
    ///
    /// # Panics
    /// The judge is installed but does not start, or it is not installed and
    /// `CI` or `PONTOON_REQUIRE_JUDGES` says that it must be.
    pub fn start(name: &str, arguments: &[&str]) -> Option<Self> {
        let script = root().join("tests/judges").join(format!("start-{name}"));
        let spawned = Command::new(&script)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let mut child = match spawned {
            Ok(child) => child,
            // The interpreter named in the script's first line is not there.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && script.exists() => {
                return skip(name, "Python is missing: install Python 3.10 to 3.14");
            }
            Err(error) => panic!("{}: {error}", script.display()),
        };
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            let read = BufReader::new(stdout).read_line(&mut line);
            assert!(read.is_ok(), "{name}: {read:?}");
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        if let ["READY", url, token] = words[..] {
            return Some(Self {
                url: url.trim_end_matches('/').to_owned(),
                token: (token != "-").then(|| token.to_owned()),
                stdin: child.stdin.take(),
                child,
            });
        }
        let output = child.wait_with_output().expect("the script ends");
        let text = String::from_utf8_lossy(&output.stderr);
        // 3: the judge is not installed; 127: `env` found no interpreter.
        match output.status.code() {
            Some(3) => skip(name, text.trim()),
            Some(127) => skip(name, "Python is missing: install Python 3.10 to 3.14"),
            code => panic!("judge {name} did not start (exit code {code:?}):\n{text}"),
        }
    }
}

impl Drop for Judge {
    fn drop(&mut self) {
        drop(self.stdin.take());
        // The script ends by itself; its end is the end of its server.
        let _ = self.child.wait();
    }
}

/// Says that a test is skipped; panics where skips are not allowed.
fn skip<T>(judge: &str, reason: &str) -> Option<T> {
    let required = ["CI", "PONTOON_REQUIRE_JUDGES"].iter().any(|name| {
        std::env::var(name).is_ok_and(|value| !matches!(value.as_str(), "" | "0" | "false"))
    });
    assert!(!required, "judge {judge} is required here: {reason}");
    println!("SKIPPED 1: judge {judge}: {reason}");
    None
}
