//! What people come for.

use crate::world::{OTHER_PHONE, PASSWORD, PHONE, World};

#[tokio::test]
async fn somebody_registers_enables_logs_in_with_a_code_and_disables() {
    let world = World::start().await;
    let browser = world.member("ada").await;
    browser.get("/profile").await.says("Your password alone opens this account");
    world.enable(&browser, PHONE).await.is_at("/profile").says("Codes are sent to");
    browser.get("/profile").await.says("+1 *** *** **00");
    let profile = browser.get("/profile").await;
    browser.submit(&profile, "/logout", &[]).await.is_at("/login").says("You are logged out");

    world.advance(60);
    let page = world.give_password(&browser, "ada").await;
    page.is_at("/code").says("+1 *** *** **00");
    world.give_code(&browser, &page, &world.code(PHONE)).await.is_at("/profile").says("Hi ada");

    world.advance(60);
    let page = browser.fill("/two-factor/disable", &[]).await;
    let done = world.give_code(&browser, &page, &world.code(PHONE)).await;
    done.is_at("/profile").says("Two-factor login is now off");
    let (other, page) = (world.browser(), "/profile");
    world.give_password(&other, "ada").await.is_at(page);
}

#[tokio::test]
async fn the_phone_is_changed_after_codes_to_the_old_one_and_the_new_one() {
    let world = World::start().await;
    let browser = world.enrolled("ada", PHONE).await;
    let fields = [("country", "US"), ("phone", OTHER_PHONE), ("consent", "yes")];
    let page = browser.fill("/two-factor/phone", &fields).await;
    page.is_at("/code").says("+1 *** *** **00").says("prove that the phone in use is yours");
    let page = world.give_code(&browser, &page, &world.code(PHONE)).await;
    page.is_at("/code").says("+1 *** *** **01").says("a code to the new phone");
    let done = world.give_code(&browser, &page, &world.code(OTHER_PHONE)).await;
    done.is_at("/profile").says("+1 *** *** **01").says("Codes now go to the new phone");
}

#[tokio::test]
async fn a_login_goes_where_it_was_asked_to_and_is_remembered() {
    let world = World::start().await;
    world.enrolled("ada", PHONE).await;
    let browser = world.browser();
    let page = browser.get("/events").await;
    page.is_at("/login?next=%2Fevents");
    let fields =
        [("name", "ada"), ("password", PASSWORD), ("remember", "yes"), ("next", "/events")];
    let page = browser.submit(&page, "/login", &fields).await;
    let answer = browser.post("/code", &page.token(), &[("code", &world.code(PHONE))]).await;
    assert_eq!(answer.location().as_deref(), Some("/events"));
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("session=") && cookie.contains("Max-Age=2592000"), "{cookie}");
}

#[tokio::test]
async fn a_login_that_is_not_remembered_ends_with_the_browser() {
    let world = World::start().await;
    world.enrolled("ada", PHONE).await;
    let (browser, page) = world.at_code_page("ada").await;
    let answer = browser.post("/code", &page.token(), &[("code", &world.code(PHONE))]).await;
    assert_eq!(answer.location().as_deref(), Some("/profile"));
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("session=") && !cookie.contains("Max-Age"), "{cookie}");
}

#[tokio::test]
async fn a_login_ends_after_half_a_day_and_a_remembered_one_after_thirty() {
    let world = World::start().await;
    let (short, long) = (world.member("ada").await, world.browser());
    let fields = [("name", "ada"), ("password", PASSWORD), ("remember", "yes")];
    long.fill("/login", &fields).await.is_at("/profile");
    world.advance(12 * 60 * 60 - 1);
    assert!(world.is_logged_in(&short).await);
    world.advance(1);
    assert!(!world.is_logged_in(&short).await);
    world.advance(29 * 24 * 60 * 60);
    assert!(world.is_logged_in(&long).await);
    world.advance(24 * 60 * 60);
    assert!(!world.is_logged_in(&long).await);
}

#[tokio::test]
async fn the_events_of_the_account_are_told() {
    let world = World::start().await;
    let browser = world.enrolled("ada", PHONE).await;
    let (other, page) = world.at_code_page("ada").await;
    world.give_code(&other, &page, world.wrong_code(PHONE)).await;
    browser
        .get("/events")
        .await
        .says("Account created")
        .says("Two-factor login enabled")
        .says("text message, United States")
        .says("Wrong code");
}

#[tokio::test]
async fn the_events_of_others_are_not_told() {
    let world = World::start().await;
    world.enrolled("ada", PHONE).await;
    let bob = world.member("bob").await;
    let events = bob.get("/events").await;
    assert!(!events.says("Account created").body.contains("Two-factor login enabled"));
}

#[tokio::test]
async fn logging_out_everywhere_ends_every_session() {
    let world = World::start().await;
    let (one, other) = (world.member("ada").await, world.browser());
    world.give_password(&other, "ada").await.is_at("/profile");
    let profile = one.get("/profile").await;
    one.submit(&profile, "/logout-everywhere", &[]).await.is_at("/login").says("on every device");
    assert!(!world.is_logged_in(&one).await);
    assert!(!world.is_logged_in(&other).await);
}

#[tokio::test]
async fn what_changes_the_second_factor_ends_the_other_sessions_and_not_its_own() {
    let world = World::start().await;
    let (one, other) = (world.member("ada").await, world.browser());
    world.give_password(&other, "ada").await.is_at("/profile");
    world.enable(&one, PHONE).await.is_at("/profile");
    assert!(world.is_logged_in(&one).await);
    assert!(!world.is_logged_in(&other).await);
}

#[tokio::test]
async fn an_old_login_gives_the_password_again_before_it_changes_the_second_factor() {
    let world = World::start().await;
    let browser = world.member("ada").await;
    world.advance(301);
    let page = browser.get("/two-factor/enable").await;
    page.is_at("/confirm?next=%2Ftwo-factor%2Fenable");
    let next = ("next", "/two-factor/enable");
    let wrong = browser.submit(&page, "/confirm", &[("password", "not this one"), next]).await;
    assert_eq!(wrong.says("Wrong password").status, 422);
    let right = browser.submit(&wrong, "/confirm", &[("password", PASSWORD), next]).await;
    right.is_at("/two-factor/enable");
    world.enable(&browser, PHONE).await.is_at("/profile").says("Two-factor login is now on");
}
