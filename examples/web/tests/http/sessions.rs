//! Double clicks, tabs, browsers and the back button.

use futures_util::future::join;

use crate::world::{PHONE, World};

#[tokio::test]
async fn a_double_click_on_a_right_code_logs_in_once_and_both_answers_say_so() {
    let world = World::start().await;
    world.enrolled("ada", PHONE).await;
    let (browser, page) = world.at_code_page("ada").await;
    let (code, token) = (world.code(PHONE), page.token());
    let checks = world.checks();
    let fields = [("code", code.as_str())];
    let click = || browser.post("/code", &token, &fields);
    let (one, other) = join(click(), click()).await;
    assert_eq!(one.location().as_deref(), Some("/profile"));
    assert_eq!(one.header("set-cookie"), other.header("set-cookie"));
    assert_eq!(other.location(), one.location());
    assert_eq!(world.checks(), checks + 1);
    assert!(world.is_logged_in(&browser).await);
}

#[tokio::test]
async fn a_browser_that_sees_the_second_answer_only_is_logged_in() {
    let world = World::start().await;
    world.enrolled("ada", PHONE).await;
    let (browser, page) = world.at_code_page("ada").await;
    let (code, token) = (world.code(PHONE), page.token());
    let before = browser.cookie("session").expect("a session");
    browser.post("/code", &token, &[("code", &code)]).await;
    browser.set_cookie("session", &before);
    assert!(!world.is_logged_in(&browser).await);
    browser.set_cookie("session", &before);
    let answer = browser.post("/code", &token, &[("code", &code)]).await;
    browser.follow(answer).await.is_at("/profile");
}

#[tokio::test]
async fn whoever_has_the_old_session_and_not_the_code_gets_no_part_of_that_answer() {
    let world = World::start().await;
    world.enrolled("ada", PHONE).await;
    let (browser, page) = world.at_code_page("ada").await;
    let before = browser.cookie("session").expect("a session");
    let (wrong, token) = (world.wrong_code(PHONE), page.token());
    world.give_code(&browser, &page, &world.code(PHONE)).await.is_at("/profile");
    let thief = world.browser();
    thief.set_cookie("session", &before);
    thief.post("/code", &token, &[("code", wrong)]).await;
    assert!(!world.is_logged_in(&thief).await);
}

#[tokio::test]
async fn a_double_click_on_a_wrong_code_counts_once() {
    let world = World::start().await;
    world.enrolled("ada", PHONE).await;
    let (browser, page) = world.at_code_page("ada").await;
    let (wrong, token) = (world.wrong_code(PHONE), page.token());
    let fields = [("code", wrong)];
    let click = || browser.post("/code", &token, &fields);
    join(click(), click()).await;
    browser.get("/code").await.says("You have 4 tries left");
}

#[tokio::test]
async fn a_double_click_on_log_in_sends_one_code() {
    let world = World::start().await;
    world.enrolled("ada", PHONE).await;
    let (browser, sent) = (world.browser(), world.sent());
    let token = browser.get("/login").await.token();
    let fields = [("name", "ada"), ("password", crate::world::PASSWORD)];
    let (one, other) =
        join(browser.post("/login", &token, &fields), browser.post("/login", &token, &fields))
            .await;
    assert_eq!((one.location(), other.location()), (Some("/code".into()), Some("/code".into())));
    assert_eq!(world.sent(), sent + 1);
}

#[tokio::test]
async fn the_password_a_second_time_in_one_browser_sends_no_second_code() {
    let world = World::start().await;
    world.enrolled("ada", PHONE).await;
    let (browser, _) = world.at_code_page("ada").await;
    let sent = world.sent();
    let page = world.give_password(&browser, "ada").await;
    page.is_at("/code");
    assert_eq!(world.sent(), sent);
    world.give_code(&browser, &page, &world.code(PHONE)).await.is_at("/profile");
}

#[tokio::test]
async fn the_code_page_works_in_two_tabs() {
    let world = World::start().await;
    world.enrolled("ada", PHONE).await;
    let (browser, one) = world.at_code_page("ada").await;
    let other = browser.get("/code").await;
    world.give_code(&browser, &one, world.wrong_code(PHONE)).await.says("4 tries");
    world.give_code(&browser, &other, &world.code(PHONE)).await.is_at("/profile");
    world.give_code(&browser, &one, "123456").await.is_at("/profile").says("Hi ada");
}

#[tokio::test]
async fn of_two_browsers_of_a_user_the_later_one_has_the_code() {
    let world = World::start().await;
    world.enrolled("ada", PHONE).await;
    let (earlier, old) = world.at_code_page("ada").await;
    let old_code = world.code(PHONE);
    let (later, new) = world.at_code_page("ada").await;
    let refused = world.give_code(&earlier, &old, &old_code).await;
    refused.is_at("/login").says("You started again elsewhere");
    world.give_code(&later, &new, &world.code(PHONE)).await.is_at("/profile");
    assert!(!world.is_logged_in(&earlier).await);
}

#[tokio::test]
async fn back_to_the_code_page_after_the_login_goes_on_to_the_profile() {
    let world = World::start().await;
    world.enrolled("ada", PHONE).await;
    let (browser, page) = world.at_code_page("ada").await;
    world.give_code(&browser, &page, &world.code(PHONE)).await.is_at("/profile");
    browser.get("/code").await.is_at("/profile");
    browser.get("/login").await.is_at("/profile");
}

#[tokio::test]
async fn after_the_logout_the_profile_is_not_there_any_more() {
    let world = World::start().await;
    let browser = world.member("ada").await;
    let before = browser.cookie("session").expect("a session");
    let profile = browser.get("/profile").await;
    browser.submit(&profile, "/logout", &[]).await;
    browser.set_cookie("session", &before);
    browser.get("/profile").await.is_at("/login?next=%2Fprofile");
}
