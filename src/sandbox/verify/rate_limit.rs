//! Programmable rate limits, and the counters that Twilio has of its own.

use std::{
    collections::{BTreeMap, HashMap},
    time::{Duration, SystemTime},
};

use super::{Behaviour, Refusal, UndefinedRateLimit};

/// A programmable rate limit: how often verifications may be started with the same value under this
/// name in the parameter `RateLimits`. Every service of the sandbox has it, with counters of its
/// own.
///
/// ```
/// use std::time::Duration;
/// use verify_mfa::sandbox::{RateLimit, Sandbox};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let limit = RateLimit::new("end_user_ip_address")
///     .bucket(4, Duration::from_secs(60))
///     .bucket(20, Duration::from_secs(86_400));
/// let sandbox = Sandbox::builder().rate_limit(limit).start().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct RateLimit {
    pub(crate) unique_name: String,
    buckets: Vec<Bucket>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bucket {
    max: u32,
    interval: Duration,
}

impl RateLimit {
    /// A limit with Twilio's `UniqueName`, and no buckets yet: it limits nothing.
    pub fn new(unique_name: impl Into<String>) -> Self {
        Self { unique_name: unique_name.into(), buckets: Vec::new() }
    }

    /// Refuses the start after `max` of them within `interval`, counted from the first. May be
    /// repeated; each must have room.
    pub fn bucket(mut self, max: u32, interval: Duration) -> Self {
        self.buckets.push(Bucket::new(max, interval));
        self
    }

    /// Whether Twilio would take the name: letters, digits, `-`, `_` and `.`.
    pub(crate) fn has_valid_name(&self) -> bool {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        !self.unique_name.is_empty() && self.unique_name.bytes().all(allowed)
    }
}

impl Bucket {
    pub(crate) const fn new(max: u32, interval: Duration) -> Self {
        Self { max, interval }
    }
}

/// What was counted in a bucket since its window began.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    began: SystemTime,
    count: u32,
}

impl Window {
    /// How long to wait until there is room in `bucket`, if there is none.
    pub(crate) fn wait(self, bucket: Bucket, now: SystemTime) -> Option<Duration> {
        let left = bucket.interval.checked_sub(self.age(now)).filter(|left| !left.is_zero());
        left.filter(|_| self.count >= bucket.max)
    }

    /// Counts one more, in a new window if this one is over.
    pub(crate) fn count(&mut self, bucket: Bucket, now: SystemTime) {
        if self.age(now) >= bucket.interval {
            *self = Self::new(now);
        }
        self.count = self.count.saturating_add(1);
    }

    pub(crate) fn new(now: SystemTime) -> Self {
        Self { began: now, count: 0 }
    }

    fn age(self, now: SystemTime) -> Duration {
        now.duration_since(self.began).unwrap_or_default()
    }
}

/// The counters of one service's programmable rate limits.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    /// By name and value, one for each bucket.
    windows: HashMap<(Box<str>, Box<str>), Vec<Window>>,
    /// How many counters there may be before those that are over are looked for.
    sweep_at: usize,
}

impl Counters {
    /// Counts a start in every bucket of every limit that `values` names, or in none if any is
    /// full.
    pub(crate) fn count(
        &mut self,
        values: &BTreeMap<String, String>,
        limits: &[RateLimit],
        behaviour: &Behaviour,
        now: SystemTime,
    ) -> Result<(), Refusal> {
        let limit = |name: &str| limits.iter().find(|limit| limit.unique_name == name);
        if behaviour.undefined_rate_limit == UndefinedRateLimit::InvalidParameter
            && values.keys().any(|name| limit(name).is_none())
        {
            return Err(Refusal::Invalid("RateLimits"));
        }
        let named = || values.iter().filter_map(|(name, value)| Some((limit(name)?, value)));
        for (limit, value) in named() {
            self.admit(limit, value, now)?;
        }
        self.sweep(limits, now);
        for (limit, value) in named() {
            self.add(limit, value, now);
        }
        Ok(())
    }

