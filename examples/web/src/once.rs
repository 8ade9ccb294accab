//! A form that is sent twice is answered twice and done once.
//!
//! People click twice, password managers submit what the person submits too, and browsers then show the
//! answer to the last one only. It gets the same answer as the first: of a login that worked, the same
//! new session. It is the same form only if the session, the page's token and every field are the same,
//! the code included, so whoever can ask for that answer could have sent the form.
//!
//! The form is worked on in a task of its own, because a browser that sends it again closes the connection
//! of the first. With several nodes, the load balancer has to send a session to one of them, or this has to
//! move into the database.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode},
    middleware::Next,
    response::{IntoResponse, Response},
};
use axum_extra::extract::cookie::{Cookie, CookieJar};
use sha2::{Digest, Sha256};
use tokio::sync::watch;

use crate::{app::App, routes, trouble::Trouble};

#[derive(Clone)]
pub(crate) struct Forms {
    app: App,
    sent: Arc<Mutex<Sent>>,
}

type Key = [u8; 32];
type Answer = Option<(StatusCode, HeaderMap, Bytes)>;

/// The answers to what was sent lately, and what was sent when.
#[derive(Default)]
struct Sent {
    answers: HashMap<Key, watch::Receiver<Answer>>,
    times: VecDeque<(SystemTime, Key)>,
}

impl Forms {
    pub(crate) fn new(app: App) -> Self {
        Self { app, sent: Arc::default() }
    }

    /// Where the answer comes, and, for the first, where to put it.
    fn enter(&self, key: Key) -> (watch::Receiver<Answer>, Option<watch::Sender<Answer>>) {
        let now = self.app.now();
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        sent.forget_old(now);
        if let Some(answer) = sent.answers.get(&key) {
            return (answer.clone(), None);
        }
        let (put, answer) = watch::channel(None);
        sent.answers.insert(key, answer.clone());
        sent.times.push_back((now, key));
        (answer, Some(put))
    }
}

impl Sent {
    fn forget_old(&mut self, now: SystemTime) {
        while let Some((at, key)) = self.times.front() {
            let is_new = at.checked_add(REMEMBERED).is_some_and(|until| now < until);
            if is_new && self.times.len() < MOST {
                return;
            }
            self.answers.remove(key);
            self.times.pop_front();
        }
    }
}

pub(crate) async fn once(State(forms): State<Forms>, request: Request, next: Next) -> Response {
    if *request.method() != Method::POST {
        return next.run(request).await;
    }
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LONGEST).await else {
        return Trouble::BadRequest.into_response();
    };
    let session = CookieJar::from_headers(&head.headers);
    let session = session.get(routes::session_cookie(forms.app.is_secure)).map(Cookie::value);
    let key = key([session.unwrap_or_default(), head.uri.path()], &body);
    let (mut answer, first) = forms.enter(key);
    if let Some(put) = first {
        let request = Request::from_parts(head, body.into());
        tokio::spawn(async move { put.send(Some(parts(next.run(request).await).await)) });
    }
    let answer = answer.wait_for(Option::is_some).await.ok().and_then(|answer| answer.clone());
    answer.map_or_else(|| Trouble::Internal.into_response(), response)
}

fn key(texts: [&str; 2], body: &[u8]) -> Key {
    let hash = texts.iter().fold(Sha256::new(), |hash, text| {
        hash.chain_update(text.len().to_le_bytes()).chain_update(text)
    });
    hash.chain_update(body).finalize().into()
}

async fn parts(response: Response) -> (StatusCode, HeaderMap, Bytes) {
    let (head, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    (head.status, head.headers, body)
}

fn response((status, headers, body): (StatusCode, HeaderMap, Bytes)) -> Response {
    let mut response = Body::from(body).into_response();
    *response.status_mut() = status;
    response.headers_mut().extend(headers);
    response
}

/// Longer than anybody clicks.
const REMEMBERED: Duration = Duration::from_secs(60);
/// Of more, the oldest are forgotten: a few megabytes.
const MOST: usize = 10_000;
const LONGEST: usize = 16 * 1024;
