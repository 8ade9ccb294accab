//! The line between the nodes and the sandbox. It passes everything on, and notes what was sent and
//! checked, also for nodes that were killed while they waited.

use std::{
    collections::HashMap,
    io,
    net::Ipv4Addr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinHandle};
use url::form_urlencoded;
use verify_mfa::sandbox::Sandbox;

use crate::ledger::{Check, Said};

/// Stops when it is dropped.
pub(crate) struct Wire {
    pub(crate) url: String,
    line: Arc<Line>,
    serving: JoinHandle<io::Result<()>>,
}

struct Line {
    sandbox: String,
    http: reqwest::Client,
    noted: Mutex<Noted>,
}

#[derive(Default)]
struct Noted {
    sent: HashMap<String, u64>,
    checks: Vec<Check>,
}

impl Wire {
    pub(crate) async fn start(sandbox: &Sandbox, http: reqwest::Client) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let sandbox = sandbox.base_url().to_owned();
        let line = Arc::new(Line { sandbox, http, noted: Mutex::default() });
        let routes = Router::new().fallback(relay).with_state(Arc::clone(&line));
        let serving = tokio::spawn(async move { axum::serve(listener, routes).await });
        Ok(Self { url, line, serving })
    }

    /// How many messages a phone has got.
    pub(crate) fn sent_to(&self, phone: &str) -> u64 {
        self.line.noted().sent.get(phone).copied().unwrap_or_default()
    }

    /// What the sandbox was asked about codes, and what it said.
    pub(crate) fn checks(&self) -> Vec<Check> {
        self.line.noted().checks.clone()
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn relay(
    State(line): State<Arc<Line>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    // A task of its own, which goes on when the node is killed.
    let passed = tokio::spawn(async move { line.pass_on(method, uri, headers, body).await });
    match passed.await {
        Ok(Ok(response)) => response,
        _ => StatusCode::BAD_GATEWAY.into_response(),
    }
}

impl Line {
    async fn pass_on(
        &self,
        method: Method,
        uri: Uri,
        mut headers: HeaderMap,
        body: Bytes,
    ) -> reqwest::Result<Response> {
        headers.remove(header::HOST);
        headers.remove(header::CONTENT_LENGTH);
        let request = self.http.request(method.clone(), format!("{}{uri}", self.sandbox));
        let reply = request.headers(headers).body(body.clone()).send().await?;
        let (status, content_type) = (reply.status(), reply.headers().get(header::CONTENT_TYPE));
        let content_type = content_type.cloned();
        let text = reply.bytes().await?;
        if method == Method::POST {
            self.note(uri.path(), &body, status, &text);
        }
        let mut response = (status, text).into_response();
        if let Some(content_type) = content_type {
            response.headers_mut().insert(header::CONTENT_TYPE, content_type);
        }
        Ok(response)
    }

    fn note(&self, path: &str, form: &[u8], status: StatusCode, reply: &[u8]) {
        let reply: Value = serde_json::from_slice(reply).unwrap_or_default();
        let phone = reply["to"].as_str().map(ToOwned::to_owned);
        if path.ends_with("/VerificationCheck") {
            let mut fields = form_urlencoded::parse(form).into_owned();
            let sid = fields.find(|(name, _)| name == "VerificationSid");
            let verification = sid.map(|(_, sid)| sid).unwrap_or_default();
            let said = match (status.is_success(), reply["status"].as_str()) {
                (true, Some("approved")) => Said::Approved,
                (true, _) => Said::Wrong,
                (false, _) => Said::Refused,
            };
            self.noted().checks.push(Check { verification, phone, said });
        } else if let Some(phone) = phone.filter(|_| path.ends_with("/Verifications")) {
            *self.noted().sent.entry(phone).or_default() += 1;
        }
    }

    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
