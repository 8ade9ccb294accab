//! How histories are made up.

use proptest::{collection::vec, option, prelude::*};
use verify_mfa::sandbox::AfterMaxChecks;

use crate::{
    history::{Event, History, Kind, Mishap, Run, Setup, Step, Typed, USERS, Verb, Wanted, Whose},
    trouble::trouble,
    world::PHONES,
};

pub(crate) fn history() -> impl Strategy<Value = History> {
    let steps = vec(prop_oneof![6 => steps(), 9 => scenario(), 1 => siege()], 1..=16);
    (setup(), steps).prop_map(|(setup, steps)| {
        let steps = steps.into_iter().flatten().take(LONGEST).collect();
        History { setup, steps }
    })
}

fn setup() -> impl Strategy<Value = Setup> {
    let after_max_checks = prop_oneof![
        Just(AfterMaxChecks::BlockUntilExpiry),
        Just(AfterMaxChecks::NewVerification),
        Just(AfterMaxChecks::ResendSame),
    ];
    let enrolled = [0.9, 0.8, 0.5].map(prop::bool::weighted);
    (any::<bool>(), any::<bool>(), enrolled, after_max_checks).prop_map(
        |(shared_phone, enroll_service, enrolled, after_max_checks)| Setup {
            shared_phone,
            enroll_service,
            enrolled,
            after_max_checks,
        },
    )
}

/// Anything after anything.
fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        8 => (verb(), option::weighted(0.4, mishap()))
            .prop_map(|(verb, mishap)| alone(verb, mishap)),
        2 => vec(run(), 2..=3).prop_map(Step::Together),
        2 => same(verb()),
        1 => (0..2_usize, 1..=7_u8).prop_map(|(which, times)| Step::Guesses { which, times }),
        2 => trouble().prop_map(Step::Twilio),
        3 => event().prop_map(Step::Happens),
    ];
    vec(step, 1..=3)
}

/// Somebody begins something and, after this and that, brings it to an end.
fn scenario() -> impl Strategy<Value = Vec<Step>> {
    let first = (prop::bool::weighted(0.3), option::weighted(0.3, mishap()));
    (beginning(), first, vec(this_or_that(), 0..=3), vec(ending(), 1..=2)).prop_map(
        |(verb, (again, mishap), middle, ending)| {
            let mut steps = vec![alone(verb.clone(), mishap)];
            // Who gets no answer, or no message, begins again.
            if again {
                steps.push(alone(verb, None));
            }
            steps.extend(middle.into_iter().flatten().chain(ending));
            steps
        },
    )
}

/// Somebody who has the password guesses codes until the user is locked.
fn siege() -> impl Strategy<Value = Vec<Step>> {
    (user(), 2..=4_usize).prop_map(|(user, rounds)| {
        let begin = alone(Verb::Challenge { user, session: 1, call: false }, None);
        vec![vec![begin, Step::Guesses { which: 0, times: 5 }]; rounds].concat()
    })
}

fn this_or_that() -> impl Strategy<Value = Vec<Step>> {
    let resend = |call| Verb::Resend { which: 0, from: Whose::Own, call };
    let again = (30..=120_u64, any::<bool>(), option::weighted(0.3, mishap())).prop_map(
        move |(seconds, call, mishap)| {
            vec![Step::Happens(Event::Seconds(seconds)), alone(resend(call), mishap)]
        },
    );
    let wait = (0..=120_u64).prop_map(|seconds| vec![Step::Happens(Event::Seconds(seconds))]);
    let impatient = same(any::<bool>().prop_map(resend)).prop_map(|step| vec![step]);
    prop_oneof![
        3 => again,
        1 => wait,
        1 => impatient,
        1 => (1..=6_u8).prop_map(|times| vec![Step::Guesses { which: 0, times }]),
        1 => trouble().prop_map(|trouble| vec![Step::Twilio(trouble)]),
        1 => steps(),
    ]
}

fn ending() -> impl Strategy<Value = Step> {
    let right = || Verb::Approve { which: 0, from: Whose::Own, code: Typed::Right };
    // A password that changes while the code is on its way.
    let too_late = move |gate| {
        let kind = Kind::Waits(vec![Event::PasswordChange { which: 0 }]);
        alone(right(), Some(Mishap { gate, kind }))
    };
    prop_oneof![
        2 => option::weighted(0.5, mishap()).prop_map(move |mishap| alone(right(), mishap)),
        2 => late_mishap().prop_map(move |mishap| alone(right(), Some(mishap))),
        2 => (GATES / 4..GATES).prop_map(too_late),
        1 => same(Just(right())),
        1 => same(approve()),
    ]
}

