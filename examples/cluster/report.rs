//! The table at the end.

use std::{collections::BTreeMap, time::Duration};

use crate::{
    figures::{Figures, Times},
    ledger::{Ledger, Said},
    options::Options,
    trouble::Made,
};

/// What there is to tell when all is over.
pub(crate) struct Report<'a> {
    pub(crate) options: &'a Options,
    pub(crate) honest: &'a Figures,
    pub(crate) attackers: &'a Figures,
    pub(crate) ledger: &'a Ledger,
    pub(crate) made: &'a Made,
    /// From the first login to the last.
    pub(crate) took: Duration,
}

impl Report<'_> {
    pub(crate) fn lines(&self) -> Vec<String> {
        let mut rows = self.logins();
        rows.extend(self.trouble());
        rows.extend(self.attacks());
        rows.into_iter().map(|(name, value)| format!("{name:<26}{value}")).collect()
    }

    fn logins(&self) -> Vec<(&'static str, String)> {
        let (honest, logins) = (self.honest, self.options.logins);
        let rate = f64::from(logins) / self.took.as_secs_f64();
        let requests = |path| honest.requests.get(path).map_or_else(nothing, percentiles);
        vec![
            ("honest logins", format!("{} of {logins} got in", honest.login.count())),
            ("in", format!("{:.1} s, {rate:.0} a second", self.took.as_secs_f64())),
            ("a login", percentiles(&honest.login)),
            ("a challenge", requests("/challenge")),
            ("an approval", requests("/approve")),
            ("on several processes", format!("{} logins", honest.spread)),
        ]
    }

    fn trouble(&self) -> Vec<(&'static str, String)> {
        let engine = match self.made.engine {
            Some(away) => format!("once, away for {} ms", away.as_millis()),
            None => "never: it has no server".to_owned(),
        };
        vec![
            ("processes killed", self.made.kills.to_string()),
            ("engine restarted", engine),
            ("asked again later", format!("{} times", self.honest.retries)),
            ("errors, honest", counted(&self.honest.errors)),
            ("refusals, honest", counted(&self.honest.refusals)),
        ]
    }

    fn attacks(&self) -> Vec<(&'static str, String)> {
        let said = |said| self.ledger.checks.iter().filter(|check| check.said == said).count();
        let (approved, wrong) = (said(Said::Approved), said(Said::Wrong));
        let refused = said(Said::Refused);
        vec![
            (
                "grants",
                format!("{}, for {approved} codes that were right", self.ledger.granted.len()),
            ),
            ("codes compared", format!("{} ({wrong} wrong), {refused} not", approved + wrong)),
            ("errors, attackers", counted(&self.attackers.errors)),
            ("refusals, attackers", counted(&self.attackers.refusals)),
        ]
    }
}

fn percentiles(times: &Times) -> String {
    let of = |percent| times.percentile(percent).map_or(0.0, |time| time.as_secs_f64() * 1e3);
    format!("p50 {:.0} ms, p99 {:.0} ms, longest {:.0} ms", of(50), of(99), of(100))
}

fn nothing() -> String {
    "none".to_owned()
}

fn counted(codes: &BTreeMap<String, u64>) -> String {
    let codes: Vec<_> = codes.iter().map(|(code, count)| format!("{count} {code}")).collect();
    if codes.is_empty() { nothing() } else { codes.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_listed_with_their_counts() {
        assert_eq!(counted(&BTreeMap::new()), "none");
        let codes = [("conflict", 2), ("no answer", 1)];
        let codes = codes.map(|(code, count)| (code.to_owned(), count)).into();
        assert_eq!(counted(&codes), "2 conflict, 1 no answer");
    }

    #[test]
    fn times_are_in_milliseconds() {
        let mut times = Times::default();
        times.add(Duration::from_micros(1_500));
        assert_eq!(percentiles(&times), "p50 2 ms, p99 2 ms, longest 2 ms");
    }
}
