//! Twilio signs a URL with or without its port, whichever it was given.

use verify_mfa::webhook::InvalidSignature;

use super::support::get;

#[track_caller]
fn agree(received: &str, signed: &str) {
    assert_eq!(get(received).over(signed), Ok(()));
}

#[track_caller]
fn differ(received: &str, signed: &str) {
    assert_eq!(get(received).over(signed), Err(InvalidSignature::Mismatch));
}

#[test]
fn the_default_port_may_be_there_or_not() {
    agree("https://example.com/h?x=1", "https://example.com:443/h?x=1");
    agree("https://example.com:443/h?x=1", "https://example.com/h?x=1");
    agree("http://example.com/h?x=1", "http://example.com:80/h?x=1");
    agree("http://example.com:80/h?x=1", "http://example.com/h?x=1");
}

#[test]
fn a_url_may_have_no_path() {
    agree("https://example.com", "https://example.com:443");
    agree("https://example.com?x=1", "https://example.com:443?x=1");
}

#[test]
fn a_password_is_not_taken_for_a_port() {
    agree("https://me:1234@example.com/h", "https://me:1234@example.com:443/h");
    agree("https://me:1234@example.com:443/h", "https://me:1234@example.com/h");
}

#[test]
fn addresses_have_ports_too() {
    agree("https://[2001:db8::1]/h", "https://[2001:db8::1]:443/h");
    agree("https://[2001:db8::1]:443/h", "https://[2001:db8::1]/h");
    agree("http://192.0.2.1/h", "http://192.0.2.1:80/h");
}

#[test]
fn another_port_may_be_left_out_but_is_never_made_up() {
    agree("https://example.com:8443/h", "https://example.com:8443/h");
    agree("https://example.com:8443/h", "https://example.com/h");
    differ("https://example.com/h", "https://example.com:8443/h");
    differ("https://example.com:8443/h", "https://example.com:443/h");
}

#[test]
fn the_default_port_is_that_of_the_scheme() {
    differ("https://example.com/h", "https://example.com:80/h");
    differ("http://example.com/h", "http://example.com:443/h");
}

#[test]
fn a_colon_further_on_is_no_port() {
    agree("https://example.com/h:80", "https://example.com:443/h:80");
    differ("https://example.com/h:80", "https://example.com/h");
}
