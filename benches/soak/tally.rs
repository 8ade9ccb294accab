//! What became of the calls.

use std::{collections::BTreeMap, fmt};

use verify_mfa::Error;

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum End {
    Success,
    /// Twilio answered, and not with success.
    Refusal,
    /// Nobody knows whether it happened.
    Ambiguous,
    /// No answer that can be read.
    Failure,
}

impl End {
    pub(crate) fn of<T>(result: &Result<T, Error>) -> Self {
        match result {
            Ok(_) => Self::Success,
            Err(Error::Ambiguous(_)) => Self::Ambiguous,
            Err(Error::Twilio(_)) => Self::Refusal,
            Err(_) => Self::Failure,
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Tally {
    ends: BTreeMap<End, usize>,
    troubles: BTreeMap<&'static str, usize>,
    /// Starts, by how they ended.
    starts: BTreeMap<End, usize>,
    surprises: Vec<String>,
}

impl Tally {
    pub(crate) fn count(&mut self, trouble: Option<&'static str>, end: End, is_start: bool) {
        *self.ends.entry(end).or_default() += 1;
        if let Some(name) = trouble {
            *self.troubles.entry(name).or_default() += 1;
        }
        if is_start {
            *self.starts.entry(end).or_default() += 1;
        }
    }

    pub(crate) fn surprise(&mut self, what: String) {
        self.surprises.push(what);
    }

    pub(crate) fn add(&mut self, other: Self) {
        other.ends.into_iter().for_each(|(end, count)| *self.ends.entry(end).or_default() += count);
        for (name, count) in other.troubles {
            *self.troubles.entry(name).or_default() += count;
        }
        for (end, count) in other.starts {
            *self.starts.entry(end).or_default() += count;
        }
        self.surprises.extend(other.surprises);
    }

    pub(crate) fn calls(&self) -> usize {
        self.ends.values().sum()
    }

    /// What was sent is what succeeded, and some of what nobody knows.
    pub(crate) fn compare_with_sent(&mut self, sent: usize) {
        let of = |end| self.starts.get(&end).copied().unwrap_or_default();
        let (least, most) = (of(End::Success), of(End::Success) + of(End::Ambiguous));
        if !(least..=most).contains(&sent) {
            self.surprise(format!("{sent} messages were sent, {least} to {most} were told"));
        }
    }

    pub(crate) fn is_as_expected(&self) -> bool {
        self.surprises.is_empty()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} calls: {:?}", self.calls(), self.ends)?;
        for (name, count) in &self.troubles {
            writeln!(f, "  {count:>6} {name}")?;
        }
        for surprise in self.surprises.iter().take(20) {
            writeln!(f, "not as expected: {surprise}")?;
        }
        write!(f, "{} not as expected", self.surprises.len())
    }
}
