//! What Twilio's numbers mean: for whom, and whether asking again can help.
//!
//! The rows are in `codes.rs`; the questions that the rest of the crate asks of a code are here.

use super::codes::CODES;

/// What a Twilio error code means, in our words.
///
/// Decide on the code, never on the HTTP status: not every 429 may be repeated, and not every 401 is
/// about your credentials (60603 and 60604 are about SendGrid's).
///
/// ```
/// use verify_mfa::{FixedBy, Meaning, RetryAdvice};
///
/// let checks = Meaning::of(60202).ok_or("60202 is documented")?;
/// assert_eq!(checks.summary, "all five checks of this verification are used up");
/// assert_eq!(checks.fixed_by, FixedBy::EndUser);
/// assert_eq!(checks.retry, RetryAdvice::NewVerification);
///
/// assert_eq!(Meaning::of(1), None);
/// # Ok::<(), &str>(())
/// ```
///
/// Sources: Twilio, "Error and Warning Dictionary" and "Verify v2 Error Codes". Who can fix a code and
/// whether to repeat the request is our reading of the causes and solutions given there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Meaning {
    /// One short clause for a log or an error message; it never contains personal data.
    pub summary: &'static str,
    /// Who can make the problem go away.
    pub fixed_by: FixedBy,
    /// Whether the same request, or another one, can help.
    pub retry: RetryAdvice,
}

impl Meaning {
    /// The meaning of a code, or nothing for a code that this version does not know. Twilio adds codes:
    /// never repeat a write because of an unknown one.
    pub fn of(code: u32) -> Option<Self> {
        let position = CODES.binary_search_by_key(&code, |row| row.code).ok()?;
        CODES.get(position).map(|row| row.meaning)
    }

    /// Every code that [`of`](Self::of) knows, in ascending order: to prove that a translation of the
    /// summaries, or an alert for each operator's code, is complete.
    ///
    /// ```
    /// use verify_mfa::Meaning;
    ///
    /// assert!(Meaning::known_codes().all(|code| Meaning::of(code).is_some()));
    /// ```
    pub fn known_codes() -> impl Iterator<Item = u32> {
        CODES.iter().map(|row| row.code)
    }
}

/// Who can make a problem go away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FixedBy {
    /// The person at the form: another number, another code, a little patience.
    EndUser,
    /// Whoever writes the application: the request itself is wrong.
    Developer,
    /// Whoever has the Twilio account: the Console, Sales, Support or the bill.
    Operator,
    /// Twilio.
    Twilio,
    /// Nobody: time passes, or a carrier does not deliver.
    Nobody,
}

/// Whether asking again can help. It is about one code; how often and how long is the caller's policy.
///
/// Repeating a start sends, and bills, another message; repeating a check uses up another check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RetryAdvice {
    /// The same request will fail again.
    Never,
    /// The request was never processed: send the same one again, with back-off, and not before
    /// `Retry-After`. Only 20429 promises this.
    BackOff,
    /// What became of a write is unknown: read the state before repeating it. A read may be repeated.
    ReadFirst,
    /// The same request may work later: after seconds (60519), minutes (60203) or hours (60410).
    /// Too long for a loop inside one request.
    Later,
    /// This verification, challenge or factor is finished: start a new one. After 60202 Twilio may
    /// refuse a new verification until the ten minutes of the old one are over.
    NewVerification,
    /// Another channel may reach the person. Never advised after a block for fraud (60410 and
    /// its like): the other channel is what the fraudster is after.
    OtherChannel,
}

/// Twilio refuses the credentials or the account behind them, whatever the request says.
pub(crate) fn is_authentication(code: u32) -> bool {
    matches!(code, 10001 | 20003 | 20005 | 20006 | 20008 | 20010 | 20403)
}

/// Nothing the person does will help: the application, the service or the account must change.
///
/// A block is not a misconfiguration: otherwise whoever types foreign numbers could raise the alarm.
pub(crate) fn is_misconfigured(code: u32) -> bool {
    Meaning::of(code).is_some_and(needs_change) && !is_fraud_block(code) && !is_geo_block(code)
}

