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

use std::time::Duration;

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::Method,
    middleware::Next,
    response::{IntoResponse, Response},
};
use axum_extra::extract::cookie::{Cookie, CookieJar};
use sha2::{Digest, Sha256};
use tokio::time;

use crate::page_error::PageError;

mod answers;
#[cfg(test)]
mod tests;

pub(crate) use answers::{Accepted, Idempotency};
use answers::{Answer, Entered, Hash};

pub(crate) async fn deduplicate(
    State(forms): State<Idempotency>,
    request: Request,
    next: Next,
) -> Response {
    if *request.method() != Method::POST {
        return next.run(request).await;
    }
    let (mut head, body) = request.into_parts();
    let Ok(Ok(body)) = time::timeout(SLOWEST, to_bytes(body, LONGEST)).await else {
        return PageError::BadRequest.into_response();
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
    answer.map_or_else(|| PageError::Internal.into_response(), response)
}

fn hash<const N: usize>(texts: [&[u8]; N]) -> Hash {
    let hash = texts.iter().fold(Sha256::new(), |hash, text| {
        hash.chain_update(text.len().to_le_bytes()).chain_update(text)
    });
    hash.finalize().into()
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

/// What a form may have, and how long its browser may take to send it.
const LONGEST: usize = 16 * 1024;
const SLOWEST: Duration = Duration::from_secs(20);
