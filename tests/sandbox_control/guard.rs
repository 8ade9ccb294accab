//! Who is kept away.

use reqwest::Method;

use crate::support::{Desk, PHONE, json, problem};

#[tokio::test]
async fn a_name_that_was_bound_to_this_address_is_refused() {
    let desk = Desk::start().await;
    desk.send(PHONE).await.unwrap();
    for host in ["sandbox.example.com", "192.0.2.1:8642", "127.0.0.1.example.com", "0.0.0.0", ""] {
        for path in ["/", "/sandbox/messages", "/sandbox/events"] {
            let request = desk.request(Method::GET, path).header("host", host);
            problem(request.send().await.unwrap(), 403).await;
        }
    }
    for host in ["localhost:8642", "LOCALHOST", "sandbox.localhost", "127.0.0.1", "[::1]:8642"] {
        let request = desk.request(Method::GET, "/sandbox/messages").header("host", host);
        json(request.send().await.unwrap(), 200).await;
    }
}

#[tokio::test]
async fn the_pages_of_another_origin_can_do_nothing() {
    let desk = Desk::start().await;
    desk.send(PHONE).await.unwrap();
    let (own, port) = (desk.sandbox.base_url(), desk.sandbox.base_url().rsplit(':').next());
    let other_port = "http://127.0.0.1:1".to_owned();
    let other_name = format!("http://localhost:{}", port.unwrap());
    for origin in ["https://example.com", "null", "", &other_port, &other_name] {
        for (method, path) in [
            (Method::POST, "/sandbox/reset"),
            (Method::DELETE, "/sandbox/faults"),
            (Method::GET, "/sandbox/messages"),
            (Method::GET, "/sandbox/events"),
        ] {
            let request = desk.request(method, path).header("origin", origin);
            problem(request.send().await.unwrap(), 403).await;
        }
    }
    assert_eq!(desk.sandbox.messages().len(), 1);
    let request = desk.request(Method::POST, "/sandbox/reset").header("origin", own);
    json(request.send().await.unwrap(), 200).await;
}

#[tokio::test]
async fn no_other_origin_is_ever_allowed_to_read() {
    let desk = Desk::start().await;
    let preflight = desk.request(Method::OPTIONS, "/sandbox/reset");
    let preflight = preflight.header("access-control-request-method", "POST").send().await.unwrap();
    for answer in [preflight, desk.get("/sandbox/messages").await, desk.get("/").await] {
        assert!(!answer.headers().contains_key("access-control-allow-origin"));
    }
}
