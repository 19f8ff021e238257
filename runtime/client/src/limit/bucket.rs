//! A token bucket without tokens: the generic cell rate algorithm (ITU-T I.371),
//! which keeps one number, the time at which the bucket would be full again.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Times in nanoseconds by the transport's clock.
#[derive(Debug)]
pub(super) struct Bucket {
    /// What one token takes to come back.
    interval: u64,
    /// What the whole bucket takes to fill.
    depth: u64,
    full_at: AtomicU64,
}

impl Bucket {
    /// A full bucket of `burst` tokens; `count` come back in each `per`.
    pub(super) fn new(count: u32, per: Duration, burst: u32) -> Self {
        let interval = (nanos(per) / u64::from(count.max(1))).max(1);
        Self {
            interval,
            depth: interval.saturating_mul(u64::from(burst.max(1))),
            full_at: AtomicU64::new(0),
        }
    }

    /// Takes `cost` tokens, in advance where there are not as many, and gives the
    /// time until they are there. More tokens than the bucket holds are given when
    /// it is full.
    pub(super) fn take(&self, cost: u32, now: Duration) -> Duration {
        let (now, time) = (nanos(now), self.time(cost));
        let next = |full_at: u64| Some(full_at.max(now).saturating_add(time));
        let before = self
            .full_at
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, next)
            .unwrap_or_else(|at| at);
        let full_at = before.max(now).saturating_add(time);
        let ready = full_at.saturating_sub(self.depth.max(time));
        Duration::from_nanos(ready.saturating_sub(now))
    }

    /// Gives tokens back that were taken and not used.
    pub(super) fn give(&self, cost: u32) {
        let time = self.time(cost);
        let _ = self
            .full_at
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |full_at| {
                Some(full_at.saturating_sub(time))
            });
    }

    fn time(&self, cost: u32) -> u64 {
        self.interval.saturating_mul(u64::from(cost))
    }
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::Bucket;
    use std::time::Duration;

    const SECOND: Duration = Duration::from_secs(1);

    fn seconds(count: f64) -> Duration {
        Duration::from_secs_f64(count)
    }

    #[test]
    fn a_burst_and_then_the_rate() {
        // Two a second, three at once.
        let bucket = Bucket::new(2, SECOND, 3);
        let now = 100 * SECOND;
        for wait in [0.0, 0.0, 0.0, 0.5, 1.0, 1.5] {
            assert_eq!(bucket.take(1, now), seconds(wait));
        }
        // 1.5 s later those are gone, after 3 s it is full.
        assert_eq!(bucket.take(1, now + seconds(1.5)), seconds(0.5));
        for wait in [0.0, 0.0, 0.0, 0.5] {
            assert_eq!(bucket.take(1, now + 10 * SECOND), seconds(wait));
        }
    }

    #[test]
    fn weights() {
        let bucket = Bucket::new(10, SECOND, 10);
        let now = SECOND;
        assert_eq!(bucket.take(7, now), Duration::ZERO);
        assert_eq!(bucket.take(7, now), seconds(0.4));
        bucket.give(7);
        assert_eq!(bucket.take(3, now), Duration::ZERO);
        // More than it holds: when it is full, and then what that leaves.
        let bucket = Bucket::new(10, SECOND, 10);
        assert_eq!(bucket.take(25, now), Duration::ZERO);
        assert_eq!(bucket.take(1, now), seconds(1.6));
    }

    #[test]
    fn extremes() {
        let bucket = Bucket::new(0, Duration::ZERO, 0);
        assert_eq!(bucket.take(0, Duration::ZERO), Duration::ZERO);
        let bucket = Bucket::new(1, Duration::MAX, u32::MAX);
        bucket.take(u32::MAX, Duration::MAX);
        bucket.give(u32::MAX);
        assert!(bucket.take(1, Duration::ZERO) <= Duration::from_nanos(u64::MAX));
    }

    #[test]
    fn what_was_given_in_all_keeps_to_the_rate() {
        let bucket = Bucket::new(5, SECOND, 5);
        let mut given = 0;
        let mut now = SECOND;
        // For 20 s, a request every 10 ms that is dropped where it would wait.
        for _ in 0..2000 {
            if bucket.take(1, now).is_zero() {
                given += 1;
            } else {
                bucket.give(1);
            }
            now += Duration::from_millis(10);
        }
        assert!((103..=105).contains(&given), "{given}");
    }
}