fn needs_change(meaning: Meaning) -> bool {
    matches!(meaning.fixed_by, FixedBy::Developer | FixedBy::Operator)
        && matches!(meaning.retry, RetryAdvice::Never | RetryAdvice::OtherChannel)
}

/// Twilio blocked the destination or the request because of fraud. Never answer it with another
/// channel: that is what the fraudster is after.
///
/// 60605 is in here too, although it is also a [geo block](is_geo_block): pumping shows up as foreign
/// prefixes, and a service that closed a country for text messages does not want the call either.
pub(crate) fn is_fraud_block(code: u32) -> bool {
    matches!(code, 13225 | 21216 | 30450 | 60238 | 60410 | 60412 | 60413 | 60605)
}

/// The account is not open for the destination's country: geo permissions, or a missing registration
/// (60220 for China, 60250 for Australia).
pub(crate) fn is_geo_block(code: u32) -> bool {
    matches!(code, 13227 | 21215 | 21408 | 60220 | 60250 | 60605)
}

/// This channel is switched off, not set up, or does not reach this destination; another one may.
/// Some of these are [misconfigurations](is_misconfigured) as well.
pub(crate) fn is_channel_unavailable(code: u32) -> bool {
    let advice = Meaning::of(code).map(|meaning| meaning.retry);
    advice == Some(RetryAdvice::OtherChannel) && !is_opted_out(code)
}

/// The recipient answered STOP to the sender.
pub(crate) fn is_opted_out(code: u32) -> bool {
    code == 21610
}

