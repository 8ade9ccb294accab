//! Every cell of the table.

use super::*;
use crate::{
    PhoneNumber, ServiceSid,
    flow::{Calls, Countries, StateKey, policy::LIFETIME},
    store::SecurityStamp,
};

const START: SystemTime = SystemTime::UNIX_EPOCH;
const LEASE: Duration = Duration::from_secs(35);
const MINE: Attempt = [2; 16];
const ANOTHERS: Attempt = [3; 16];

fn at(seconds: u64) -> SystemTime {
    START + Duration::from_secs(seconds)
}

fn sid() -> VerificationSid {
    VerificationSid::parse("VE00000000000000000000000000000001").expect("a SID")
}

fn phone() -> PhoneNumber {
    PhoneNumber::from_e164("+14155550100").expect("a phone")
}

fn policy() -> Policy {
    Policy::new(Countries::any())
}

fn decided(
    challenge: PendingChallenge,
    event: Event,
    now: SystemTime,
) -> Result<(PendingChallenge, Effect), Denied> {
    decide(challenge, event, &policy(), now)
}

fn in_phase(phase: Phase) -> PendingChallenge {
    PendingChallenge {
        secret: [1; 16],
        session: [0; 16],
        purpose: Purpose::Enroll { notice_acknowledged: false },
        phone: StateKey::new(*b"a key of 32 bytes for the tests!").unwrap().seal(&phone()),
        stamp: SecurityStamp::new("stamp"),
        service: ServiceSid::parse("VA00000000000000000000000000000001").expect("a SID"),
        verification: None,
        channel: Channel::Sms,
        phase,
        sends: 1,
        calls: 0,
        checks: 0,
        blocked: false,
        sent_at: START,
        expires_at: at(600),
    }
}

fn checking() -> PendingChallenge {
    let phase = Phase::Checking { attempt: MINE, lease_until: at(100 + 35) };
    PendingChallenge { checks: 1, ..in_phase(phase) }
}

fn check() -> Event {
    Event::Check { attempt: MINE, lease: LEASE }
}

fn checked(answer: Answer) -> Event {
    Event::Checked { attempt: MINE, answer }
}

fn events() -> Vec<Event> {
    vec![
        Event::Resend(Channel::Sms),
        Event::CallInstead,
        Event::Sent(sid()),
        Event::NotSent(Refusal::InvalidPhone),
        Event::GivenBack(Refusal::InvalidPhone),
        check(),
        checked(Answer::Approved),
        Event::Cancel,
        Event::Failed,
    ]
}

#[track_caller]
fn becomes(challenge: PendingChallenge, event: Event, phase: Phase, effect: Effect) {
    let (next, done) = decided(challenge, event, at(100)).expect("a transition");
    assert_eq!((next.phase, done), (phase, effect));
}

#[track_caller]
fn denies(challenge: PendingChallenge, event: Event, now: SystemTime, denied: impl Into<Denied>) {
    assert_eq!(decided(challenge, event, now), Err(denied.into()));
}

#[test]
fn what_has_ended_stays_ended() {
    let all = [
        Ended::AlreadyApproved,
        Ended::Expired,
        Ended::Exhausted,
        Ended::Superseded,
        Ended::Canceled,
        Ended::Unknown,
    ];
    for ended in all {
        for event in events() {
            denies(in_phase(Phase::Ended(ended)), event, at(100), ended);
        }
    }
}

#[test]
fn nothing_but_the_result_of_a_send_is_taken_after_ten_minutes() {
    for phase in [Phase::Starting, Phase::Waiting] {
        for event in [Event::Resend(Channel::Sms), check(), Event::Cancel] {
            denies(in_phase(phase.clone()), event, at(600), Ended::Expired);
        }
    }
    denies(checking(), checked(Answer::Approved), at(600), Ended::Expired);
}

#[test]
fn after_the_lease_nobody_knows_what_became_of_the_check() {
    for event in [Event::Resend(Channel::Sms), check(), checked(Answer::Approved), Event::Cancel] {
        denies(checking(), event, at(135), Ended::Unknown);
    }
}

#[test]
fn a_start_that_was_sent_waits_for_its_code() {
    becomes(in_phase(Phase::Starting), Event::Sent(sid()), Phase::Waiting, Effect::None);
    let (next, _) = decided(in_phase(Phase::Starting), Event::Sent(sid()), at(1)).expect("sent");
    assert_eq!(next.verification, Some(sid()));
}

