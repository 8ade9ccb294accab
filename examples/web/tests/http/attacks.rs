//! What was done to other applications, tried against this one.

use axum::http::Method;

use crate::{
    browser::{Browser, encoded},
    world::{OTHER_PHONE, PASSWORD, PHONE, World},
};

#[tokio::test]
async fn a_code_for_the_attackers_phone_does_not_log_in_as_the_victim() {
    let world = World::start().await;
    world.enrolled("victim", PHONE).await;
    let attacker = world.member("mallory").await;
    let enabling = world.ask_to_enable(&attacker, OTHER_PHONE).await;
    let (token, code) = (enabling.token(), world.code(OTHER_PHONE));
    // The same browser goes on with the victim's password, and then with the attacker's own code.
    let profile = attacker.get("/profile").await;
    attacker.submit(&profile, "/logout", &[]).await;
    let page = world.give_password(&attacker, "victim").await;
    page.is_at("/code");
    world.give_code(&attacker, &page, &code).await.says("Wrong code");
    assert_eq!(attacker.post("/code", &token, &[("code", &code)]).await.status, 403);
    assert!(!world.is_logged_in(&attacker).await);
}

#[tokio::test]
async fn a_login_as_the_victim_on_top_of_ones_own_session_needs_the_victims_code() {
    let world = World::start().await;
    world.enrolled("victim", PHONE).await;
    let attacker = world.member("mallory").await;
    let enabling = world.ask_to_enable(&attacker, OTHER_PHONE).await;
    // Without logging out: the form of the login is sent from another page's token.
    let fields = [("name", "victim"), ("password", PASSWORD), ("phone", OTHER_PHONE)];
    let page = attacker.submit(&enabling, "/login", &fields).await;
    page.is_at("/code").says("+1 *** *** **00");
    let code = world.code(OTHER_PHONE);
    world.give_code(&attacker, &page, &code).await.says("Wrong code");
    assert!(!world.is_logged_in(&attacker).await);
}

#[tokio::test]
async fn what_the_code_form_adds_changes_nothing() {
    let world = World::start().await;
    world.enrolled("victim", PHONE).await;
    world.member("mallory").await;
    let (browser, page) = world.at_code_page("victim").await;
    let code = world.code(PHONE);
    let fields = [
        ("code", code.as_str()),
        ("user", "mallory"),
        ("next", "//evil.example"),
        ("remember", "yes"),
    ];
    let answer = browser.post("/code?next=//evil.example", &page.token(), &fields).await;
    assert_eq!(answer.location().as_deref(), Some("/profile"));
    assert!(!answer.header("set-cookie").contains("Max-Age"));
    browser.get("/profile").await.says("Hi victim");
}

#[tokio::test]
async fn the_password_alone_opens_no_page() {
    let world = World::start().await;
    world.enrolled("ada", PHONE).await;
    let (browser, page) = world.at_code_page("ada").await;
    let pages =
        ["/", "/profile", "/events", "/confirm", "/two-factor/enable", "/two-factor/disable"];
    for path in pages {
        let shown = browser.get(path).await;
        assert!(shown.path.starts_with("/login"), "{path} showed {}", shown.path);
    }
    let forms = ["/logout-everywhere", "/confirm", "/two-factor/enable", "/two-factor/phone"];
    let fields =
        [("country", "US"), ("phone", OTHER_PHONE), ("notice", "yes"), ("password", PASSWORD)];
    let sent = world.sent();
    for path in forms.into_iter().chain(["/two-factor/disable"]) {
        let answer = browser.post(path, &page.token(), &fields).await;
        assert_eq!(answer.location().as_deref(), Some("/login"), "{path}");
    }
    assert_eq!(world.sent(), sent);
}

#[tokio::test]
async fn a_stolen_session_neither_disables_nor_changes_the_phone_without_a_code() {
    let world = World::start().await;
    let browser = world.enrolled("ada", PHONE).await;
    let page = browser.fill("/two-factor/disable", &[]).await;
    world.give_code(&browser, &page, world.wrong_code(PHONE)).await.says("Wrong code");
    browser.get("/profile").await.says("Codes are sent to");
    world.advance(120);
    let fields = [("country", "US"), ("phone", OTHER_PHONE), ("notice", "yes")];
    let page = browser.fill("/two-factor/phone", &fields).await;
    page.is_at("/code").says("+1 *** *** **00");
    assert!(world.sandbox().messages().iter().all(|message| message.to == "+14155550100"));
    // And an old session does not even get so far.
    world.advance(301);
    let token = browser.get("/profile").await.token();
    let sent = world.sent();
    let answer = browser.post("/two-factor/disable", &token, &[]).await;
    assert_eq!(answer.location().as_deref(), Some("/confirm?next=%2Ftwo-factor%2Fdisable"));
    assert_eq!(world.sent(), sent);
}

