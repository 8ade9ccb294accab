//! D1 to D11: around the code.

use crate::world::{OTHER_PHONE, PASSWORD, PHONE, World};

#[tokio::test]
async fn d01_a_code_for_the_attackers_phone_does_not_log_in_as_the_victim() {
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
async fn d01_a_login_as_the_victim_on_top_of_ones_own_session_needs_the_victims_code() {
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
async fn d01_d13_what_the_code_form_adds_changes_nothing() {
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
async fn d03_the_password_alone_opens_no_page() {
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
        [("country", "US"), ("phone", OTHER_PHONE), ("consent", "yes"), ("password", PASSWORD)];
    let sent = world.sent();
    for path in forms.into_iter().chain(["/two-factor/disable"]) {
        let answer = browser.post(path, &page.token(), &fields).await;
        assert_eq!(answer.location().as_deref(), Some("/login"), "{path}");
    }
    assert_eq!(world.sent(), sent);
}

#[tokio::test]
async fn d03_a_code_without_the_password_opens_nothing() {
    let world = World::start().await;
    world.enrolled("victim", PHONE).await;
    let (victim, page) = world.at_code_page("victim").await;
    let (thief, code) = (world.browser(), world.code(PHONE));
    let token = thief.get("/code").await.is_at("/login").token();
    world.advance(60);
    let sent = world.sent();
    for path in ["/code", "/code/resend", "/code/cancel"] {
        let fields = [("code", code.as_str()), ("how", "same")];
        let answer = thief.post(path, &token, &fields).await;
        assert_eq!(answer.location().as_deref(), Some("/login"), "{path}");
    }
    assert_eq!(world.sent(), sent);
    assert!(!world.is_logged_in(&thief).await);
    world.give_code(&victim, &page, &code).await.is_at("/profile");
}

#[tokio::test]
async fn d05_a_stolen_session_neither_disables_nor_changes_the_phone_without_a_code() {
    let world = World::start().await;
    let browser = world.enrolled("ada", PHONE).await;
    let page = browser.fill("/two-factor/disable", &[]).await;
    world.give_code(&browser, &page, world.wrong_code(PHONE)).await.says("Wrong code");
    browser.get("/profile").await.says("Codes are sent to");
    world.advance(120);
    let fields = [("country", "US"), ("phone", OTHER_PHONE), ("consent", "yes")];
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
async fn d05_a_code_for_disabling_does_not_change_the_phone() {
    let world = World::start().await;
    let browser = world.enrolled("ada", PHONE).await;
    let page = browser.fill("/two-factor/disable", &[]).await;
    let fields = [("code", world.code(PHONE)), ("phone", OTHER_PHONE.to_owned())];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    browser.submit(&page, "/code", &fields).await.says("Two-factor login is now off");
    browser.get("/profile").await.says("Your password alone opens this account");
}

#[tokio::test]
async fn d05_enabling_once_more_does_not_replace_the_phone() {
    let world = World::start().await;
    let browser = world.enrolled("ada", PHONE).await;
    let token = browser.get("/profile").await.token();
    let fields = [("country", "US"), ("phone", OTHER_PHONE), ("consent", "yes")];
    let answer = browser.post("/two-factor/enable", &token, &fields).await;
    assert_eq!(answer.says("is on already").status, 422);
    assert!(world.sandbox().messages().iter().all(|message| message.to == "+14155550100"));
}

#[tokio::test]
async fn d11_a_login_that_waits_is_over_when_the_user_logs_out_everywhere() {
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
async fn d11_a_login_that_waits_is_over_when_the_phone_changes() {
    let world = World::start().await;
    let own = world.enrolled("ada", PHONE).await;
    let fields = [("country", "US"), ("phone", OTHER_PHONE), ("consent", "yes")];
    let old = own.fill("/two-factor/phone", &fields).await;
    let new = world.give_code(&own, &old, &world.code(PHONE)).await;
    world.advance(60);
    let (thief, page) = world.at_code_page("ada").await;
    let code = world.code(PHONE);
    world.give_code(&own, &new, &world.code(OTHER_PHONE)).await.is_at("/profile");
    world.give_code(&thief, &page, &code).await.is_at("/login").says("This request is over");
    assert!(!world.is_logged_in(&thief).await);
}