#[test]
fn a_start_that_was_not_sent_is_over() {
    for event in [Event::NotSent, Event::GivenBack] {
        becomes(
            in_phase(Phase::Starting),
            event(Refusal::InvalidPhone),
            Phase::Ended(Ended::Canceled),
            Effect::Refuse(Refusal::InvalidPhone),
        );
    }
}

#[test]
fn a_further_send_that_was_not_sent_leaves_the_earlier_code() {
    becomes(
        in_phase(Phase::Waiting),
        Event::NotSent(Refusal::BlockedByFraudGuard),
        Phase::Waiting,
        Effect::Refuse(Refusal::BlockedByFraudGuard),
    );
}

#[test]
fn the_verification_of_a_further_send_is_adopted() {
    becomes(in_phase(Phase::Waiting), Event::Sent(sid()), Phase::Waiting, Effect::None);
}

#[test]
fn a_send_that_ends_during_a_check_does_not_end_the_check() {
    let (next, _) = decided(checking(), Event::Sent(sid()), at(100)).expect("sent");
    assert!(matches!(next.phase, Phase::Checking { .. }), "{next:?}");
}

#[test]
fn a_resend_reserves_its_send_and_does_not_move_the_end() {
    for phase in [Phase::Starting, Phase::Waiting] {
        let before = in_phase(phase);
        let event = Event::Resend(Channel::Call);
        let (after, effect) = decided(before.clone(), event, at(100)).expect("a resend");
        assert_eq!((after.sends, after.calls, effect), (2, 1, Effect::Send));
        assert_eq!((after.sent_at, after.expires_at), (at(100), before.expires_at));
        assert_eq!(after.channel, Channel::Call);
    }
}

#[test]
fn a_check_is_counted_and_leased_before_twilio_is_asked() {
    for phase in [Phase::Starting, Phase::Waiting] {
        let (next, effect) = decided(in_phase(phase), check(), at(100)).expect("a check");
        let expected = Phase::Checking { attempt: MINE, lease_until: at(135) };
        assert_eq!((next.phase, next.checks, effect), (expected, 1, Effect::Ask));
    }
}

#[test]
fn a_lease_is_as_long_as_all_calls_of_the_check_and_no_longer_than_a_challenge() {
    let seconds = Duration::from_secs;
    let lost = in_phase(Phase::Starting);
    let started = PendingChallenge { verification: Some(sid()), ..in_phase(Phase::Waiting) };
    assert_eq!((started.lease(seconds(30)), lost.lease(seconds(30))), (LEASE, seconds(65)));
    assert_eq!((started.lease(Duration::MAX), lost.lease(seconds(300))), (LIFETIME, LIFETIME));
}

#[test]
fn a_sixth_check_is_refused() {
    let used_up = PendingChallenge { checks: 5, ..in_phase(Phase::Waiting) };
    denies(used_up, check(), at(100), Ended::Exhausted);
}

#[test]
fn while_one_request_checks_the_others_wait() {
    for event in [check(), Event::Resend(Channel::Sms), Event::CallInstead] {
        assert_eq!(decided(checking(), event, at(100)), Err(Denied::Busy));
    }
}

#[test]
fn an_approval_is_granted_once() {
    let ended = Phase::Ended(Ended::AlreadyApproved);
    becomes(checking(), checked(Answer::Approved), ended, Effect::Grant);
}

#[test]
fn a_wrong_code_leaves_the_rest_of_the_tries() {
    let left = Effect::Incorrect { left: 4 };
    becomes(checking(), checked(Answer::Incorrect), Phase::Waiting, left);
}

#[test]
fn the_last_wrong_code_exhausts_the_challenge() {
    let last = PendingChallenge { checks: 5, ..checking() };
    let refuse = Effect::Refuse(Ended::Exhausted.into());
    becomes(last, checked(Answer::Incorrect), Phase::Ended(Ended::Exhausted), refuse);
}

#[test]
fn what_can_no_longer_be_approved_is_over() {
    let table = [
        (Answer::NotFound, Ended::Expired),
        (Answer::TooManyChecks, Ended::Exhausted),
        (Answer::Unknown, Ended::Unknown),
        (Answer::Outdated, Ended::Canceled),
    ];
    for (answer, ended) in table {
        let refuse = Effect::Refuse(ended.into());
        becomes(checking(), checked(answer), Phase::Ended(ended), refuse);
    }
}

