//! Which host a client talks to, as whom, and what it refuses to be built with.

use std::error::Error as _;

use verify_mfa::{
    Credentials, Error, VerifyClient,
    client::{CreateService, VerifyClientBuilder},
};

use crate::{
    golden,
    support::{ACCOUNT, KEY, Wire, assert_safe_to_log, bare_client, builder, credentials},
};

fn for_twilio() -> VerifyClientBuilder {
    VerifyClient::builder(credentials())
}

#[track_caller]
fn assert_host(builder: VerifyClientBuilder, host: &str) {
    let client = format!("{:?}", builder.build().unwrap());
    assert!(client.contains(&format!("host: Some({host:?})")), "{client}");
}

#[track_caller]
fn assert_refused(builder: VerifyClientBuilder, problem: &str) {
    let error = builder.build().unwrap_err();
    assert!(matches!(error, Error::Configuration { .. }), "{error:?}");
    assert!(error.to_string().contains(problem), "{error}");
    assert!(error.is_misconfigured() && !error.is_retryable() && !error.is_ambiguous());
    assert_eq!((error.operation(), error.status()), (None, None));
    assert_safe_to_log(&error);
}

async fn header(builder: impl FnOnce(String) -> VerifyClientBuilder, name: &str) -> String {
    let wire = Wire::answering(201, golden::service()).await;
    let client = builder(wire.uri()).build().unwrap();
    client.services().create(&CreateService::new("name")).await.unwrap();
    wire.received().await.header(name).unwrap().to_owned()
}

#[test]
fn region_and_edge_make_the_host_as_twilios_libraries_do() {
    assert_host(for_twilio(), "verify.twilio.com");
    assert_host(for_twilio().region("ie1"), "verify.ie1.twilio.com");
    assert_host(for_twilio().edge("dublin"), "verify.dublin.us1.twilio.com");
    assert_host(for_twilio().region("ie1").edge("dublin"), "verify.dublin.ie1.twilio.com");
    let label = "a".repeat(63);
    assert_host(for_twilio().region(&label), &format!("verify.{label}.twilio.com"));
}

#[test]
fn a_region_or_an_edge_cannot_lead_to_another_host() {
    let long = "a".repeat(64);
    for label in ["", "IE1", "ie1.", "ie1.example.com", "a/b", "a#", "a@b", "é", " ie1", &long] {
        assert_refused(for_twilio().region(label), "region and edge are made of");
        assert_refused(for_twilio().edge(label), "region and edge are made of");
    }
}

#[test]
fn a_base_url_stands_for_region_and_edge() {
    let own = builder("https://verify.example.com").region("IE1").edge("!");
    assert_host(own, "verify.example.com");
}

#[test]
fn credentials_travel_in_the_clear_only_to_this_machine() {
    for (url, host) in [
        ("http://localhost:1", "localhost"),
        ("http://127.0.0.1", "127.0.0.1"),
        ("http://127.9.9.9:1", "127.9.9.9"),
        ("http://[::1]:1", "[::1]"),
        ("https://example.com", "example.com"),
    ] {
        assert_host(builder(url), host);
    }
    for url in [
        "http://example.com",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://10.0.0.1",
        "http://0.0.0.0",
        "http://[::2]",
        "ftp://127.0.0.1",
        "file:///v2",
        "localhost:8080",
    ] {
        assert_refused(builder(url), "must be https, or http on a loopback address");
    }
}

#[test]
fn a_base_url_is_a_url_and_nothing_more() {
    for url in ["", "verify.twilio.com", "https://", "http://127.0.0.1:99999"] {
        assert_refused(builder(url), "the base URL is not a URL");
    }
    for url in ["https://jane@example.com", "https://:secret@example.com", "https://a:b@[::1]/"] {
        assert_refused(builder(url), "must not hold credentials");
    }
    for url in ["https://example.com?a=b", "https://example.com/#a", "https://example.com/?"] {
        assert_refused(builder(url), "must not have a query or a fragment");
    }
}

#[test]
fn the_reason_why_a_url_is_none_is_the_source() {
    let error = builder("https://").build().unwrap_err();
    assert_eq!(error.source().unwrap().to_string(), "empty host");
}

#[tokio::test]
async fn the_path_of_a_base_url_is_kept() {
    for (path, expected) in [
        ("", "POST /v2/Services"),
        ("/", "POST /v2/Services"),
        ("/proxy", "POST /proxy/v2/Services"),
        ("/a%20b/c/", "POST /a%20b/c/v2/Services"),
    ] {
        let wire = Wire::answering(201, golden::service()).await;
        let client = builder(wire.uri() + path).build().unwrap();
        client.services().create(&CreateService::new("name")).await.unwrap();
        assert_eq!(wire.received().await.line, expected);
    }
}

#[tokio::test]
async fn an_auth_token_goes_with_the_account() {
    let value = "Basic QUMwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMTphLXNlY3JldC10b2tlbg==";
    assert_eq!(header(builder, "authorization").await, value);
}

#[tokio::test]
async fn an_api_key_goes_in_place_of_the_account() {
    let account = ACCOUNT.parse().unwrap();
    let credentials = Credentials::api_key(account, KEY.parse().unwrap(), "k\u{e9}y:secret\n");
    let builder = |uri| VerifyClient::builder(credentials).base_url(uri);
    let value = "Basic U0swMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMTprw6l5OnNlY3JldAo=";
    assert_eq!(header(builder, "authorization").await, value);
}

#[test]
fn a_client_knows_its_account_with_either_kind_of_credentials() {
    let account = || ACCOUNT.parse().unwrap();
    let key = Credentials::api_key(account(), KEY.parse().unwrap(), "secret");
    for credentials in [key, Credentials::auth_token(account(), "token")] {
        let client = VerifyClient::builder(credentials).base_url("http://localhost").build();
        assert_eq!(client.unwrap().account_sid(), &account());
    }
}

#[test]
fn an_empty_secret_is_refused() {
    let account = || ACCOUNT.parse().unwrap();
    let key = Credentials::api_key(account(), KEY.parse().unwrap(), "");
    for credentials in [key, Credentials::auth_token(account(), "")] {
        assert_refused(VerifyClient::builder(credentials), "is empty");
    }
}

#[tokio::test]
async fn the_user_agent_is_the_crate_and_what_is_added() {
    let own = concat!("verify-mfa/", env!("CARGO_PKG_VERSION"));
    assert_eq!(header(builder, "user-agent").await, own);
    let extended = |uri| builder(uri).user_agent("my-app/1.0 (test)");
    assert_eq!(header(extended, "user-agent").await, format!("{own} my-app/1.0 (test)"));
}

#[test]
fn a_user_agent_that_is_no_header_is_refused() {
    for text in ["a\r\nX-Other: b", "a\nb", "caf\u{e9}", "\0", "\u{7f}"] {
        let builder = builder("http://localhost").user_agent(text);
        assert_refused(builder, "the user agent must be visible ASCII");
    }
}

#[tokio::test]
async fn an_own_http_client_gets_our_headers() {
    let own = |uri| builder(uri).http_client(bare_client());
    assert!(header(own, "authorization").await.starts_with("Basic "));
    let own = |uri| builder(uri).http_client(bare_client());
    assert!(header(own, "user-agent").await.starts_with("verify-mfa/"));
}
