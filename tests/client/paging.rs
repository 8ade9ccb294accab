//! Lists of several pages, and where a page may be fetched from.

use futures_util::{StreamExt, TryStreamExt};
use verify_mfa::{Error, Operation, VerifyClient, client::Service};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{header, method, path, query_param, query_param_is_missing},
};

use crate::{
    golden,
    support::{Wire, client},
};

const BASIC: &str = "Basic QUMwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMTphLXNlY3JldC10b2tlbg==";

/// Services a and b, then none, then c, on three pages.
async fn three_pages() -> MockServer {
    let server = MockServer::start().await;
    let address =
        |page| format!("{}/v2/Services?PageSize=2&Page={page}&PageToken=PA", server.uri());
    let (first, second) = (address(1), address(2));
    let names = |names: &[&str]| names.iter().map(|name| golden::named(name)).collect::<Vec<_>>();
    let pages = [
        (None, golden::page(&names(&["a", "b"]), Some(&first))),
        (Some("1"), golden::page(&[], Some(&second))),
        (Some("2"), golden::page(&names(&["c"]), None)),
    ];
    for (page, body) in pages {
        let mock = Mock::given(method("GET")).and(path("/v2/Services"));
        let mock = mock.and(header("authorization", BASIC));
        let mock = match page {
            Some(page) => mock.and(query_param("Page", page)).and(query_param("PageToken", "PA")),
            None => mock.and(query_param_is_missing("Page")),
        };
        let reply = ResponseTemplate::new(200).set_body_raw(body, "application/json");
        mock.respond_with(reply).expect(1).mount(&server).await;
    }
    server
}

fn names(services: &[Service]) -> Vec<&str> {
    services.iter().filter_map(|service| service.friendly_name.as_deref()).collect()
}

/// The error of asking for what follows the first page of `next`, by page and by stream.
async fn next_errors(client: &VerifyClient) -> [Error; 2] {
    let first = client.services().list(None).await.unwrap_err();
    let streamed = client.services().stream().try_collect::<Vec<_>>().await.unwrap_err();
    [first, streamed]
}

#[tokio::test]
async fn pages_are_followed_one_by_one() {
    let server = three_pages().await;
    let client = client(server.uri());
    let first = client.services().list(None).await.unwrap();
    assert_eq!((names(first.items()), first.has_next()), (vec!["a", "b"], true));
    let second = first.next_page().await.unwrap().unwrap();
    assert_eq!((names(second.items()), second.has_next()), (vec![], true));
    let third = second.next_page().await.unwrap().unwrap();
    assert_eq!((names(third.items()), third.has_next()), (vec!["c"], false));
    assert!(third.next_page().await.unwrap().is_none());
    assert_eq!(names(&third.into_items()), ["c"]);
}

#[tokio::test]
async fn a_stream_gives_all_services_of_all_pages() {
    let server = three_pages().await;
    let services = client(server.uri()).services().stream().try_collect::<Vec<_>>().await;
    assert_eq!(names(&services.unwrap()), ["a", "b", "c"]);
}

#[tokio::test]
async fn a_stream_fetches_a_page_only_when_it_is_needed() {
    let wire = Wire::answering(200, golden::page(&[golden::named("a")], None)).await;
    let mut services = Box::pin(wire.client.services().stream());
    assert_eq!(wire.received_requests().await, 0);
    services.next().await.unwrap().unwrap();
    assert_eq!(wire.received_requests().await, 1);
    assert!(services.next().await.is_none());
}

#[tokio::test]
async fn a_stream_ends_after_its_first_error() {
    let wire = Wire::answering(403, golden::error(403, 20403, "no")).await;
    let mut services = Box::pin(wire.client.services().stream());
    assert_eq!(services.next().await.unwrap().unwrap_err().code(), Some(20403));
    assert!(services.next().await.is_none());
    assert_eq!(wire.received_requests().await, 1);
}

#[tokio::test]
async fn a_stream_outlives_the_client_that_it_came_from() {
    let server = three_pages().await;
    let services = {
        let client = client(server.uri());
        client.services().stream()
    };
    assert_eq!(services.count().await, 3);
}

