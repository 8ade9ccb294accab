//! Where it listens, and what it is called.

use std::{
    io::ErrorKind,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use verify_mfa::sandbox::Sandbox;

use crate::support::{Desk, PHONE, json, problem};

#[tokio::test]
async fn an_address_that_others_reach_must_be_allowed() {
    let everywhere = IpAddr::from(Ipv4Addr::UNSPECIFIED);
    let refused = Sandbox::builder().listen(everywhere).start().await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::InvalidInput);
    let some = IpAddr::from([192, 0, 2, 1]);
    for builder in [Sandbox::builder(), Sandbox::builder().allow_other_hosts()] {
        let refused = builder.listen(some).start().await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::InvalidInput);
    }
    let allowed = Sandbox::builder().listen(everywhere).allow_other_hosts().control_plane();
    let desk = Desk::with(allowed).await;
    assert!(desk.sandbox.base_url().starts_with("http://127.0.0.1:"));
    desk.send(PHONE).await.unwrap();
}

#[tokio::test]
async fn other_loopback_addresses_need_no_leave() {
    let desk = Desk::with(Sandbox::builder().listen([127, 0, 0, 2].into()).control_plane()).await;
    assert!(desk.sandbox.base_url().starts_with("http://127.0.0.2:"));
    desk.send(PHONE).await.unwrap();
    json(desk.get("/sandbox/messages").await, 200).await;
    if let Ok(sandbox) = Sandbox::builder().listen(Ipv6Addr::LOCALHOST.into()).start().await {
        assert!(sandbox.base_url().starts_with("http://[::1]:"));
    }
}

#[tokio::test]
async fn links_carry_the_public_url_which_the_control_plane_knows() {
    let builder = Sandbox::builder().control_plane().public_url("http://sandbox.test:8642/");
    let sandbox = builder.start().await.unwrap();
    assert_eq!(sandbox.base_url(), "http://sandbox.test:8642");
    // The sandbox's own client does not depend on what others call it.
    sandbox.client().services().list(None).await.unwrap();
}

#[tokio::test]
async fn a_public_url_is_an_origin() {
    for url in ["sandbox:8642", "ftp://sandbox", "http://sandbox/path", "http://sandbox/?a", ""] {
        let refused = Sandbox::builder().public_url(url).start().await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::InvalidInput, "{url}");
    }
}

#[tokio::test]
async fn one_host_at_a_time() {
    let desk = Desk::start().await;
    let request = desk.request(reqwest::Method::GET, "/sandbox/messages");
    let request = request.header("host", "localhost").header("host", "example.com");
    let answer = request.send().await.unwrap();
    problem(answer, 403).await;
}
