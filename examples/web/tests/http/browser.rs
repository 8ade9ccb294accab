//! A browser without scripts: it keeps cookies, follows redirects and sends the forms it is shown.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Mutex, PoisonError},
};

use axum::{
    body::{Body, to_bytes},
    http::{
        HeaderMap, Method, Request,
        header::{ACCEPT_LANGUAGE, CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE},
    },
};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use url::form_urlencoded;

pub(crate) struct Browser {
    client: Client<HttpConnector, Body>,
    site: SocketAddr,
    cookies: Mutex<BTreeMap<String, String>>,
    language: &'static str,
}

/// What an address answered.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    pub(crate) path: String,
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Browser {
    pub(crate) fn new(site: SocketAddr) -> Self {
        Self::speaking(site, "en")
    }

    pub(crate) fn speaking(site: SocketAddr, language: &'static str) -> Self {
        let client = Client::builder(TokioExecutor::new()).build_http();
        Self { client, site, cookies: Mutex::default(), language }
    }

    /// Opens a page.
    pub(crate) async fn get(&self, path: &str) -> Shown {
        let shown = self.send(Method::GET, path, None, &[]).await;
        self.follow(shown).await
    }

    /// Fills in a form of `page` and sends it.
    pub(crate) async fn submit(&self, page: &Shown, to: &str, fields: &[(&str, &str)]) -> Shown {
        let shown = self.post(to, &page.token(), fields).await;
        self.follow(shown).await
    }

    /// Opens the page of a form and sends it.
    pub(crate) async fn fill(&self, path: &str, fields: &[(&str, &str)]) -> Shown {
        let page = self.get(path).await;
        self.submit(&page, path, fields).await
    }

    /// Sends a form and does not follow.
    pub(crate) async fn post(&self, to: &str, token: &str, fields: &[(&str, &str)]) -> Shown {
        let site = [("sec-fetch-site", "same-origin")];
        self.send(Method::POST, to, Some(&encoded(token, fields)), &site).await
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&str>,
        headers: &[(&str, &str)],
    ) -> Shown {
        let address = format!("http://{}{path}", self.site);
        let request = Request::builder().method(method).uri(address);
        let request = request.header(COOKIE, self.cookie_header());
        let request = request.header(ACCEPT_LANGUAGE, self.language);
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let request =
            headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let request =
            request.body(Body::from(body.unwrap_or_default().to_owned())).expect("a request");
        let (head, body) = self.client.request(request).await.expect("an answer").into_parts();
        self.keep_cookies(&head.headers);
        let (status, headers) = (head.status.as_u16(), head.headers);
        let body = to_bytes(Body::new(body), usize::MAX).await.expect("a body");
        let body = String::from_utf8(body.into()).expect("a text");
        Shown { path: path.to_owned(), status, headers, body }
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    pub(crate) fn set_cookie(&self, name: &str, value: &str) {
        let mut cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        cookies.insert(name.to_owned(), value.to_owned());
    }

    pub(crate) async fn follow(&self, mut shown: Shown) -> Shown {
        for _ in 0..5 {
            let Some(path) = shown.location() else { return shown };
            shown = self.send(Method::GET, &path, None, &[]).await;
        }
        panic!("{} redirects without end", shown.path)
    }

    fn cookie_header(&self) -> String {
        let cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    fn keep_cookies(&self, headers: &HeaderMap) {
        let mut cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        for cookie in headers.get_all(SET_COOKIE) {
            let cookie = cookie.to_str().expect("visible characters");
            let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
            let (name, value) = pair.split_once('=').expect("a pair");
            if attributes.contains("Max-Age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

impl Shown {
    /// The token that the page's forms carry.
    pub(crate) fn token(&self) -> String {
        let rest = self.body.split_once("name=\"csrf\" value=\"");
        let rest = rest.unwrap_or_else(|| panic!("{} has no form: {}", self.path, self.body)).1;
        rest.split('"').next().unwrap_or_default().to_owned()
    }

    pub(crate) fn location(&self) -> Option<String> {
        Some(self.headers.get(LOCATION)?.to_str().expect("visible characters").to_owned())
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("visible characters"))
    }

    #[track_caller]
    pub(crate) fn says(&self, text: &str) -> &Self {
        assert!(
            self.body.contains(text),
            "{} {} does not say {text:?}: {}",
            self.status,
            self.path,
            self.body
        );
        self
    }

    #[track_caller]
    pub(crate) fn is_at(&self, path: &str) -> &Self {
        assert_eq!(self.path, path, "{} {}", self.status, self.body);
        self
    }
}

pub(crate) fn encoded(token: &str, fields: &[(&str, &str)]) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("csrf", token).extend_pairs(fields).finish()
}
