//! D12 to D36: through somebody's browser.

use axum::http::Method;
use url::form_urlencoded;

use crate::{
    browser::{Browser, encoded},
    world::{OTHER_PHONE, PASSWORD, PHONE, World},
};

#[tokio::test]
async fn d12_a_session_that_somebody_knew_before_the_login_is_worth_nothing_after_it() {
    let world = World::start().await;
    world.enrolled("ada", PHONE).await;
    let (victim, thief) = (world.browser(), world.browser());
    let fixed = thief.get("/login").await;
    let mut known = vec![thief.cookie("session").expect("a session")];
    victim.set_cookie("session", &known[0]);
    let page = world.give_password(&victim, "ada").await;
    known.push(victim.cookie("session").expect("a session"));
    world.give_code(&victim, &page, &world.code(PHONE)).await.is_at("/profile");
    let full = victim.cookie("session").expect("a session");
    assert!(known[0] != known[1] && !known.contains(&full));
    for session in known {
        thief.set_cookie("session", &session);
        assert!(!world.is_logged_in(&thief).await);
    }
    thief.set_cookie("session", &full);
    let answer = thief.post("/logout-everywhere", &fixed.token(), &[]).await;
    assert_eq!(answer.status, 403, "the token from before the login is not good after it");
}

#[tokio::test]
async fn d12_a_session_id_that_was_made_up_is_not_taken() {
    let world = World::start().await;
    let browser = world.browser();
    browser.set_cookie("session", "AAAAAAAAAAAAAAAAAAAAAA");
    browser.get("/login").await;
    assert_ne!(browser.cookie("session").as_deref(), Some("AAAAAAAAAAAAAAAAAAAAAA"));
}

#[tokio::test]
async fn d12_the_session_id_changes_when_the_second_factor_does() {
    let world = World::start().await;
    let browser = world.member("ada").await;
    let id = |browser: &Browser| browser.cookie("session").expect("a session");
    let before = id(&browser);
    world.enable(&browser, PHONE).await;
    let enabled = id(&browser);
    world.advance(60);
    let page = browser.fill("/two-factor/disable", &[]).await;
    world.give_code(&browser, &page, &world.code(PHONE)).await.says("is now off");
    assert!(before != enabled && enabled != id(&browser));
}

#[tokio::test]
async fn d13_a_login_does_not_go_to_another_site() {
    let world = World::start().await;
    world.enrolled("ada", PHONE).await;
    for next in ELSEWHERE {
        world.advance(600);
        let browser = world.browser();
        let page = browser.get(&asking("/login", next)).await;
        assert!(!page.body.contains("evil"), "{next}");
        let fields = [("name", "ada"), ("password", PASSWORD), ("next", next)];
        let page = browser.submit(&page, "/login", &fields).await;
        let answer = browser.post("/code", &page.token(), &[("code", &world.code(PHONE))]).await;
        assert_eq!(answer.location().as_deref(), Some("/profile"), "{next}");
    }
}

#[tokio::test]
async fn d13_the_password_given_again_does_not_lead_to_another_site() {
    let world = World::start().await;
    let browser = world.member("ada").await;
    for next in ELSEWHERE {
        let page = browser.get(&asking("/confirm", next)).await;
        assert!(!page.body.contains("evil"), "{next}");
        let fields = [("password", PASSWORD), ("next", next)];
        let answer = browser.post("/confirm", &page.token(), &fields).await;
        assert_eq!(answer.location().as_deref(), Some("/profile"), "{next}");
    }
}

#[tokio::test]
async fn d21_who_has_an_account_is_not_told_at_the_login() {
    let world = World::start().await;
    world.member("ada").await;
    let attempt = async |name| {
        let fields = [("name", name), ("password", "not the password")];
        let page = world.browser().fill("/login", &fields).await;
        (page.status, page.body.replace(&page.token(), "").replace(name, ""))
    };
    assert_eq!(attempt("ada").await, attempt("nobody").await);
}

#[tokio::test]
async fn d31_looking_sends_checks_and_changes_nothing() {
    let world = World::start().await;
    let member = world.enrolled("ada", PHONE).await;
    let (browser, _) = world.at_code_page("ada").await;
    let (sent, checks, code) = (world.sent(), world.checks(), world.code(PHONE));
    world.advance(60);
    for method in [Method::GET, Method::HEAD] {
        for path in ["/code", "/code/resend?how=same", "/code/cancel", "/login?name=ada"] {
            browser.send(method.clone(), path, None, &[]).await;
        }
        browser.send(method.clone(), &format!("/code?code={code}"), None, &[]).await;
        for path in ["/logout", "/logout-everywhere", "/two-factor/disable", "/two-factor/enable"] {
            member.send(method.clone(), path, None, &[]).await;
        }
    }
    assert_eq!((world.sent(), world.checks()), (sent, checks));
    assert!(world.is_logged_in(&member).await);
    for path in ["/logout", "/logout-everywhere", "/code/resend", "/code/cancel"] {
        assert_eq!(browser.send(Method::GET, path, None, &[]).await.status, 405, "{path}");
    }
    browser.get("/code").await.is_at("/code").says("5 tries");
}

#[tokio::test]
async fn d36_a_form_of_another_site_does_nothing() {
    let world = World::start().await;
    let victim = world.enrolled("ada", PHONE).await;
    let other = world.member("mallory").await;
    let foreign = other.get("/profile").await.token();
    let sent = world.sent();
    for path in FORMS {
        for header in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
            let own = victim.get("/profile").await.token();
            let body = encoded(&own, &FIELDS);
            let answer = victim.send(Method::POST, path, Some(&body), &[header]).await;
            assert_eq!(answer.says("did not come from this site").status, 403, "{path}");
        }
        for token in ["", &foreign] {
            assert_eq!(victim.post(path, token, &FIELDS).await.status, 403, "{path}");
        }
    }
    assert_eq!(world.sent(), sent);
    assert!(world.is_logged_in(&victim).await);
}

#[tokio::test]
async fn d36_a_form_of_another_site_ends_no_login_that_waits() {
    let world = World::start().await;
    world.enrolled("ada", PHONE).await;
    let (victim, page) = world.at_code_page("ada").await;
    world.advance(60);
    let (sent, checks, code) = (world.sent(), world.checks(), world.code(PHONE));
    for path in ["/code", "/code/resend", "/code/cancel"] {
        assert_eq!(victim.post(path, "", &FIELDS).await.status, 403, "{path}");
    }
    assert_eq!((world.sent(), world.checks()), (sent, checks));
    world.give_code(&victim, &page, &code).await.is_at("/profile");
}

fn asking(page: &str, next: &str) -> String {
    let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
    format!("{page}?next={next}")
}

const ELSEWHERE: [&str; 8] = [
    "//evil.example",
    "//profile@evil.example",
    "/\\evil.example",
    "https:evil.example",
    "/%09/evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    "/\r\nlocation: https://evil.example",
];
const FORMS: [&str; 11] = [
    "/login",
    "/register",
    "/logout",
    "/logout-everywhere",
    "/confirm",
    "/code",
    "/code/resend",
    "/code/cancel",
    "/two-factor/enable",
    "/two-factor/phone",
    "/two-factor/disable",
];
const FIELDS: [(&str, &str); 7] = [
    ("name", "mallory"),
    ("password", PASSWORD),
    ("code", "123456"),
    ("how", "same"),
    ("country", "US"),
    ("phone", OTHER_PHONE),
    ("consent", "yes"),
];
