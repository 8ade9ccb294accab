//! Pages that are older than the session, or asked for in strange ways.

use axum::http::Method;
use verify_mfa::flow::Calls;

use crate::{
    browser::Shown,
    world::{OTHER_PHONE, PASSWORD, PHONE, World},
};

/// The challenge that the forms of a code page name.
fn challenge(page: &Shown) -> &str {
    let rest = page.body.split_once("name=\"challenge\" value=\"").expect("a challenge").1;
    rest.split('"').next().unwrap_or_default()
}

#[tokio::test]
async fn the_code_page_of_an_earlier_challenge_says_so_and_costs_no_try() {
    let world = World::start().await;
    let browser = world.member("ada").await;
    let earlier = world.ask_to_enable(&browser, PHONE).await;
    world.ask_to_enable(&browser, OTHER_PHONE).await.is_at("/code");
    let (checks, code) = (world.checks(), world.code(PHONE));
    for (path, field) in [
        ("/code", ("code", code.as_str())),
        ("/code/resend", ("how", "same")),
        ("/code/cancel", ("how", "")),
    ] {
        let fields = [field, ("challenge", challenge(&earlier))];
        let page = browser.submit(&earlier, path, &fields).await;
        page.is_at("/code").says("about an earlier code").says("5 tries").says("**01");
    }
    assert_eq!(world.checks(), checks);
    let page = browser.get("/code").await;
    let fields = [("code", world.code(OTHER_PHONE)), ("challenge", challenge(&page).to_owned())];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    browser.submit(&page, "/code", &fields).await.says("Two-factor login is now on");
}

#[tokio::test]
async fn an_answer_to_the_session_from_before_a_login_removes_nothing() {
    let world = World::start().await;
    let browser = world.browser();
    browser.get("/login").await;
    let before = browser.cookie("session").expect("a session");
    world.member("ada").await;
    world.give_password(&browser, "ada").await.is_at("/profile");
    browser.set_cookie("session", &before);
    for path in ["/profile", "/code", "/events", "/nowhere"] {
        let answer = browser.send(Method::GET, path, None, &[]).await;
        assert_eq!(answer.header("set-cookie"), "", "{path}");
    }
    assert_eq!(browser.post("/code", "", &[]).await.header("set-cookie"), "");
}

#[tokio::test]
async fn logging_out_removes_the_cookie() {
    let world = World::start().await;
    let browser = world.member("ada").await;
    let token = browser.get("/profile").await.token();
    browser.post("/logout", &token, &[]).await;
    assert_eq!(browser.cookie("session"), None);
}

#[tokio::test]
async fn a_query_that_cannot_be_read_is_answered_by_a_page_of_this_site() {
    let world = World::start().await;
    let browser = world.member("ada").await;
    for path in ["/login?next=a&next=b", "/confirm?next=a&next=b"] {
        let page = browser.send(Method::GET, path, None, &[]).await;
        assert_eq!(page.says("The form could not be read").status, 400, "{path}");
    }
}

#[tokio::test]
async fn a_call_is_offered_where_the_rules_place_one() {
    let offered = |page: &Shown| page.body.contains("Call me instead");
    let world = World::start().await;
    let browser = world.member("ada").await;
    let mut page = world.ask_to_enable(&browser, PHONE).await;
    for _ in 0..2 {
        assert!(offered(&page));
        world.advance(120);
        page = browser.submit(&page, "/code/resend", &[("how", "call")]).await;
        page.says("We are calling you now");
    }
    assert!(!offered(&page));
    let never = World::with(|config| config.policy = config.policy.clone().calls(Calls::Never));
    let world = never.await;
    let page = world.ask_to_enable(&world.member("ada").await, PHONE).await;
    assert!(!offered(page.is_at("/code")));
}

#[tokio::test]
async fn a_password_in_the_name_field_is_not_written_down() {
    let directory = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("names");
    std::fs::remove_dir_all(&directory).unwrap_or_default();
    std::fs::create_dir_all(&directory).expect("a directory");
    let database = directory.join("web.sqlite");
    let world = World::with(|config| config.database = Some(database)).await;
    world.browser().fill("/login", &[("name", PASSWORD), ("password", "")]).await;
    for file in std::fs::read_dir(directory).expect("a directory").flatten() {
        let bytes = std::fs::read(file.path()).expect("a file");
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains(PASSWORD), "{:?}", file.path());
    }
}

#[tokio::test]
async fn only_this_site_is_asked_to_be_under_https_always() {
    let world = World::with(|config| {
        config.public_url = "https://shop.example".parse().expect("a URL");
    });
    let page = world.await.browser().get("/login").await;
    assert_eq!(page.header("strict-transport-security"), "max-age=63072000");
}
