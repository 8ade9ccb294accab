//! The right code, while something else happens to the challenge or its user.

use verify_mfa::flow::Ended;

use super::{
    explore::Explorer,
    gate::Act,
    grants,
    race::{For, Race},
    run::Orders,
    told::Told,
};
use crate::support::{assert_granted, session};

/// The right code is a grant if, and only if, Twilio's answer was saved before the challenge ended
/// otherwise; and that is how the challenge ended for whoever asks later.
async fn assert_first_save_counts(race: &Race, told: &Told, ended_at: Option<usize>, how: Ended) {
    let before_the_end = |settled| ended_at.is_none_or(|ended| settled < ended);
    let saved_first = race.settled(0).is_some_and(before_the_end);
    let (expected, afterwards) = match saved_first {
        true => (Told::Granted, Ended::AlreadyApproved),
        false => (Told::Ended(how), how),
    };
    assert_eq!(*told, expected);
    assert_eq!(race.afterwards(&race.code).await, Told::Ended(afterwards));
}

#[tokio::test]
async fn a_challenge_that_is_canceled_first_gives_no_grant_in_all_orders() {
    let mut orders = Orders::all(|race| [race.approve(&race.code), race.cancel()]).await;
    while let Some((race, [approved, canceled])) = orders.next().await {
        assert_eq!(canceled, Told::Done);
        let canceled_at = race.first(1, Act::SaveState);
        assert_first_save_counts(race, &approved, canceled_at, Ended::Canceled).await;
    }
    orders.were_at_least(100);
}

#[tokio::test]
async fn two_right_codes_and_a_cancel_give_one_grant_at_most_in_all_distinct_orders() {
    let racers = |race: &Race| [race.approve(&race.code), race.approve(&race.code), race.cancel()];
    let mut orders = Orders::distinct(racers).await;
    while let Some((race, told)) = orders.next().await {
        let ended = if grants(&told) == 0 { Ended::Canceled } else { Ended::AlreadyApproved };
        assert!(grants(&told) <= 1 && race.checked() <= 1, "{told:?}");
        assert_eq!(race.afterwards(&race.code).await, Told::Ended(ended));
    }
    orders.were_at_least(200);
}

/// Whether the password changed only after the user was loaded for the last time; which has to be
/// after Twilio's answer was saved.
fn changed_too_late(race: &Race, who: usize, change: usize) -> bool {
    let (settled, loaded) = (race.settled(who), race.last(who, Act::LoadUser));
    settled < loaded && loaded < race.first(change, Act::SaveUser)
}

#[tokio::test]
async fn a_password_change_before_the_user_is_loaded_last_means_no_grant_in_all_orders() {
    let mut orders = Orders::all(|race| [race.approve(&race.code), race.change_password()]).await;
    while let Some((race, [approved, _])) = orders.next().await {
        let expected = match changed_too_late(race, 0, 1) {
            true => Told::Granted,
            false => Told::Ended(Ended::Canceled),
        };
        assert_eq!(approved, expected);
        assert_ne!(race.afterwards(&race.code).await, Told::Granted);
    }
    orders.were_at_least(4);
}

#[tokio::test]
async fn neither_of_two_right_codes_survives_a_password_change_in_all_distinct_orders() {
    let racers =
        |race: &Race| [race.approve(&race.code), race.approve(&race.code), race.change_password()];
    let mut orders = Orders::distinct(racers).await;
    while let Some((race, told)) = orders.next().await {
        assert!(grants(&told) <= 1, "{told:?}");
        let granted = told.iter().position(|told| *told == Told::Granted);
        assert!(granted.is_none_or(|who| changed_too_late(race, who, 2)), "{told:?}");
        assert_ne!(race.afterwards(&race.code).await, Told::Granted);
    }
    orders.were_at_least(20);
}

#[tokio::test]
async fn two_factor_login_is_not_switched_off_after_a_password_change_in_all_orders() {
    let racers = |race: &Race| [race.approve(&race.code), race.change_password()];
    let mut orders = Orders::of(For::Disable, racers, Explorer::of_all()).await;
    while let Some((race, [approved, _])) = orders.next().await {
        let (saved, changed) = (race.first(0, Act::SaveUser), race.first(1, Act::SaveUser));
        let off = saved.is_some_and(|saved| Some(saved) < changed);
        let expected = if off { Told::Done } else { Told::Ended(Ended::Canceled) };
        assert_eq!((approved, race.world.phone().await.is_none()), (expected, off));
    }
    orders.were_at_least(4);
}

#[tokio::test]
async fn a_resend_takes_nothing_from_the_right_code_in_all_distinct_orders() {
    let racers = |race: &Race| {
        race.world.wait(30);
        [race.approve(&race.code), race.resend()]
    };
    let mut orders = Orders::distinct(racers).await;
    while let Some((race, [approved, resent])) = orders.next().await {
        let told = [Told::Done, Told::Conflict, Told::Ended(Ended::AlreadyApproved)];
        assert!(told.contains(&resent), "{resent:?}");
        assert_eq!((approved, race.checked()), (Told::Granted, 1));
        assert_eq!(race.afterwards(&race.code).await, Told::Ended(Ended::AlreadyApproved));
        // Nor from the next login, even when a code was sent that nobody needs any more.
        let challenge = race.world.login().await;
        assert_granted(race.world.approve(&challenge, &race.world.code()).await);
    }
    orders.were_at_least(20);
}

#[tokio::test]
async fn a_resend_beside_a_wrong_code_leaves_the_right_one_in_all_distinct_orders() {
    let racers = |race: &Race| {
        race.world.wait(30);
        [race.approve(race.world.wrong_code()), race.resend()]
    };
    let mut orders = Orders::distinct(racers).await;
    while let Some((race, [approved, resent])) = orders.next().await {
        assert!([Told::Done, Told::Conflict].contains(&resent), "{resent:?}");
        assert_eq!(approved, Told::Incorrect { left: 4 });
        assert_eq!(race.afterwards(&race.world.code()).await, Told::Granted);
    }
    orders.were_at_least(20);
}

#[tokio::test]
async fn a_challenge_that_is_superseded_first_gives_no_grant_in_all_distinct_orders() {
    let second = session("second");
    let mut orders =
        Orders::distinct(|race| [race.approve(&race.code), race.log_in(&second)]).await;
    while let Some((race, [approved, begun])) = orders.next().await {
        let superseded_at = race.first(1, Act::SaveState);
        assert_first_save_counts(race, &approved, superseded_at, Ended::Superseded).await;
        // Whoever came second has a challenge that works.
        let Told::Challenged(challenge) = begun else { panic!("{begun:?}") };
        let approval = race.world.mfa.approve(&challenge.id, &second, &race.world.code()).await;
        assert_eq!(Told::from(approval), Told::Granted);
    }
    orders.were_at_least(20);
}