#[tokio::test]
async fn a_page_elsewhere_is_refused_and_nothing_is_sent_there() {
    let elsewhere = Wire::answering(200, golden::page(&[], None)).await;
    let host = elsewhere.uri().replace("http://127.0.0.1", "http://localhost");
    for next in [elsewhere.uri(), host] {
        let next = format!("{next}/v2/Services?Page=1");
        let wire = Wire::answering(200, golden::page(&[golden::service()], Some(&next))).await;
        for error in next_errors(&wire.client).await {
            assert!(matches!(error, Error::UnexpectedReply { .. }), "{error:?}");
            assert!(error.to_string().contains("not on the configured host"), "{error}");
            assert_eq!(error.operation(), Some(Operation::ListServices));
        }
        assert_eq!(elsewhere.received_requests().await, 0);
    }
}

#[tokio::test]
async fn a_page_of_another_scheme_or_none_is_refused() {
    let server = MockServer::start().await;
    let host = server.uri().replace("http://", "");
    for next in [
        format!("https://{host}/v2/Services?Page=1"),
        format!("http://{host}.example.com/v2/Services"),
        format!("http://{host}@example.com/v2/Services"),
        format!("//{host}/v2/Services"),
        "/v2/Services?Page=1".to_owned(),
        "file:///etc/passwd".to_owned(),
        String::new(),
    ] {
        let page = golden::page(&[], Some(&next));
        let reply = ResponseTemplate::new(200).set_body_raw(page, "application/json");
        server.reset().await;
        Mock::given(method("GET")).respond_with(reply).mount(&server).await;
        let error = client(server.uri()).services().list(None).await.unwrap_err();
        assert!(error.to_string().contains("not on the configured host"), "{next}: {error}");
        assert_eq!(server.received_requests().await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_page_that_follows_itself_is_refused() {
    let server = MockServer::start().await;
    let next = format!("{}/v2/Services", server.uri());
    let page = golden::page(&[], Some(&next));
    let reply = ResponseTemplate::new(200).set_body_raw(page, "application/json");
    Mock::given(method("GET")).respond_with(reply).mount(&server).await;
    for error in next_errors(&client(server.uri())).await {
        assert!(error.to_string().contains("the next page is the same page"), "{error}");
    }
}

#[tokio::test]
async fn a_list_that_goes_on_nobody_knows_where_is_not_the_whole_list() {
    for next in ["7", "{}", "[]", "true"] {
        let body = format!("{{\"services\": [], \"meta\": {{\"next_page_url\": {next}}}}}");
        let wire = Wire::answering(200, body).await;
        let error = wire.client.services().list(None).await.unwrap_err();
        assert!(matches!(error, Error::UnexpectedReply { .. }), "{next}");
    }
}

#[tokio::test]
async fn a_page_has_1_to_1000_items() {
    let wire = Wire::answering(200, golden::page(&[], None)).await;
    for size in [0, 1001, u16::MAX] {
        let error = wire.client.services().list(Some(size)).await.unwrap_err();
        assert!(matches!(error, Error::InvalidArgument { .. }), "{size}");
    }
    assert_eq!(wire.received_requests().await, 0);
    for size in [1, 1000] {
        wire.client.services().list(Some(size)).await.unwrap();
    }
}

#[tokio::test]
async fn a_list_without_its_items_is_not_an_empty_list() {
    for body in ["{}", r#"{"services": null}"#, r#"{"services": {}}"#, r#"{"attempts": []}"#] {
        let wire = Wire::answering(200, body).await;
        let error = wire.client.services().list(None).await.unwrap_err();
        assert!(matches!(error, Error::UnexpectedReply { .. }), "{body}");
    }
}

#[tokio::test]
async fn a_list_without_meta_data_is_the_whole_list() {
    for body in [r#"{"services": []}"#, r#"{"services": [], "meta": {}}"#] {
        let wire = Wire::answering(200, body).await;
        assert!(!wire.client.services().list(None).await.unwrap().has_next());
    }
}
