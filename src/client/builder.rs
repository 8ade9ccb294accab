//! How a client is made.

use std::{fmt, sync::Arc, time::Duration};

use reqwest::{
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT},
    redirect::Policy,
};
use tokio::sync::Semaphore;
use url::{Host, Url};

use super::{Inner, Retry, VerifyClient, pace::RealPace, tls};
use crate::{Credentials, Error};

/// Settings of a [`VerifyClient`], from [`VerifyClient::builder`].
///
/// # Defaults
/// Host `https://verify.twilio.com`; 5 s to connect, 15 s until the reply begins, 30 s for a whole call;
/// [`Retry::default`]; any number of calls in flight. Redirects are not followed and nothing is
/// decompressed. The proxy variables of the environment (`HTTPS_PROXY`, `NO_PROXY`) are honoured,
/// except for a loopback host.
#[derive(Clone)]
#[must_use = "a builder does nothing until build() is called"]
pub struct VerifyClientBuilder {
    credentials: Credentials,
    base_url: Option<String>,
    region: Option<String>,
    edge: Option<String>,
    connect_timeout: Duration,
    first_byte_timeout: Duration,
    timeout: Duration,
    retry: Retry,
    max_in_flight: Option<usize>,
    http_client: Option<reqwest::Client>,
    user_agent: Option<String>,
}

impl VerifyClientBuilder {
    pub(super) fn new(credentials: Credentials) -> Self {
        Self {
            credentials,
            base_url: None,
            region: None,
            edge: None,
            connect_timeout: Duration::from_secs(5),
            first_byte_timeout: Duration::from_secs(15),
            timeout: Duration::from_secs(30),
            retry: Retry::default(),
            max_in_flight: None,
            http_client: None,
            user_agent: None,
        }
    }

    /// Another address than Twilio's, without `/v2`, such as a sandbox's. Region and edge are then
    /// not used. It must be `https`, or `http` on a loopback host: credentials never travel in the
    /// clear. Default: Twilio's host.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Twilio's region, such as `ie1`. Credentials belong to one region. Default: none, which is
    /// `us1`.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
        self
    }

    /// Twilio's edge location, such as `dublin`; without a region it means `us1`. Default: none.
    pub fn edge(mut self, edge: impl Into<String>) -> Self {
        self.edge = Some(edge.into());
        self
    }

    /// How long a connection may take to be made: at most half as long as the first byte and the whole
    /// call may take, as nobody could tell later whether the request was written. Not used with an own
    /// [`http_client`](Self::http_client), which should have such a limit. Default: 5 s.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long an attempt may take until its reply begins, connecting included. When it runs out the
    /// fate of a write is unknown. Default: 15 s.
    pub fn first_byte_timeout(mut self, timeout: Duration) -> Self {
        self.first_byte_timeout = timeout;
        self
    }

    /// How long a call may take in all: every attempt, from connecting to the last byte read, and the
    /// waits in between. When it runs out the fate of a write is unknown. Default: 30 s.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// When a call is made once more by itself. Default: [`Retry::default`].
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// How many calls there may be at once; one more is [`Error::TooManyInFlight`] at once, so that an
    /// outage at Twilio does not pile up requests in the application. Clones of the client count
    /// together; a call counts until it ends or its future is dropped, waits included. Default: any
    /// number.
    pub fn max_in_flight(mut self, calls: usize) -> Self {
        self.max_in_flight = Some(calls);
        self
    }

    /// Your own HTTP client, with its connection pool, proxy and TLS settings. Switch off redirects,
    /// retries and decompression in it: they are yours to decide then. A reply that came by a redirect
    /// is refused with [`Error::UnexpectedReply`], but the request was sent on by then, with the phone
    /// and the code that it holds.
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http_client = Some(client);
        self
    }

    /// Text to add to the `User-Agent` header, such as `my-app/1.0`. Default: none.
    pub fn user_agent(mut self, extension: impl Into<String>) -> Self {
        self.user_agent = Some(extension.into());
        self
    }

    /// Makes the client. No connection is opened yet.
    ///
    /// # Errors
    /// [`Error::Configuration`] when the address, the region, the edge or the user agent cannot be
    /// used, or when TLS cannot be set up.
    pub fn build(self) -> Result<VerifyClient, Error> {
        let base = self.base()?;
        let headers = self.headers()?;
        let mut form_headers = headers.clone();
        form_headers.insert(CONTENT_TYPE, FORM);
        let http = match &self.http_client {
            Some(client) => client.clone(),
            None => self.own_http_client(&base)?,
        };
        let account_sid = self.credentials.account_sid().clone();
        let services = extended(&base, &["v2", "Services"]);
        let places = |limit: usize| (limit, Semaphore::new(limit.min(Semaphore::MAX_PERMITS)));
        Ok(VerifyClient(Arc::new(Inner {
            http,
            headers,
            form_headers,
            timeout: self.timeout,
            first_byte_timeout: self.first_byte_timeout,
            retry: self.retry.at_most(self.timeout.saturating_sub(self.longest_connecting())),
            in_flight: self.max_in_flight.map(places),
            pace: Arc::new(RealPace),
            services,
            account_sid,
        })))
    }

    /// Less than what would end the attempt: nobody could tell then whether the request was written.
    fn longest_connecting(&self) -> Duration {
        self.connect_timeout.min(self.timeout.min(self.first_byte_timeout) / 2)
    }

    fn base(&self) -> Result<Url, Error> {
        let text = match &self.base_url {
            Some(text) => text.clone(),
            None => format!("https://{}", self.host()?),
        };
        let url = Url::parse(&text).map_err(|error| Error::Configuration {
            problem: "the base URL is not a URL".into(),
            source: Some(error.into()),
        })?;
        if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(&url)) {
            return Err(Error::configuration(
                "the base URL must be https, or http on a loopback address",
            ));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Error::configuration("the base URL must not hold credentials"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(Error::configuration("the base URL must not have a query or a fragment"));
        }
        Ok(url)
    }

    /// `verify[.edge][.region].twilio.com`, as Twilio's own libraries build it.
    fn host(&self) -> Result<String, Error> {
        let default_region = self.edge.as_ref().map(|_| "us1".to_owned());
        let region = self.region.clone().or(default_region);
        let labels = [self.edge.as_ref(), region.as_ref()].into_iter().flatten();
        let mut host = "verify".to_owned();
        for label in labels {
            if !is_host_label(label) {
                return Err(Error::configuration(
                    "region and edge are made of lower-case letters, digits and hyphens, such as ie1 and dublin",
                ));
            }
            host.push('.');
            host.push_str(label);
        }
        Ok(host + ".twilio.com")
    }

    fn headers(&self) -> Result<HeaderMap, Error> {
        let own = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));
        let agent = match &self.user_agent {
            Some(extension) => format!("{own} {extension}"),
            None => own.to_owned(),
        };
        let agent = Some(agent)
            .filter(|agent| agent.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' '))
            .and_then(|agent| HeaderValue::try_from(agent).ok())
            .ok_or_else(|| Error::configuration("the user agent must be visible ASCII"))?;
        // With room for those of the connection: `host`, `content-type`, `content-length`.
        let mut headers = HeaderMap::with_capacity(6);
        headers.insert(AUTHORIZATION, self.credentials.authorization()?);
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(USER_AGENT, agent);
        Ok(headers)
    }

    fn own_http_client(&self, base: &Url) -> Result<reqwest::Client, Error> {
        let mut builder = reqwest::Client::builder()
            .connect_timeout(self.longest_connecting())
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            // Another crate may have switched them on for all clients of the program.
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .https_only(base.scheme() == "https");
        if is_loopback(base) {
            builder = builder.no_proxy();
        }
        tls::configure(builder, base.scheme() == "https")?.build().map_err(|error| {
            Error::Configuration {
                problem: "the HTTP client could not be set up".into(),
                source: Some(error.into()),
            }
        })
    }
}

