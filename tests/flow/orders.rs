//! Several requests at once: polled by hand, in every order in which their steps can be taken.
//!
//! A step is one act, on the state store, the user store or Twilio, with whatever follows up to the
//! next one.

mod beside;
mod explore;
mod gate;
mod gated;
mod race;
mod run;
mod told;

use verify_mfa::flow::Ended;

use self::{
    race::{Race, Racer},
    run::Orders,
    told::Told,
};

fn grants(told: &[Told]) -> usize {
    told.iter().filter(|told| **told == Told::Granted).count()
}

/// Twilio was asked once, and whoever did not ask is told that somebody else did.
async fn assert_one_grant(race: &Race, told: &[Told]) {
    let lost = [Told::Ended(Ended::AlreadyApproved), Told::Conflict];
    let mut others = told.iter().filter(|told| **told != Told::Granted);
    assert!(others.all(|told| lost.contains(told)), "{told:?}");
    assert_eq!((grants(told), race.checked()), (1, 1), "{told:?}");
    assert_eq!(race.afterwards(&race.code).await, Told::Ended(Ended::AlreadyApproved));
}

#[tokio::test]
async fn of_two_right_codes_one_is_a_grant_in_all_orders() {
    let mut orders = Orders::all(|race| [race.approve(&race.code), race.approve(&race.code)]).await;
    while let Some((race, told)) = orders.next().await {
        assert_one_grant(race, &told).await;
    }
    orders.were_at_least(40);
}

#[tokio::test]
async fn of_three_right_codes_one_is_a_grant_in_all_distinct_orders() {
    let mut orders = Orders::distinct(|race| [(); 3].map(|()| race.approve(&race.code))).await;
    while let Some((race, told)) = orders.next().await {
        assert_one_grant(race, &told).await;
    }
    orders.were_at_least(100);
}

/// The wrong code was checked once or, because somebody else's was being checked, not at all. Either
/// way the right one is good for one grant, during the race or after it.
async fn assert_wrong_code_harmless(race: &Race, told: &[Told]) {
    let wrong = told.contains(&Told::Incorrect { left: 4 });
    assert_eq!(race.checked(), grants(told) + usize::from(wrong), "{told:?}");
    if grants(told) == 0 {
        assert!(wrong, "{told:?}");
        let again = race.afterwards(race.world.wrong_code()).await;
        assert_eq!(again, Told::Incorrect { left: 3 });
        assert_eq!(race.afterwards(&race.code).await, Told::Granted);
    }
    assert!(grants(told) <= 1, "{told:?}");
    assert_eq!(race.afterwards(&race.code).await, Told::Ended(Ended::AlreadyApproved));
}

fn right_and_wrong(race: &Race) -> [Racer; 2] {
    [race.approve(&race.code), race.approve(race.world.wrong_code())]
}

#[tokio::test]
async fn a_wrong_code_beside_the_right_one_costs_one_check_in_all_orders() {
    let mut orders = Orders::all(right_and_wrong).await;
    while let Some((race, [right, wrong])) = orders.next().await {
        assert!([Told::Granted, Told::Conflict].contains(&right), "{right:?}");
        let lost = [Told::Ended(Ended::AlreadyApproved), Told::Conflict];
        assert!(lost.contains(&wrong) || wrong == Told::Incorrect { left: 4 }, "{wrong:?}");
        assert_wrong_code_harmless(race, &[right, wrong]).await;
    }
    orders.were_at_least(40);
}

#[tokio::test]
async fn a_wrong_code_beside_two_right_ones_costs_one_check_in_all_distinct_orders() {
    let codes = |race: &Race| {
        let wrong = race.approve(race.world.wrong_code());
        [race.approve(&race.code), race.approve(&race.code), wrong]
    };
    let mut orders = Orders::distinct(codes).await;
    while let Some((race, told)) = orders.next().await {
        assert_wrong_code_harmless(race, &told).await;
    }
    orders.were_at_least(200);
}

#[tokio::test]
async fn no_answer_is_missing_from_the_distinct_orders() {
    let (mut all, mut answers) = (Orders::all(right_and_wrong).await, Vec::new());
    while let Some((_, told)) = all.next().await {
        answers.push(told);
    }
    all.were_at_least(40);
    let mut distinct = Orders::distinct(right_and_wrong).await;
    while let Some((_, told)) = distinct.next().await {
        answers.retain(|known| *known != told);
    }
    assert!(answers.is_empty(), "{answers:?}");
}