#[test]
fn a_check_that_twilio_never_saw_is_given_back() {
    let (next, effect) =
        decided(checking(), checked(Answer::NeverAsked), at(100)).expect("settled");
    assert_eq!((next.phase, next.checks, effect), (Phase::Waiting, 0, Effect::None));
}

#[test]
fn only_whoever_reserved_a_check_can_settle_it() {
    let foreign = Event::Checked { attempt: ANOTHERS, answer: Answer::Approved };
    denies(checking(), foreign, at(100), Ended::Unknown);
    denies(in_phase(Phase::Waiting), checked(Answer::Approved), at(100), Ended::Unknown);
    denies(in_phase(Phase::Starting), checked(Answer::Approved), at(100), Ended::Unknown);
}

#[test]
fn any_live_challenge_can_be_canceled() {
    for challenge in [in_phase(Phase::Starting), in_phase(Phase::Waiting), checking()] {
        let ended = Phase::Ended(Ended::Canceled);
        becomes(challenge, Event::Cancel, ended, Effect::CancelAtTwilio);
    }
}

#[test]
fn a_call_in_the_place_of_a_text_is_a_call_more_and_not_a_send_more() {
    for phase in [Phase::Starting, Phase::Waiting] {
        let before = in_phase(phase.clone());
        let (after, effect) = decided(before, Event::CallInstead, at(1)).expect("a call");
        assert_eq!((after.phase, effect), (phase, Effect::Send));
        assert_eq!((after.sends, after.calls, after.channel), (1, 1, Channel::Call));
    }
}

#[test]
fn a_send_that_was_refused_for_fraud_blocks_every_further_one() {
    let refusal = Refusal::BlockedByFraudGuard;
    let event = Event::NotSent(refusal.clone());
    let (blocked, _) = decided(in_phase(Phase::Waiting), event, at(100)).expect("a refusal");
    for event in [Event::Resend(Channel::Sms), Event::Resend(Channel::Call), Event::CallInstead] {
        denies(blocked.clone(), event, at(300), refusal.clone());
    }
}

#[test]
fn calls_are_for_what_the_policy_says() {
    let unavailable = Refusal::ChannelUnavailable { reason: ChannelUnavailable::CallsNotAllowed };
    let disable = PendingChallenge { purpose: Purpose::Disable, ..in_phase(Phase::Waiting) };
    let call = || Event::Resend(Channel::Call);
    denies(disable.clone(), call(), at(100), unavailable.clone());
    let never = policy().calls(Calls::Never);
    let login = in_phase(Phase::Waiting);
    assert_eq!(decide(login, call(), &never, at(100)), Err(unavailable.into()));
    let always = policy().calls(Calls::Always);
    assert!(decide(disable, call(), &always, at(100)).is_ok());
}

#[test]
fn a_call_can_be_asked_for_when_the_challenge_says_so_and_not_before() {
    for sends in 1..policy().sends {
        let waiting = PendingChallenge { sends, ..in_phase(Phase::Waiting) };
        let from = waiting.next_call_at(&policy()).expect("a time");
        let too_soon = Refusal::ResendTooSoon { retry_at: from };
        let before = from.checked_sub(Duration::from_secs(1)).expect("a time");
        denies(waiting.clone(), Event::Resend(Channel::Call), before, too_soon);
        decided(waiting, Event::Resend(Channel::Call), from).expect("a call");
    }
}

#[test]
fn a_challenge_that_cannot_be_called_for_names_no_time() {
    let waiting = in_phase(Phase::Waiting);
    let disable = PendingChallenge { purpose: Purpose::Disable, ..waiting.clone() };
    let calls = PendingChallenge { calls: policy().call_limit, ..waiting.clone() };
    let sends = PendingChallenge { sends: policy().sends, ..waiting.clone() };
    let blocked = PendingChallenge { blocked: true, ..waiting };
    for challenge in [disable, calls, sends, blocked] {
        assert_eq!(challenge.next_call_at(&policy()), None);
        decided(challenge, Event::Resend(Channel::Call), at(599)).expect_err("a refusal");
    }
}

#[test]
fn the_limits_of_a_challenge_are_those_of_the_policy() {
    let policy = policy().checks_per_challenge(1).expect("a policy");
    let policy = policy.sends_per_challenge(1).expect("a policy");
    let (after, _) = decide(in_phase(Phase::Waiting), check(), &policy, at(1)).expect("a check");
    let (after, _) = decide(after, checked(Answer::Incorrect), &policy, at(2)).expect("an answer");
    assert_eq!(after.phase, Phase::Ended(Ended::Exhausted));
    let resent = decide(in_phase(Phase::Waiting), Event::Resend(Channel::Sms), &policy, at(300));
    assert_eq!(resent, Err(Refusal::SendLimitReached { until: at(600) }.into()));
}

