//! Keeps away what a page of another origin could make a browser do.

use axum::http::{
    HeaderMap, HeaderName, HeaderValue, StatusCode,
    header::{HOST, ORIGIN},
    request::Parts,
    uri::Authority,
};
use std::net::IpAddr;

use super::reply::Problem;

/// Refuses requests to any other name, so that nobody's name can be bound to this address, and
/// requests that come from another origin. `base_url` is a name that is known to be right.
pub(super) fn admit(head: &Parts, base_url: &str) -> Result<(), Problem> {
    let host = only(&head.headers, HOST).ok_or_else(|| refused("It takes one Host header."))?;
    let asked = [Some(host), head.uri.authority().map(Authority::as_str)];
    if !asked.into_iter().flatten().all(|host| is_ours(host, base_url)) {
        return Err(refused("It is called by a loopback name or address, or by the public URL."));
    }
    match only(&head.headers, ORIGIN) {
        None if !head.headers.contains_key(ORIGIN) => Ok(()),
        Some(origin) if is_same(origin, host, base_url) => Ok(()),
        _ => Err(refused("It does not answer the pages of another origin.")),
    }
}

fn only(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).iter();
    let (first, second) = (values.next(), values.next());
    first.filter(|_| second.is_none()).map(HeaderValue::to_str)?.ok()
}

fn is_ours(host: &str, base_url: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else { return false };
    let name = authority.host().to_ascii_lowercase();
    let name = name.strip_suffix('.').unwrap_or(&name);
    is_loopback(name) || has_authority(base_url, host)
}

fn is_loopback(name: &str) -> bool {
    let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    match address.parse::<IpAddr>() {
        Ok(address) => address.to_canonical().is_loopback(),
        Err(_) => name == "localhost" || name.ends_with(".localhost"),
    }
}

fn is_same(origin: &str, host: &str, base_url: &str) -> bool {
    origin.eq_ignore_ascii_case(base_url)
        || origin.strip_prefix("http://").is_some_and(|origin| origin.eq_ignore_ascii_case(host))
}

/// A server in between that speaks TLS may pass the name on.
fn has_authority(base_url: &str, host: &str) -> bool {
    let authority = base_url.split_once("://").map(|(_, authority)| authority);
    authority.is_some_and(|authority| authority.eq_ignore_ascii_case(host))
}

fn refused(sentence: &str) -> Problem {
    Problem::new(StatusCode::FORBIDDEN, format!("The control plane refuses this. {sentence}"))
}

#[cfg(test)]
mod tests {
    use super::{is_ours, is_same};

    #[test]
    fn only_loopback_and_the_public_url_are_ours() {
        for host in
            ["localhost", "LOCALHOST.:1", "a.localhost", "127.0.0.1:8642", "127.9.9.9", "[::1]:1"]
        {
            assert!(is_ours(host, "http://127.0.0.1:8642"), "{host}");
        }
        assert!(is_ours("sandbox:8642", "http://sandbox:8642"));
        for host in ["", "sandbox:8643", "sandbox", "192.0.2.1", "127.0.0.1.example.com"] {
            assert!(!is_ours(host, "http://sandbox:8642"), "{host}");
        }
        for host in ["localhost.example.com", "notlocalhost", "0.0.0.0", "[::]", "localhost@b.c"] {
            assert!(!is_ours(host, "http://sandbox:8642"), "{host}");
        }
    }

    #[test]
    fn an_origin_is_the_same_with_its_port_only() {
        let (host, base_url) = ("localhost:8642", "https://sandbox.example.com");
        assert!(is_same("http://localhost:8642", host, base_url));
        assert!(is_same("https://sandbox.example.com", host, base_url));
        for other in ["null", "http://localhost", "https://localhost:8642", "http://example.com"] {
            assert!(!is_same(other, host, base_url), "{other}");
        }
    }
}
