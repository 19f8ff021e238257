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
        match Self::launch(name, arguments) {
            Ok(judge) => Some(judge),
            Err(Refusal::Missing(reason)) => skip(name, &reason),
            Err(Refusal::Failed(reason)) => panic!("judge {name} did not start: {reason}"),
        }
    }

    /// Starts a judge as [`Judge::start`] does.
    ///
    /// # Errors
    /// It is not installed, or does not start.
    pub fn launch(name: &str, arguments: &[&str]) -> Result<Self, Refusal> {
        let script = root().join("tests/judges").join(format!("start-{name}"));
        let no_python =
            || Refusal::Missing("Python is missing: install Python 3.10 to 3.14".into());
        let failed = |error: std::io::Error| match error.kind() {
            // The interpreter named in the script's first line is not there.
            std::io::ErrorKind::NotFound if script.exists() => no_python(),
            _ => Refusal::Failed(format!("{}: {error}", script.display())),
        };
        let mut child = Command::new(&script)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout)
                .read_line(&mut line)
                .map_err(failed)?;
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        if let ["READY", url, token] = words[..] {
            return Ok(Self {
                url: url.trim_end_matches('/').to_owned(),
                token: (token != "-").then(|| token.to_owned()),
                stdin: child.stdin.take(),
                child,
            });
        }
        let output = child.wait_with_output().map_err(failed)?;
        let text = String::from_utf8_lossy(&output.stderr);
        // 3: the judge is not installed; 127: `env` found no interpreter.
        Err(match output.status.code() {
            Some(3) => Refusal::Missing(text.trim().to_owned()),
            Some(127) => no_python(),
            code => Refusal::Failed(format!("exit code {code:?}:\n{text}")),
        })
    }
}

/// Why no judge runs.
#[derive(Debug, Clone)]
pub enum Refusal {
    /// It, or what it needs, is not installed.
    Missing(String),
    /// It is there and does not start.
    Failed(String),
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
