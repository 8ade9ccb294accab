//! Where to go after the login: never to another site (CWE-601).

use verify_mfa::{InvalidNextPath, NextPath};

#[track_caller]
fn assert_refused(text: &str) {
    assert_eq!(NextPath::parse(text), Err(InvalidNextPath), "{text:?}");
}

#[test]
fn a_path_with_query_and_fragment_is_kept_as_it_is() {
    for text in ["/", "/profile", "/a/b?c=d&e=https://example.com/#f", "/a//b", "/%C3%A9", "/@a"] {
        assert_eq!(NextPath::parse(text).unwrap().as_str(), text);
    }
}

#[test]
fn another_site_is_refused_however_it_is_written() {
    for text in [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "https://evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "evil.example",
        "@evil.example",
        "",
        " /profile",
    ] {
        assert_refused(text);
    }
}

#[test]
fn what_browsers_drop_cannot_hide_a_slash() {
    for hidden in ["\t", "\n", "\r", "\0", " ", "\u{b}", "\u{7f}", "\u{a0}", "\u{200b}", "\u{2028}"]
    {
        assert_refused(&format!("/{hidden}/evil.example"));
        assert_refused(&format!("{hidden}//evil.example"));
        assert_refused(&format!("/profile{hidden}"));
    }
}

#[test]
fn what_a_proxy_decodes_cannot_hide_a_slash() {
    for code in ["%2f", "%2F", "%5c", "%5C", "%09", "%0a", "%0D"] {
        assert_refused(&format!("/{code}evil.example"));
    }
}

#[test]
fn a_backslash_is_refused_wherever_it_stands() {
    assert_refused("/a\\b");
}

#[test]
fn a_path_has_at_most_2048_characters() {
    let longest = format!("/{}", "a".repeat(2047));
    assert_eq!(NextPath::parse(&longest).unwrap().as_str(), longest);
    assert_refused(&format!("{longest}a"));
    assert_refused(&format!("/{}", "a".repeat(1 << 20)));
}

#[test]
fn a_path_is_checked_when_it_is_read_back() {
    let path = NextPath::parse("/profile").unwrap();
    assert_eq!(serde_json::to_string(&path).unwrap(), r#""/profile""#);
    assert_eq!(serde_json::from_str::<NextPath>(r#""/profile""#).unwrap(), path);
    assert!(serde_json::from_str::<NextPath>(r#""//evil.example""#).is_err());
}

#[test]
fn a_segment_that_somebody_may_resolve_is_refused() {
    for path in ["/.//evil.example", "/a/..//evil.example", "/%2E/evil", "/a/.%2e", "/./", "/.."] {
        assert_refused(path);
    }
    for path in ["/.well-known/x", "/a..b", "/?next=../x", "/#/../x", "/..."] {
        assert_eq!(NextPath::parse(path).unwrap().as_str(), path);
    }
}
