//! From where a request comes, for the limits by address.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;

/// The address of the connection; behind the operator's own proxy, what that one says. Only the last entry
/// of `X-Forwarded-For` is the proxy's own: whoever calls can send the others.
pub(crate) fn address(peer: IpAddr, headers: &HeaderMap, proxy: Option<IpAddr>) -> IpAddr {
    let peer = peer.to_canonical();
    if proxy.map(|proxy| proxy.to_canonical()) != Some(peer) {
        return peer;
    }
    let told = headers.get_all("x-forwarded-for").iter().next_back();
    let told = told.and_then(|value| value.to_str().ok()).unwrap_or_default();
    let last = told.rsplit(',').next().unwrap_or_default().trim();
    parse(last).map_or(peer, |address| address.to_canonical())
}

/// An address as proxies write it: alone, or with its port.
fn parse(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    bare.parse().ok().or_else(with_port)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(values: &[&str], proxy: Option<&str>) -> String {
        let name = axum::http::HeaderName::from_static("x-forwarded-for");
        let headers = values.iter().map(|value| (name.clone(), value.parse().unwrap()));
        let proxy = proxy.map(|proxy| proxy.parse().unwrap());
        address([192, 0, 2, 1].into(), &headers.collect(), proxy).to_string()
    }

    #[test]
    fn nobody_but_the_proxy_is_believed() {
        assert_eq!(told(&["198.51.100.7"], None), "192.0.2.1");
        assert_eq!(told(&["198.51.100.7"], Some("192.0.2.2")), "192.0.2.1");
        assert_eq!(told(&["198.51.100.7"], Some("192.0.2.1")), "198.51.100.7");
    }

    #[test]
    fn only_what_the_proxy_added_itself_counts() {
        let proxy = Some("192.0.2.1");
        assert_eq!(told(&["203.0.113.9, 198.51.100.7"], proxy), "198.51.100.7");
        assert_eq!(told(&["203.0.113.9", "2001:db8::7"], proxy), "2001:db8::7");
        assert_eq!(told(&["198.51.100.7, unknown"], proxy), "192.0.2.1");
        assert_eq!(told(&[], proxy), "192.0.2.1");
    }

    #[test]
    fn a_port_and_brackets_are_no_part_of_the_address() {
        let proxy = Some("192.0.2.1");
        assert_eq!(told(&["198.51.100.7:4711"], proxy), "198.51.100.7");
        assert_eq!(told(&["[2001:db8::7]:443"], proxy), "2001:db8::7");
        assert_eq!(told(&["[2001:db8::7]"], proxy), "2001:db8::7");
        assert_eq!(told(&["::ffff:198.51.100.7"], proxy), "198.51.100.7");
    }

    #[test]
    fn an_ipv4_address_is_the_same_within_ipv6() {
        assert_eq!(told(&["198.51.100.7"], Some("::ffff:192.0.2.1")), "198.51.100.7");
        let peer = "::ffff:192.0.2.1".parse().unwrap();
        assert_eq!(address(peer, &HeaderMap::new(), None).to_string(), "192.0.2.1");
    }
}
