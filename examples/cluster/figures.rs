//! What is measured and counted.

use std::{collections::BTreeMap, time::Duration};

use crate::protocol::Reply;

/// What one kind of people met.
#[derive(Debug, Clone, Default)]
pub(crate) struct Figures {
    pub(crate) login: Times,
    /// Of each path, those requests that were answered.
    pub(crate) requests: BTreeMap<&'static str, Times>,
    /// Requests that were not answered, or with an error, by code.
    pub(crate) errors: BTreeMap<String, u64>,
    /// Requests that the flow refused, by code.
    pub(crate) refusals: BTreeMap<String, u64>,
    /// How often somebody had to ask again later.
    pub(crate) retries: u64,
    /// Logins whose requests went to several processes.
    pub(crate) spread: u32,
}

impl Figures {
    /// Notes a request and what came of it: a reply, or why there is none.
    pub(crate) fn note(&mut self, path: &'static str, took: Duration, reply: Result<&Reply, &str>) {
        let error = match reply {
            Ok(Reply::Failed { code }) => Some(code.as_str()),
            Ok(_) => None,
            Err(lost) => Some(lost),
        };
        match error {
            Some(error) => *self.errors.entry(error.to_owned()).or_default() += 1,
            None => self.requests.entry(path).or_default().add(took),
        }
        if let Ok(Reply::Refused { code }) = reply {
            *self.refusals.entry(code.clone()).or_default() += 1;
        }
    }
}

/// How long something took, each time.
#[derive(Debug, Clone, Default)]
pub(crate) struct Times(Vec<Duration>);

impl Times {
    pub(crate) fn add(&mut self, time: Duration) {
        self.0.push(time);
    }

    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// The time within which so many of a hundred were done: the nearest rank.
    pub(crate) fn percentile(&self, percent: usize) -> Option<Duration> {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let rank = (sorted.len() * percent).div_ceil(100).max(1);
        sorted.get(rank - 1).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(milliseconds: impl IntoIterator<Item = u64>) -> Times {
        Times(milliseconds.into_iter().map(Duration::from_millis).collect())
    }

    #[test]
    fn only_what_was_answered_is_timed() {
        let (mut figures, took) = (Figures::default(), Duration::from_millis(7));
        figures.note("/approve", took, Ok(&Reply::Incorrect));
        figures.note("/approve", took, Ok(&Reply::Refused { code: "locked".to_owned() }));
        figures.note("/approve", took, Ok(&Reply::Failed { code: "conflict".to_owned() }));
        figures.note("/approve", took, Err("no answer"));
        assert_eq!(figures.requests["/approve"].count(), 2);
        assert_eq!(figures.refusals, [("locked".to_owned(), 1)].into());
        assert_eq!(figures.errors, ["conflict", "no answer"].map(|it| (it.to_owned(), 1)).into());
    }

    #[test]
    fn a_percentile_is_a_time_that_was_measured() {
        let times = times((1..=200).rev());
        assert_eq!(times.percentile(50), Some(Duration::from_millis(100)));
        assert_eq!(times.percentile(99), Some(Duration::from_millis(198)));
        assert_eq!(times.percentile(100), Some(Duration::from_millis(200)));
    }

    #[test]
    fn of_one_time_every_percentile_is_that_time() {
        for percent in [0, 1, 50, 99, 100] {
            assert_eq!(times([7]).percentile(percent), Some(Duration::from_millis(7)));
        }
    }

    #[test]
    fn of_no_times_there_is_no_percentile() {
        assert_eq!(times([]).percentile(50), None);
    }
}