/// What becomes of a challenge: its next phase and what to do, or why not.
fn cell(challenge: PendingChallenge, event: Event, now: SystemTime) -> String {
    let phase = |phase| match phase {
        Phase::Starting => "starting".into(),
        Phase::Waiting => "waiting".into(),
        Phase::Checking { .. } => "checking".into(),
        Phase::Ended(ended) => Refusal::from(ended).code().replace('_', "-"),
    };
    match decided(challenge, event, now) {
        Ok((next, Effect::None)) => phase(next.phase),
        Ok((next, Effect::Send)) => phase(next.phase) + "+send",
        Ok((next, Effect::Ask)) => phase(next.phase) + "+ask",
        Ok((next, Effect::Grant)) => phase(next.phase) + "+grant",
        Ok((next, Effect::Refuse(_))) => phase(next.phase) + "+refuse",
        Ok((next, Effect::Incorrect { .. })) => phase(next.phase) + "+say",
        Ok((next, Effect::CancelAtTwilio)) => phase(next.phase) + "+cancel",
        Err(Denied::Busy) => "busy".into(),
        Err(Denied::Refused(refusal)) => format!("!{}", refusal.code().replace('_', "-")),
    }
}

fn row(name: &str, event: &Event) -> String {
    let ended = Phase::Ended(Ended::Superseded);
    let columns = [
        (in_phase(Phase::Starting), 100),
        (in_phase(Phase::Waiting), 100),
        (checking(), 100),
        (checking(), 135),
        (in_phase(ended), 100),
        (in_phase(Phase::Waiting), 600),
        (checking(), 600),
    ];
    let cells = columns.map(|(challenge, now)| cell(challenge, event.clone(), at(now)));
    format!("{name}: {}\n", cells.join(" "))
}

#[test]
fn every_state_answers_every_event_as_the_table_says() {
    let foreign = Event::Checked { attempt: ANOTHERS, answer: Answer::Approved };
    let rows = [
        ("resend", Event::Resend(Channel::Sms)),
        ("resend by call", Event::Resend(Channel::Call)),
        ("call instead", Event::CallInstead),
        ("sent", Event::Sent(sid())),
        ("not sent", Event::NotSent(Refusal::InvalidPhone)),
        ("check", check()),
        ("approved", checked(Answer::Approved)),
        ("wrong", checked(Answer::Incorrect)),
        ("not found", checked(Answer::NotFound)),
        ("too many", checked(Answer::TooManyChecks)),
        ("never asked", checked(Answer::NeverAsked)),
        ("outdated", checked(Answer::Outdated)),
        ("unknown", checked(Answer::Unknown)),
        ("another's answer", foreign),
        ("cancel", Event::Cancel),
        ("failed", Event::Failed),
    ];
    let table: String = rows.iter().map(|(name, event)| row(name, event)).collect();
    assert_eq!(
        table, TABLE,
        "starting, waiting, checking, after its lease, ended, waiting and checking too late"
    );
}

const TABLE: &str = "\
resend: starting+send waiting+send busy !unknown !superseded !expired !expired
resend by call: starting+send waiting+send busy !unknown !superseded !expired !expired
call instead: starting+send waiting+send busy !unknown !superseded !expired !expired
sent: waiting waiting checking checking !superseded waiting checking
not sent: canceled+refuse waiting+refuse checking+refuse checking+refuse !superseded waiting+refuse checking+refuse
check: checking+ask checking+ask busy !unknown !superseded !expired !expired
approved: !unknown !unknown already-approved+grant !unknown !superseded !expired !expired
wrong: !unknown !unknown waiting+say !unknown !superseded !expired !expired
not found: !unknown !unknown expired+refuse !unknown !superseded !expired !expired
too many: !unknown !unknown exhausted+refuse !unknown !superseded !expired !expired
never asked: !unknown !unknown waiting !unknown !superseded !expired !expired
outdated: !unknown !unknown canceled+refuse !unknown !superseded !expired !expired
unknown: !unknown !unknown unknown+refuse !unknown !superseded !expired !expired
another's answer: !unknown !unknown !unknown !unknown !superseded !expired !expired
cancel: canceled+cancel canceled+cancel canceled+cancel !unknown !superseded !expired !expired
failed: canceled canceled canceled !unknown !superseded !expired !expired
";
