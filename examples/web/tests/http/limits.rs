//! What strangers can use up, and what they cannot.

use crate::world::{PASSWORD, PHONE, World};

#[tokio::test]
async fn what_was_typed_is_shown_again_only_as_far_as_it_can_be_a_name() {
    let world = World::start().await;
    for path in ["/login", "/register"] {
        let name = "<".repeat(4_000);
        let again = world.browser().fill(path, &[("name", &name), ("password", PASSWORD)]).await;
        assert_eq!(again.body.matches("&#60;").count(), 40, "{path}");
    }
}

#[tokio::test]
async fn a_page_that_shows_a_form_again_is_made_anew_for_each_form() {
    let world = World::start().await;
    let browser = world.browser();
    let token = browser.get("/login").await.token();
    let fields = [("name", "ada"), ("password", "wrong")];
    let one = browser.post("/login", &token, &fields).await;
    assert_ne!(one.token(), browser.post("/login", &token, &fields).await.token());
}

#[tokio::test]
async fn the_owner_confirms_though_a_stranger_used_up_the_tries_of_the_name() {
    let world = World::with(|config| config.attempts.per_name_and_address = 1).await;
    let owner = world.member("ada").await;
    let stranger = world.browser();
    for said in ["Wrong user name or password", "Too many attempts"] {
        stranger.fill("/login", &[("name", "ada"), ("password", "wrong")]).await.says(said);
    }
    world.advance(301);
    let page = owner.get("/two-factor/enable").await;
    let fields = [("password", PASSWORD), ("next", "/two-factor/enable")];
    owner.submit(&page, "/confirm", &fields).await.is_at("/two-factor/enable");
}

#[tokio::test]
async fn whoever_has_a_session_tries_the_password_only_so_often() {
    let world = World::with(|config| config.attempts.per_session = 2).await;
    let browser = world.member("ada").await;
    for said in ["Wrong password", "Wrong password", "Too many attempts"] {
        browser.fill("/confirm", &[("password", "not this one")]).await.says(said);
    }
    browser.fill("/confirm", &[("password", PASSWORD)]).await.says("Too many attempts");
}

#[tokio::test]
async fn logins_that_succeed_use_up_no_tries() {
    let world = World::with(|config| config.attempts.per_address = 1).await;
    world.member("ada").await;
    for _ in 0..3 {
        world.give_password(&world.browser(), "ada").await.is_at("/profile");
    }
}

#[tokio::test]
async fn a_stranger_who_claims_a_phone_does_not_end_the_login_of_its_owner() {
    let world = World::start().await;
    world.enrolled("ada", PHONE).await;
    let mallory = world.member("mallory").await;
    let (ada, page) = world.at_code_page("ada").await;
    let (right, mut claimed) = (world.code(PHONE), world.ask_to_enable(&mallory, PHONE).await);
    let wrong = ["000000", "000001", "000002"];
    let wrong =
        wrong.into_iter().find(|code| ![&right, &world.code(PHONE)].contains(&&(*code).into()));
    for _ in 0..5 {
        claimed.is_at("/code");
        claimed = world.give_code(&mallory, &claimed, wrong.expect("a wrong code")).await;
    }
    claimed.is_at("/two-factor/enable").says("Too many wrong codes");
    world.give_code(&ada, &page, &right).await.is_at("/profile").says("Hi ada");
}

#[tokio::test]
async fn a_stranger_does_not_push_the_events_of_an_account_away() {
    let world = World::start().await;
    let ada = world.enrolled("ada", PHONE).await;
    for _ in 0..6 {
        let stranger = world.browser();
        for _ in 0..10 {
            stranger.fill("/login", &[("name", "ada"), ("password", "wrong")]).await;
        }
        world.advance(60 * 60);
    }
    let events = ada.get("/events").await;
    events.says("Account created").says("Two-factor login enabled");
    events.says("Wrong password (60 times)");
}

#[tokio::test]
async fn each_login_is_an_event_of_its_own() {
    let world = World::start().await;
    let browser = world.member("ada").await;
    for _ in 0..2 {
        world.give_password(&world.browser(), "ada").await.is_at("/profile");
    }
    assert_eq!(browser.get("/events").await.body.matches("<td>Logged in</td>").count(), 3);
}