    fn admit(&self, limit: &RateLimit, value: &str, now: SystemTime) -> Result<(), Refusal> {
        let windows = self.windows.get(&key(limit, value)).into_iter().flatten();
        let waits =
            windows.zip(&limit.buckets).filter_map(|(window, &full)| window.wait(full, now));
        match waits.max() {
            Some(retry_after) => {
                Err(Refusal::RateLimited { name: limit.unique_name.clone(), retry_after })
            }
            None if limit.buckets.iter().any(|bucket| bucket.max == 0) => {
                let retry_after = limit.buckets.iter().map(|bucket| bucket.interval).max();
                let retry_after = retry_after.unwrap_or_default();
                Err(Refusal::RateLimited { name: limit.unique_name.clone(), retry_after })
            }
            None => Ok(()),
        }
    }

    fn add(&mut self, limit: &RateLimit, value: &str, now: SystemTime) {
        let new = || vec![Window::new(now); limit.buckets.len()];
        let windows = self.windows.entry(key(limit, value)).or_insert_with(new);
        for (window, &bucket) in windows.iter_mut().zip(&limit.buckets) {
            window.count(bucket, now);
        }
    }

    /// Forgets what is over, whenever the counters have doubled.
    fn sweep(&mut self, limits: &[RateLimit], now: SystemTime) {
        if self.windows.len() < self.sweep_at.max(SWEEP_AT_FIRST) {
            return;
        }
        let longest =
            limits.iter().flat_map(|limit| &limit.buckets).map(|bucket| bucket.interval).max();
        let longest = longest.unwrap_or_default();
        self.windows.retain(|_, windows| windows.iter().any(|window| window.age(now) < longest));
        self.sweep_at = self.windows.len().saturating_mul(2);
    }
}

fn key(limit: &RateLimit, value: &str) -> (Box<str>, Box<str>) {
    (limit.unique_name.as_str().into(), value.into())
}

/// How often one verification may be fetched (Twilio, "Rate limits and timeouts").
pub(crate) const POLLING: [Bucket; 3] = [
    Bucket::new(60, Duration::from_secs(60)),
    Bucket::new(180, Duration::from_secs(3_600)),
    Bucket::new(250, Duration::from_secs(86_400)),
];

const SWEEP_AT_FIRST: usize = 1_000;

#[cfg(test)]
mod tests {
    use super::*;

    const START: SystemTime = SystemTime::UNIX_EPOCH;

    fn values(value: &str) -> BTreeMap<String, String> {
        [("ip".to_owned(), value.to_owned())].into()
    }

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn count(counters: &mut Counters, value: &str, after: u64) -> Option<Duration> {
        let limits = [RateLimit::new("ip").bucket(2, seconds(60)).bucket(3, seconds(3_600))];
        let outcome =
            counters.count(&values(value), &limits, &Behaviour::default(), START + seconds(after));
        match outcome {
            Ok(()) => None,
            Err(Refusal::RateLimited { retry_after, .. }) => Some(retry_after),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_bucket_must_have_room() {
        let mut counters = Counters::default();
        assert_eq!(count(&mut counters, "a", 0), None);
        assert_eq!(count(&mut counters, "a", 10), None);
        assert_eq!(count(&mut counters, "a", 20), Some(seconds(40)));
        assert_eq!(count(&mut counters, "b", 20), None);
        assert_eq!(count(&mut counters, "a", 60), None);
        assert_eq!(count(&mut counters, "a", 61), Some(seconds(3_539)));
        assert_eq!(count(&mut counters, "a", 3_600), None);
    }

    #[test]
    fn counters_that_are_over_are_forgotten() {
        let mut counters = Counters::default();
        for value in 0..10_000 {
            count(&mut counters, &value.to_string(), value * 60);
        }
        assert!(counters.windows.len() <= SWEEP_AT_FIRST, "{}", counters.windows.len());
    }

    #[test]
    fn a_bucket_without_room_admits_nobody() {
        let limits = [RateLimit::new("ip").bucket(0, seconds(60))];
        let outcome =
            Counters::default().count(&values("a"), &limits, &Behaviour::default(), START);
        assert!(matches!(outcome, Err(Refusal::RateLimited { .. })));
    }

    #[test]
    fn names_are_those_that_twilio_takes() {
        assert!(RateLimit::new("end_user.ip-1").has_valid_name());
        assert!(!RateLimit::new("").has_valid_name() && !RateLimit::new("a b").has_valid_name());
    }
}
