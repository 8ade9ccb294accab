//! Which URL Twilio signed, seen from behind a proxy.

use verify_mfa::webhook::{InvalidPublicUrl, PublicUrl};

#[track_caller]
fn url(base: &str, path_and_query: &str) -> String {
    PublicUrl::new(base).unwrap().url_of(path_and_query)
}

#[test]
fn the_path_and_the_query_stay_as_they_arrived() {
    let path = "/a%2fb/./'?x=a+b%20c&y=%e9&&x";
    assert_eq!(url("https://example.com", path), format!("https://example.com{path}"));
}

#[test]
fn one_slash_stands_between_the_base_and_the_path() {
    assert_eq!(url("https://example.com/", "/h"), "https://example.com/h");
    assert_eq!(url("https://example.com/shop/", "/h"), "https://example.com/shop/h");
    assert_eq!(url("https://example.com", "h"), "https://example.com/h");
}

#[test]
fn a_path_cannot_change_the_host() {
    assert_eq!(url("https://example.com", ".evil.example/"), "https://example.com/.evil.example/");
    assert_eq!(url("https://example.com", "@evil.example/"), "https://example.com/@evil.example/");
}

#[test]
fn the_base_is_not_normalised() {
    assert_eq!(url("https://Example.COM:443", "/h"), "https://Example.COM:443/h");
}

#[test]
fn a_base_is_an_address_of_the_web_and_no_more() {
    let wrong = [
        "",
        "example.com",
        "/h",
        "ftp://example.com",
        "https://",
        "https:///example.com",
        "https:example.com",
        "https:\\\\example.com",
        "https://example.com/?x=1",
        "https://example.com/#x",
        "https://example.com/ h",
        "https://exa mple.com",
        "https://example.com:99999",
    ];
    for base in wrong {
        assert_eq!(PublicUrl::new(base), Err(InvalidPublicUrl), "{base}");
    }
}

#[test]
fn a_trusted_proxy_names_the_scheme_and_the_host() {
    let public = PublicUrl::from_trusted_proxy(Some("https"), Some("example.com:8443")).unwrap();
    assert_eq!(public.url_of("/h"), "https://example.com:8443/h");
}

#[test]
fn a_proxy_that_names_none_or_several_is_not_followed() {
    let wrong = [
        (None, Some("example.com")),
        (Some("https"), None),
        (Some("https"), Some("")),
        (Some("https,http"), Some("example.com")),
        (Some("https"), Some("example.com, evil.example")),
        (Some("https"), Some("example.com/evil")),
        (Some("https"), Some("me@evil.example")),
        (Some("https"), Some("example.com?")),
        (Some("ws"), Some("example.com")),
    ];
    for (proto, host) in wrong {
        let public = PublicUrl::from_trusted_proxy(proto, host);
        assert_eq!(public, Err(InvalidPublicUrl), "{proto:?} {host:?}");
    }
}

#[test]
fn its_debug_output_shows_no_password() {
    let public = PublicUrl::new("https://me:secret@example.com/h").unwrap();
    assert_eq!(format!("{public:?}"), r#"PublicUrl("example.com/h")"#);
}
