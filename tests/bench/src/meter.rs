//! How clients are measured: tasks that call until a time has passed or a number of
//! calls is made. The programs of peers' clients hold a copy of this file.

use std::error::Error;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// What a measured program gives.
pub type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// A client that makes the same call again and again.
pub trait Client: Send + 'static {
    /// Makes a call and reads its answer.
    fn call(&mut self) -> impl Future<Output = Result<()>> + Send;
}

/// When to stop.
#[derive(Clone, Copy)]
pub enum Limit {
    /// After this time.
    Time(Duration),
    /// After so many calls in all.
    Calls(u64),
}

impl Limit {
    /// `1.5` are seconds, `200x` calls.
    pub fn parse(text: &str) -> Result<Self> {
        Ok(match text.strip_suffix('x') {
            Some(calls) => Self::Calls(calls.parse()?),
            None => Self::Time(Duration::from_secs_f64(text.parse()?)),
        })
    }
}

/// Runs every client in a task of its own and prints JSON: requests, seconds, CPU
/// seconds of this process, its peak memory in KB. The first call of each is not
/// counted, so that connections, caches and the allocator are warm, unless `cold`.
pub async fn run<C: Client>(mut clients: Vec<C>, limit: Limit, cold: bool) -> Result<()> {
    if !cold {
        for client in &mut clients {
            client.call().await?;
        }
    }
    let before = cpu();
    let start = Instant::now();
    let made = Arc::new(AtomicU64::new(0));
    let tasks: Vec<_> = clients
        .into_iter()
        .map(|mut client| {
            let made = Arc::clone(&made);
            tokio::spawn(async move {
                loop {
                    let count = made.fetch_add(1, Ordering::Relaxed);
                    let done = match limit {
                        Limit::Time(limit) => start.elapsed() >= limit,
                        Limit::Calls(calls) => count >= calls,
                    };
                    if done {
                        made.fetch_sub(1, Ordering::Relaxed);
                        return Result::Ok(());
                    }
                    client.call().await?;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    let (requests, seconds) = (made.load(Ordering::Relaxed), start.elapsed().as_secs_f64());
    let (cpu, memory) = (cpu() - before, memory("VmHWM:"));
    println!(
        "{{\"requests\": {requests}, \"seconds\": {seconds}, \"cpu\": {cpu}, \"memory\": {memory}}}"
    );
    Ok(())
}

/// CPU seconds of this process, user and system.
fn cpu() -> f64 {
    // SAFETY: `getrusage` fills the struct that it is given.
    let usage = unsafe {
        let mut usage = std::mem::zeroed::<libc::rusage>();
        libc::getrusage(libc::RUSAGE_SELF, &raw mut usage);
        usage
    };
    let seconds = |t: libc::timeval| t.tv_sec as f64 + t.tv_usec as f64 / 1e6;
    seconds(usage.ru_utime) + seconds(usage.ru_stime)
}

/// Memory in KB: the peak (`VmHWM:`) or what is held now (`VmRSS:`); 0 where the
/// system does not tell. (`ru_maxrss` would count the process that started this one.)
pub fn memory(which: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(which));
    let number = line.and_then(|line| line.trim().strip_suffix(" kB"));
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}
