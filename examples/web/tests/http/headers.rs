//! What answers say to the browser.

use std::net::Ipv4Addr;

use axum::http::Method;

use crate::{
    browser::encoded,
    world::{PHONE, World},
};

const PAGES: [&str; 7] =
    ["/login", "/register", "/profile", "/events", "/two-factor/enable", "/code", "/nowhere"];

#[tokio::test]
async fn every_page_is_kept_nowhere_and_runs_no_foreign_script() {
    let world = World::start().await;
    let browser = world.member("ada").await;
    world.ask_to_enable(&browser, PHONE).await;
    for path in PAGES {
        let page = browser.send(Method::GET, path, None, &[]).await;
        assert_eq!(page.header("cache-control"), "no-store", "{path}");
        let policy = page.header("content-security-policy");
        // Where npm has not installed the country picker, it comes from elsewhere, in one version.
        let scripts =
            policy.strip_prefix("default-src 'none'; script-src 'self'").expect("a policy");
        let picker = " https://cdn.jsdelivr.net/npm/intl-tel-input@";
        assert!(scripts.starts_with(';') || scripts.starts_with(picker), "{path}: {policy}");
        assert!(
            policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"),
            "{policy}"
        );
        assert_eq!(page.header("x-content-type-options"), "nosniff", "{path}");
        assert!(!page.body.contains("<script>") && !page.body.contains(" style="), "{path}");
        assert!(!page.body.contains(" onclick="), "{path}");
    }
}

#[tokio::test]
async fn cookies_are_for_this_site_and_no_script() {
    let world = World::start().await;
    let page = world.browser().get("/login").await;
    let cookie = page.header("set-cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
}

#[tokio::test]
async fn under_https_cookies_are_for_https() {
    let world = World::with(|config| {
        config.public_url = "https://shop.example".parse().expect("a URL");
    });
    let world = world.await;
    let page = world.browser().get("/login").await;
    let cookie = page.header("set-cookie");
    assert!(cookie.starts_with("__Host-session=") && cookie.contains("; Secure"), "{cookie}");
    assert!(cookie.contains("Path=/") && !cookie.contains("Domain"), "{cookie}");
    assert!(page.header("strict-transport-security").starts_with("max-age="));
}

#[tokio::test]
async fn passwords_can_be_tried_only_so_often_from_one_address() {
    let world = World::with(|config| config.attempts.per_address = 3).await;
    let browser = world.browser();
    for _ in 0..3 {
        let fields = [("name", "ada"), ("password", "wrong")];
        browser.fill("/login", &fields).await.says("Wrong user name or password");
    }
    let fields = [("name", "bob"), ("password", "wrong")];
    browser
        .fill("/login", &fields)
        .await
        .says("Too many attempts. Please try again in 15 minutes.");
    world.advance(15 * 60);
    browser.fill("/login", &fields).await.says("Wrong user name or password");
}

#[tokio::test]
async fn the_proxy_says_from_which_address_somebody_comes() {
    let world = World::with(|config| {
        (config.proxy, config.attempts.per_address) = (Some(Ipv4Addr::LOCALHOST.into()), 1);
    });
    let world = world.await;
    assert!(!is_refused(&world, "198.51.100.7").await);
    assert!(!is_refused(&world, "198.51.100.8").await);
    assert!(is_refused(&world, "198.51.100.7").await);
}

#[tokio::test]
async fn nobody_else_says_from_which_address_they_come() {
    let world = World::with(|config| config.attempts.per_address = 1).await;
    assert!(!is_refused(&world, "198.51.100.7").await);
    assert!(is_refused(&world, "198.51.100.8").await);
}

async fn is_refused(world: &World, address: &str) -> bool {
    let browser = world.browser();
    let token = browser.get("/login").await.token();
    let form = encoded(&token, &[("name", "ada"), ("password", "wrong")]);
    let told = [("x-forwarded-for", address)];
    let answer = browser.send(Method::POST, "/login", Some(&form), &told).await;
    answer.body.contains("Too many attempts")
}

#[tokio::test]
async fn codes_are_sent_only_so_often_for_one_address() {
    let world = World::with(|config| {
        let limit = [verify_mfa::flow::Limit::per_hour(1)];
        config.policy = config.policy.clone().sends_per_caller(limit).expect("a policy");
    });
    let world = world.await;
    let (ada, bob) = (world.member("ada").await, world.member("bob").await);
    world.ask_to_enable(&ada, PHONE).await.is_at("/code");
    let refused = world.ask_to_enable(&bob, crate::world::OTHER_PHONE).await;
    refused.says("No more codes can be sent for 60 minutes");
    assert_eq!(world.sent(), 1);
}
