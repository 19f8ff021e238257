//! Programs that are measured.

use std::fs::File;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How a program ended and what it took.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// `None`: killed by a signal.
    pub(crate) code: Option<i32>,
    /// It took longer than it was given.
    pub(crate) late: bool,
    /// User and system seconds, its children included.
    pub(crate) cpu: f64,
    /// Peak memory of the largest process, in MB.
    pub(crate) mb: f64,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Outcome {
    pub(crate) fn ok(&self) -> bool {
        self.code == Some(0)
    }

    /// How it ended, in words.
    pub(crate) fn ending(&self) -> String {
        match (self.late, self.code) {
            (true, _) => "took too long".to_owned(),
            (false, Some(code)) => format!("exit code {code}"),
            (false, None) => "killed by a signal".to_owned(),
        }
    }
}

/// Gives a program no more than `bytes` of address space, where the system can.
pub(crate) fn bounded(command: &mut Command, bytes: libc::rlim_t) {
    let limit = libc::rlimit {
        rlim_cur: bytes,
        rlim_max: bytes,
    };
    // SAFETY: between fork and exec, `setrlimit` is async-signal-safe and reads a value
    // that the closure owns.
    unsafe {
        command.pre_exec(move || {
            libc::setrlimit(libc::RLIMIT_AS, &raw const limit);
            Ok(())
        });
    }
}

/// Runs a program to its end; its output goes through files in `scratch`, so that no
/// amount of it blocks.
pub(crate) fn measured(
    command: &mut Command,
    scratch: &Path,
    limit: Duration,
) -> io::Result<Outcome> {
    std::fs::create_dir_all(scratch)?;
    let (out, err) = (scratch.join("stdout"), scratch.join("stderr"));
    let mut child = command
        .stdin(Stdio::null())
        .stdout(File::create(&out)?)
        .stderr(File::create(&err)?)
        .spawn()?;
    let pid = libc::pid_t::try_from(child.id()).map_err(io::Error::other)?;
    let start = Instant::now();
    let mut pause = Duration::from_millis(1);
    let mut outcome = Outcome::default();
    loop {
        let mut status = 0;
        // SAFETY: an all-zero `rusage` is a valid one, and both pointers are to
        // values of this frame.
        let (waited, usage) = unsafe {
            let mut usage: libc::rusage = std::mem::zeroed();
            let waited = libc::wait4(pid, &raw mut status, libc::WNOHANG, &raw mut usage);
            (waited, usage)
        };
        if waited == pid {
            if libc::WIFEXITED(status) {
                outcome.code = Some(libc::WEXITSTATUS(status));
            }
            let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
            outcome.cpu = seconds(usage.ru_utime) + seconds(usage.ru_stime);
            // Kilobytes on Linux, bytes on macOS.
            let unit = if cfg!(target_os = "macos") { 1e6 } else { 1e3 };
            outcome.mb = usage.ru_maxrss as f64 / unit;
            break;
        }
        if waited < 0 {
            return Err(io::Error::last_os_error());
        }
        if start.elapsed() > limit && !outcome.late {
            outcome.late = true;
            child.kill()?;
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
    outcome.stdout = String::from_utf8_lossy(&std::fs::read(&out)?).into_owned();
    outcome.stderr = String::from_utf8_lossy(&std::fs::read(&err)?).into_owned();
    Ok(outcome)
}
