//! A form that is sent twice is answered twice and done once.
//!
//! People click twice, password managers submit what the person submits too, and browsers then show the
//! answer to the last one only. It gets the same answer as the first: of a login that worked, the same
//! new session. It is the same form only if the session, the page's token and every field are the same,
//! the code included, so whoever can ask for that answer could have sent the form.
//!
//! What arrives while the first is worked on waits for its answer. Afterwards only a redirect is stored,
//! one for each session, and only if the form was this site's own: strangers fill nothing. A page is made
//! anew: what it answers has changed nothing.
//!
//! The form is worked on in a task of its own, because a browser that sends it again closes the connection
//! of the first. With several nodes, the load balancer has to send a session to one of them, or this has to
//! move into the database.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
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
use tokio::{sync::watch, time};

use crate::trouble::Trouble;

type Hash = [u8; 32];
type Answer = (StatusCode, HeaderMap, Bytes);
type Waiting = watch::Receiver<Option<Answer>>;

/// What is worked on, and what was answered lately.
#[derive(Clone)]
pub(crate) struct Idempotency {
    cookie: &'static str,
    forms: Arc<Mutex<Forms>>,
}

#[derive(Default)]
struct Forms {
    in_progress: HashMap<Hash, Waiting>,
    /// By session: the form that was answered last, and how.
    answered: HashMap<Hash, (Hash, Answer)>,
}

/// Goes with a request: whether its form is one of this site's own.
#[derive(Clone, Default)]
pub(crate) struct Accepted(Arc<AtomicBool>);

impl Accepted {
    pub(crate) fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

enum Entered {
    Answered(Answer),
    Waiting(Waiting),
    First(Waiting, Work),
}

/// The first of equal forms, until it is answered.
struct Work {
    idempotency: Idempotency,
    session: Hash,
    form: Hash,
    answer: watch::Sender<Option<Answer>>,
}

impl Idempotency {
    /// For sessions whose id is in `cookie`.
    pub(crate) fn new(cookie: &'static str) -> Self {
        Self { cookie, forms: Arc::default() }
    }

    fn enter(&self, session: Hash, form: Hash) -> Entered {
        let mut forms = self.lock();
        if let Some(waiting) = forms.in_progress.get(&form) {
            return Entered::Waiting(waiting.clone());
        }
        match forms.answered.get(&session) {
            Some((same, answer)) if *same == form => return Entered::Answered(answer.clone()),
            _ => {}
        }
        let (answer, waiting) = watch::channel(None);
        forms.in_progress.insert(form, waiting.clone());
        Entered::First(waiting, Work { idempotency: self.clone(), session, form, answer })
    }