#[tokio::test]
async fn a_code_for_disabling_does_not_change_the_phone() {
    let world = World::start().await;
    let browser = world.enrolled("ada", PHONE).await;
    let page = browser.fill("/two-factor/disable", &[]).await;
    let fields = [("code", world.code(PHONE)), ("phone", OTHER_PHONE.to_owned())];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    browser.submit(&page, "/code", &fields).await.says("Two-factor login is now off");
    browser.get("/profile").await.says("Your password alone opens this account");
}

#[tokio::test]
async fn a_login_that_waits_is_over_when_the_user_logs_out_everywhere() {
    let world = World::start().await;
    let own = world.enrolled("ada", PHONE).await;
    let (thief, page) = world.at_code_page("ada").await;
    let code = world.code(PHONE);
    let profile = own.get("/profile").await;
    own.submit(&profile, "/logout-everywhere", &[]).await.is_at("/login");
    world.give_code(&thief, &page, &code).await.is_at("/login").says("This request is over");
    assert!(!world.is_logged_in(&thief).await);
}

#[tokio::test]
async fn a_session_that_somebody_knew_before_the_login_is_worth_nothing_after_it() {
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
async fn a_session_id_that_was_made_up_is_not_taken() {
    let world = World::start().await;
    let browser = world.browser();
    browser.set_cookie("session", "AAAAAAAAAAAAAAAAAAAAAA");
    browser.get("/login").await;
    assert_ne!(browser.cookie("session").as_deref(), Some("AAAAAAAAAAAAAAAAAAAAAA"));
}

#[tokio::test]
async fn the_session_id_changes_when_the_second_factor_does() {
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
async fn a_login_does_not_go_to_another_site() {
    let world = World::start().await;
    world.enrolled("ada", PHONE).await;
    for next in [
        "//evil.example",
        "/\\evil.example",
        "https:evil.example",
        "/%09/evil.example",
        "/\t/evil.example",
    ] {
        world.advance(600);
        let browser = world.browser();
        let query: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
        let page = browser.get(&format!("/login?next={query}")).await;
        assert!(!page.body.contains("evil"), "{next}");
        let fields = [("name", "ada"), ("password", PASSWORD), ("next", next)];
        let page = browser.submit(&page, "/login", &fields).await;
        let answer = browser.post("/code", &page.token(), &[("code", &world.code(PHONE))]).await;
        assert_eq!(answer.location().as_deref(), Some("/profile"), "{next}");
    }
}

#[tokio::test]
async fn looking_sends_checks_and_changes_nothing() {
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
async fn a_form_of_another_site_does_nothing() {
    let world = World::start().await;
    let victim = world.enrolled("ada", PHONE).await;
    let other = world.member("mallory").await;
    let own = victim.get("/profile").await.token();
    let foreign = other.get("/profile").await.token();
    let cross_site = [("sec-fetch-site", "cross-site")];
    let sent = world.sent();
    for path in ["/logout", "/logout-everywhere", "/two-factor/disable", "/code/resend", "/login"] {
        let body = encoded(&own, &[("how", "same"), ("name", "a"), ("password", "b")]);
        let answer = victim.send(Method::POST, path, Some(&body), &cross_site).await;
        assert_eq!(answer.says("did not come from this site").status, 403, "{path}");
        for token in ["", &foreign] {
            let fields = [("how", "same"), ("name", "a"), ("password", "b")];
            assert_eq!(victim.post(path, token, &fields).await.status, 403, "{path}");
        }
    }
    assert_eq!(world.sent(), sent);
    assert!(world.is_logged_in(&victim).await);
}

#[tokio::test]
async fn who_has_an_account_is_not_told_at_the_login() {
    let world = World::start().await;
    world.member("ada").await;
    let attempt = async |name| {
        let fields = [("name", name), ("password", "not the password")];
        let page = world.browser().fill("/login", &fields).await;
        (page.status, page.body.replace(&page.token(), "").replace(name, ""))
    };
    assert_eq!(attempt("ada").await, attempt("nobody").await);
}
