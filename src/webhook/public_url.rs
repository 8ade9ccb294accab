//! The URL that Twilio knows.

use std::fmt;

use url::Url;

/// Where Twilio reaches the application: scheme, host and, if a proxy takes one away, the beginning of
/// the path. Behind a proxy that ends TLS the application sees `http` and an inner host; Twilio signed
/// the URL that it was given.
///
/// ```
/// use verify_mfa::webhook::PublicUrl;
///
/// let public = PublicUrl::new("https://example.com/shop")?; // from the configuration
/// assert_eq!(public.url_of("/events?x=a+b%20c"), "https://example.com/shop/events?x=a+b%20c");
/// # Ok::<(), verify_mfa::webhook::InvalidPublicUrl>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct PublicUrl(Box<str>);

/// A text that cannot be the beginning of a URL that Twilio calls. It does not hold the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected http:// or https://, a host and perhaps a path, without a query or a fragment")]
pub struct InvalidPublicUrl;

impl PublicUrl {
    /// A URL from the application's configuration, as it is written at Twilio: it is compared letter by
    /// letter, so nothing of it is normalised. A user name and password belong to it if Twilio was
    /// given them.
    ///
    /// # Errors
    /// [`InvalidPublicUrl`] when it is not `http` or `https`, or has a query or a fragment.
    pub fn new(base: &str) -> Result<Self, InvalidPublicUrl> {
        Url::parse(base).map_err(|_| InvalidPublicUrl)?;
        let web = authority(base).is_some_and(|(_, host, _)| !host.is_empty());
        let visible = base.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        if !web || !visible || base.contains(['?', '#']) {
            return Err(InvalidPublicUrl);
        }
        Ok(Self(base.trim_end_matches('/').into()))
    }

    /// The URL of one request, from the headers `X-Forwarded-Proto` and `X-Forwarded-Host`. Only for
    /// an application that is reached through nothing but its own proxy, which sets both headers
    /// itself: otherwise whoever saw a request of Twilio's to another application of the account can
    /// send it here. Prefer [`new`](Self::new).
    ///
    /// # Errors
    /// [`InvalidPublicUrl`] when a header is missing, has several values, or is more than a scheme or
    /// a host with its port.
    pub fn from_trusted_proxy(
        forwarded_proto: Option<&str>,
        forwarded_host: Option<&str>,
    ) -> Result<Self, InvalidPublicUrl> {
        let (Some(scheme @ ("http" | "https")), Some(host)) = (forwarded_proto, forwarded_host)
        else {
            return Err(InvalidPublicUrl);
        };
        if host.contains(['/', '@', ',']) {
            return Err(InvalidPublicUrl);
        }
        Self::new(&format!("{scheme}://{host}"))
    }

    /// The whole URL of a request, with its path and query exactly as they arrived.
    pub fn url_of(&self, path_and_query: &str) -> String {
        let slash = if path_and_query.starts_with('/') { "" } else { "/" };
        format!("{}{slash}{path_and_query}", self.0)
    }
}

/// Without what may be a password.
impl fmt::Debug for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.0.rsplit_once('@').map_or(&*self.0, |(_, host)| host);
        f.debug_tuple("PublicUrl").field(&shown).finish()
    }
}

/// The same URL without its port, or with the default one of its scheme if it has none.
pub(super) fn with_other_port(url: &str) -> Option<String> {
    let (before, authority, after) = authority(url)?;
    let digits = authority.trim_end_matches(|c: char| c.is_ascii_digit());
    let other = match digits.strip_suffix(':') {
        Some(host) => host.to_owned(),
        None if before.eq_ignore_ascii_case("https://") => format!("{authority}:443"),
        None => format!("{authority}:80"),
    };
    Some(format!("{before}{other}{after}"))
}

/// The scheme with its `://`; the host with its port; and the rest, if it is a URL of the web.
fn authority(url: &str) -> Option<(&str, &str, &str)> {
    let scheme = url.find("://")? + 3;
    let (before, rest) = url.split_at_checked(scheme)?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, after) = rest.split_at_checked(end)?;
    let web = ["http://", "https://"].iter().any(|name| before.eq_ignore_ascii_case(name));
    web.then_some((before, authority, after))
}