fn alone(verb: Verb, mishap: Option<Mishap>) -> Step {
    Step::Alone(Run { verb, pace: 0, mishap })
}

fn run() -> impl Strategy<Value = Run> {
    (verb(), any::<u8>(), option::weighted(0.3, mishap())).prop_map(|(verb, pace, mishap)| Run {
        verb,
        pace,
        mishap,
    })
}

/// The same verb several times at once, as impatient people click.
fn same(verb: impl Strategy<Value = Verb>) -> impl Strategy<Value = Step> {
    (verb, vec(any::<u8>(), 2..=3)).prop_map(|(verb, paces)| {
        let run = |pace| Run { verb: verb.clone(), pace, mishap: None };
        Step::Together(paces.into_iter().map(run).collect())
    })
}

fn mishap() -> impl Strategy<Value = Mishap> {
    (0..GATES, kind()).prop_map(|(gate, kind)| Mishap { gate, kind })
}

/// When a code is approved already.
fn late_mishap() -> impl Strategy<Value = Mishap> {
    (GATES / 2..GATES, kind()).prop_map(|(gate, kind)| Mishap { gate, kind })
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        1 => Just(Kind::Fails),
        1 => Just(Kind::Crashes),
        2 => vec(while_waiting(), 1..=2).prop_map(Kind::Waits),
    ]
}

fn while_waiting() -> impl Strategy<Value = Event> {
    prop_oneof![3 => verb().prop_map(Event::Verb), 2 => event(), 2 => password_change()]
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![6 => seconds().prop_map(Event::Seconds), 1 => password_change()]
}

fn password_change() -> impl Strategy<Value = Event> {
    which().prop_map(|which| Event::PasswordChange { which })
}

/// Up to eleven minutes, and rarely a day.
fn seconds() -> impl Strategy<Value = u64> {
    prop_oneof![6 => 0..=120_u64, 3 => 120..=660_u64, 1 => Just(24 * 60 * 60_u64)]
}

fn verb() -> impl Strategy<Value = Verb> {
    prop_oneof![5 => beginning(), 8 => approve(), 4 => others()]
}

fn beginning() -> impl Strategy<Value = Verb> {
    let phone = || 0..PHONES.len();
    let wanted = prop_oneof![
        2 => Just(Wanted::Other),
        2 => Just(Wanted::Disable),
        3 => phone().prop_map(Wanted::ChangePhone),
    ];
    let call = || prop::bool::weighted(0.1);
    prop_oneof![
        3 => (user(), 0..2_usize, call())
            .prop_map(|(user, session, call)| Verb::Challenge { user, session, call }),
        1 => (user(), 0..2_usize, phone(), call())
            .prop_map(|(user, session, phone, call)| Verb::Enroll { user, session, phone, call }),
        3 => (user(), 0..2_usize, wanted, call())
            .prop_map(|(user, session, wanted, call)| Verb::StepUp { user, session, wanted, call }),
    ]
}

fn approve() -> impl Strategy<Value = Verb> {
    let code = prop_oneof![
        8 => Just(Typed::Right),
        2 => Just(Typed::Wrong),
        1 => Just(Typed::Old),
        1 => Just(Typed::Another),
        1 => Just(Typed::Malformed),
    ];
    (which(), from(), code).prop_map(|(which, from, code)| Verb::Approve { which, from, code })
}

fn others() -> impl Strategy<Value = Verb> {
    prop_oneof![
        6 => (which(), from(), prop::bool::weighted(0.3))
            .prop_map(|(which, from, call)| Verb::Resend { which, from, call }),
        2 => (which(), from()).prop_map(|(which, from)| Verb::Cancel { which, from }),
        1 => user().prop_map(|user| Verb::Unlock { user }),
    ]
}

/// The first user is the busiest.
fn user() -> impl Strategy<Value = usize> {
    prop_oneof![2 => Just(0), 2 => 0..USERS]
}

fn which() -> impl Strategy<Value = usize> {
    prop_oneof![6 => Just(0_usize), 2 => Just(1), 1 => 0..6_usize]
}

fn from() -> impl Strategy<Value = Whose> {
    prop_oneof![12 => Just(Whose::Own), 1 => Just(Whose::Sibling), 1 => Just(Whose::Stranger)]
}

/// Most verbs pass fewer.
const GATES: u32 = 16;
/// How many steps a history has at most.
const LONGEST: usize = 40;