/// The destination does not exist or is not accepted. 60200 may say the same, but names its parameter
/// only in the message.
pub(crate) fn is_invalid_destination(code: u32) -> bool {
    matches!(code, 13224 | 21211 | 21217 | 30005 | 60006 | 60236 | 60237 | 60540)
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUESTIONS: [fn(u32) -> bool; 7] = [
        is_authentication,
        is_misconfigured,
        is_fraud_block,
        is_geo_block,
        is_channel_unavailable,
        is_opted_out,
        is_invalid_destination,
    ];

    fn codes_where(question: impl Fn(u32) -> bool) -> Vec<u32> {
        Meaning::known_codes().filter(|code| question(*code)).collect()
    }

    fn codes_with(retry: RetryAdvice) -> Vec<u32> {
        codes_where(|code| meaning(code).retry == retry)
    }

    #[track_caller]
    fn meaning(code: u32) -> Meaning {
        Meaning::of(code).unwrap_or_else(|| panic!("{code} has no meaning"))
    }

    #[test]
    fn the_table_is_sorted_and_has_no_code_twice() {
        let codes: Vec<_> = Meaning::known_codes().collect();
        assert!(codes.is_sorted_by(|one, next| one < next));
    }

    #[test]
    fn a_code_that_is_not_listed_has_no_meaning() {
        for code in [0, 10000, 20000, 60199, 60244, 60249, 60316, 60394, 575002, u32::MAX] {
            assert_eq!(Meaning::of(code), None, "{code}");
        }
    }

    #[test]
    fn the_ranges_of_the_verify_list_are_complete() {
        let factors = (60300..=60315).chain([60317, 60318]).chain(60322..=60335);
        let contacts = (60420..=60428).chain(60431..=60434).chain([60436, 60437, 60440, 60441]);
        let silent =
            (60531..=60535).chain([60500, 60510, 60511, 60517, 60519, 60520, 60540, 60550]);
        let all = (60200..=60243)
            .chain([60245, 60246, 60247, 60248, 60250, 60251, 60252, 60253])
            .chain(factors)
            .chain(60361..=60393)
            .chain(60401..=60413)
            .chain(contacts)
            .chain(silent)
            .chain(60600..=60626)
            .chain(68001..=68008);
        all.for_each(|code| assert!(Meaning::of(code).is_some(), "{code}"));
    }

    #[test]
    fn every_summary_is_one_short_lower_case_clause() {
        for code in Meaning::known_codes() {
            let summary = meaning(code).summary;
            assert!(summary.starts_with(|first: char| first.is_ascii_lowercase()), "{code}");
            assert!(!summary.ends_with(['.', '!', ' ']), "{code}");
            assert!(!summary.contains(". "), "{code}");
            assert!((10..=60).contains(&summary.len()), "{code}: {} long", summary.len());
        }
    }

    #[test]
    fn checks_sends_and_rapid_starts_are_not_mixed_up() {
        assert!(meaning(60202).summary.contains("checks"));
        assert_eq!(meaning(60202).retry, RetryAdvice::NewVerification);
        assert!(meaning(60203).summary.contains("sends"));
        assert_eq!(meaning(60203).retry, RetryAdvice::Later);
        assert!(meaning(60212).summary.contains("starts at once"));
        assert_eq!(meaning(60212).retry, RetryAdvice::Later);
    }

    #[test]
    fn only_20429_may_be_repeated_blindly() {
        assert_eq!(codes_with(RetryAdvice::BackOff), [20429]);
    }

    #[test]
    fn the_state_is_read_first_after_a_server_error_a_conflict_and_a_provider_error() {
        let unknown_fate = [20409, 20500, 20503, 60005, 60608, 60613];
        assert_eq!(codes_with(RetryAdvice::ReadFirst), unknown_fate);
    }

    #[test]
    fn every_code_that_a_question_names_is_in_the_table() {
        let named = (0..100_000).filter(|code| QUESTIONS.iter().any(|question| question(*code)));
        named.for_each(|code| assert!(Meaning::of(code).is_some(), "{code}"));
    }

    #[test]
    fn a_fraud_block_never_advises_another_channel() {
        for code in codes_where(is_fraud_block) {
            assert_ne!(meaning(code).retry, RetryAdvice::OtherChannel, "{code}");
            assert!(!is_channel_unavailable(code), "{code}");
        }
        assert!([30450, 60410, 60605].into_iter().all(is_fraud_block));
    }

    #[test]
    fn a_text_message_that_cannot_arrive_may_become_a_call() {
        assert!([21408, 21612, 21614, 60205].into_iter().all(is_channel_unavailable));
        assert!(!is_fraud_block(21408), "the country is closed for text messages, not for fraud");
    }

    #[test]
    fn silent_network_authentication_never_falls_back_from_an_invalid_or_foreign_number() {
        for code in [60500, 60540] {
            assert_eq!(meaning(code).retry, RetryAdvice::Never, "{code}");
        }
    }

    #[test]
    fn somebody_who_opted_out_gets_a_reason_of_their_own() {
        assert_eq!(codes_where(is_opted_out), [21610]);
        assert_eq!(meaning(21610).fixed_by, FixedBy::EndUser);
        assert!(!is_channel_unavailable(21610));
    }

    #[test]
    fn what_the_person_typed_never_counts_as_misconfiguration() {
        for code in codes_where(|code| is_invalid_destination(code) || is_opted_out(code)) {
            assert!(!is_misconfigured(code), "{code}");
        }
        let typed_or_used_up = [20404, 20429, 60200, 60202, 60203, 60205, 60212, 60311, 60324];
        assert!(!typed_or_used_up.into_iter().any(is_misconfigured));
    }

    #[test]
    fn a_block_is_not_a_misconfiguration() {
        let blocks = codes_where(|code| is_fraud_block(code) || is_geo_block(code));
        assert!(!blocks.into_iter().any(is_misconfigured));
    }

    #[test]
    fn refused_credentials_and_missing_features_are_misconfigurations() {
        assert!(codes_where(is_authentication).into_iter().all(is_misconfigured));
        let features = [60204, 60206, 60207, 60217, 60224, 60228, 68008, 575001];
        assert!(features.into_iter().all(is_misconfigured));
    }

    #[test]
    fn sendgrid_trouble_is_not_about_our_credentials() {
        for code in [60603, 60604] {
            assert!(!is_authentication(code), "{code}");
            assert!(is_misconfigured(code), "{code}");
        }
    }

    #[test]
    fn a_code_that_nobody_knows_answers_no_question() {
        assert!(!QUESTIONS.iter().any(|question| question(99_999)));
    }
}