    fn lock(&self) -> MutexGuard<'_, Forms> {
        self.forms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Work {
    /// Answers, and keeps the answer for a while.
    async fn finish(self, answer: Answer, accepted: &Accepted) {
        let is_stored = accepted.is_set() && self.store(&answer);
        self.answer.send_replace(Some(answer));
        let (forms, session, form) = (self.idempotency.clone(), self.session, self.form);
        drop(self);
        if is_stored {
            time::sleep(REMEMBERED).await;
            forms.forget(session, form);
        }
    }

    fn store(&self, answer: &Answer) -> bool {
        let (mut forms, (status, headers, body)) = (self.idempotency.lock(), answer);
        let is_new = !forms.answered.contains_key(&self.session);
        let is_small = body.is_empty() && size(headers) <= LARGEST;
        if *status != StatusCode::SEE_OTHER || !is_small || (is_new && forms.answered.len() >= MOST)
        {
            return false;
        }
        forms.answered.insert(self.session, (self.form, answer.clone()));
        true
    }
}

/// Also when the work panics.
impl Drop for Work {
    fn drop(&mut self) {
        self.idempotency.lock().in_progress.remove(&self.form);
    }
}

impl Idempotency {
    fn forget(&self, session: Hash, form: Hash) {
        let mut forms = self.lock();
        if forms.answered.get(&session).is_some_and(|(same, _)| *same == form) {
            forms.answered.remove(&session);
        }
    }
}

pub(crate) async fn once(
    State(forms): State<Idempotency>,
    request: Request,
    next: Next,
) -> Response {
    if *request.method() != Method::POST {
        return next.run(request).await;
    }
    let (mut head, body) = request.into_parts();
    let Ok(Ok(body)) = time::timeout(SLOWEST, to_bytes(body, LONGEST)).await else {
        return Trouble::BadRequest.into_response();
    };
    let cookies = CookieJar::from_headers(&head.headers);
    let session = cookies.get(forms.cookie).map(Cookie::value).unwrap_or_default();
    let form = hash([session.as_bytes(), head.uri.path().as_bytes(), &body]);
    let mut waiting = match forms.enter(hash([session.as_bytes()]), form) {
        Entered::Answered(answer) => return response(answer),
        Entered::Waiting(waiting) => waiting,
        Entered::First(waiting, work) => {
            let accepted = Accepted::default();
            head.extensions.insert(accepted.clone());
            let request = Request::from_parts(head, body.into());
            tokio::spawn(async move {
                let answer = parts(next.run(request).await).await;
                work.finish(answer, &accepted).await;
            });
            waiting
        }
    };
    let answer = waiting.wait_for(Option::is_some).await.ok().and_then(|answer| answer.clone());
    answer.map_or_else(|| Trouble::Internal.into_response(), response)
}

fn hash<const N: usize>(texts: [&[u8]; N]) -> Hash {
    let hash = texts.iter().fold(Sha256::new(), |hash, text| {
        hash.chain_update(text.len().to_le_bytes()).chain_update(text)
    });
    hash.finalize().into()
}

fn size(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum()
}

async fn parts(response: Response) -> Answer {
    let (head, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    (head.status, head.headers, body)
}

fn response((status, headers, body): Answer) -> Response {
    let mut response = Body::from(body).into_response();
    *response.status_mut() = status;
    response.headers_mut().extend(headers);
    response
}

/// Longer than anybody clicks.
const REMEMBERED: Duration = Duration::from_secs(60);
/// Sessions whose last answer is stored, and bytes of each: 8 MB, if somebody tries.
const MOST: usize = 4_096;
const LARGEST: usize = 2 * 1024;
/// What a form may have, and how long its browser may take to send it.
const LONGEST: usize = 16 * 1024;
const SLOWEST: Duration = Duration::from_secs(20);

#[cfg(test)]
mod tests {
    use axum::{Extension, Router, body::HttpBody, middleware::from_fn_with_state, routing::post};
    use tower::ServiceExt;

    use super::*;

    fn site(forms: &Idempotency) -> Router {
        let done = async |Extension(accepted): Extension<Accepted>, body: String| {
            if !body.contains("forged") {
                accepted.set();
            }
            let status =
                if body.contains("again") { StatusCode::OK } else { StatusCode::SEE_OTHER };
            (status, [("location", body)])
        };
        Router::new().route("/", post(done)).layer(from_fn_with_state(forms.clone(), once))
    }

    async fn send(forms: &Idempotency, session: &str, body: impl Into<Body>) -> Response {
        let request = Request::post("/").header("cookie", format!("session={session}"));
        site(forms).oneshot(request.body(body.into()).unwrap()).await.unwrap()
    }

    fn stored(forms: &Idempotency) -> usize {
        forms.lock().answered.len()
    }

    #[tokio::test]
    async fn a_session_has_one_stored_answer_and_nothing_in_progress() {
        let forms = Idempotency::new("session");
        for form in ["one", "two", "three"] {
            send(&forms, "ada", form).await;
        }
        assert_eq!((stored(&forms), forms.lock().in_progress.len()), (1, 0));
    }

    #[tokio::test]
    async fn neither_pages_nor_forged_forms_nor_large_answers_are_stored() {
        let forms = Idempotency::new("session");
        for form in ["again", "forged", &"x".repeat(LARGEST)] {
            send(&forms, "ada", form.to_owned()).await;
        }
        assert_eq!(stored(&forms), 0);
    }

    #[tokio::test]
    async fn however_many_sessions_there_are_only_so_many_answers_are_stored() {
        let forms = Idempotency::new("session");
        for session in 0..MOST + 10 {
            send(&forms, &session.to_string(), "form").await;
        }
        assert_eq!(stored(&forms), MOST);
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_is_forgotten_in_time_though_nobody_asks() {
        let forms = Idempotency::new("session");
        send(&forms, "ada", "form").await;
        time::advance(REMEMBERED - Duration::from_secs(1)).await;
        assert_eq!(stored(&forms), 1);
        time::sleep(Duration::from_secs(2)).await;
        assert_eq!(stored(&forms), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_form_that_is_never_sent_whole_is_refused() {
        let forms = Idempotency::new("session");
        let never = futures_util::stream::pending::<Result<Bytes, std::io::Error>>();
        let answer = send(&forms, "ada", Body::from_stream(never)).await;
        assert_eq!(answer.extensions().get(), Some(&Trouble::BadRequest));
        assert!(answer.body().is_end_stream());
    }
}