/// Without the base URL, which may hold credentials until it is checked, and without secrets.
impl fmt::Debug for VerifyClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyClientBuilder")
            .field("credentials", &self.credentials)
            .field("region", &self.region)
            .field("edge", &self.edge)
            .field("connect_timeout", &self.connect_timeout)
            .field("first_byte_timeout", &self.first_byte_timeout)
            .field("timeout", &self.timeout)
            .field("retry", &self.retry)
            .field("max_in_flight", &self.max_in_flight)
            .field("user_agent", &self.user_agent)
            .finish_non_exhaustive()
    }
}

/// `base` with `segments` appended, each percent-encoded. An http URL always has a path.
pub(super) fn extended(base: &Url, segments: &[&str]) -> Url {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn is_host_label(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !text.is_empty() && text.len() <= 63 && text.bytes().all(allowed)
}

const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");

#[cfg(test)]
mod tests {
    use super::*;

    fn builder() -> VerifyClientBuilder {
        let account = "AC00000000000000000000000000000001".parse().unwrap();
        VerifyClient::builder(Credentials::auth_token(account, "token"))
    }

    #[test]
    fn connecting_ends_before_anything_that_would_leave_the_fate_of_a_write_unknown() {
        let second = Duration::from_secs(1);
        assert_eq!(builder().longest_connecting(), 5 * second);
        assert_eq!(builder().timeout(4 * second).longest_connecting(), 2 * second);
        assert_eq!(builder().first_byte_timeout(2 * second).longest_connecting(), second);
        assert_eq!(builder().connect_timeout(second).longest_connecting(), second);
    }

    #[test]
    fn no_attempt_begins_too_late_for_its_connection() {
        let client = builder().timeout(Duration::from_secs(8)).build().unwrap();
        assert_eq!(client.0.retry, Retry::default().at_most(Duration::from_secs(4)));
    }
}
