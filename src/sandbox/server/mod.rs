//! The HTTP face: Twilio's wire format around the rules.

mod error;
mod form;
mod page;
mod parameters;
mod reply;
mod route;
mod services;
mod settings;
mod verifications;
mod view;

use std::{fmt::Write, sync::Arc};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{
        HeaderValue, Method,
        header::{AUTHORIZATION, CONTENT_TYPE},
        request::Parts,
    },
    response::Response,
};

use self::{error::Rejection, form::Form, reply::Reply, route::Route};
use super::{request::ReceivedRequest, simulator::Simulator};

/// Every path and method comes here, so that every answer has Twilio's shape.
pub(super) fn router(simulator: Arc<Simulator>) -> Router {
    Router::new().fallback(answer).with_state(simulator)
}

async fn answer(State(simulator): State<Arc<Simulator>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let reply = match read(body).await {
        Ok(body) => respond(&simulator, &head, &body),
        Err(rejection) => Err(rejection),
    };
    let reply = reply.unwrap_or_else(|rejection| rejection.reply(head.uri.path()));
    let request_id = simulator.account().record(received(&head, &reply));
    tracing::debug!(method = %head.method, status = reply.status(), request_id, "sandbox request");
    reply.into_response(&request_id)
}

fn respond(simulator: &Simulator, head: &Parts, body: &[u8]) -> Result<Reply, Rejection> {
    if !simulator.credentials.admit(header(head, AUTHORIZATION.as_str())) {
        return Err(Rejection::Unauthenticated);
    }
    let route = Route::find(head.uri.path())?;
    route.allow(&head.method)?;
    let is_post = head.method == Method::POST;
    if is_post {
        let form = Form::from_body(header(head, CONTENT_TYPE.as_str()), body)?;
        return post(simulator, &route, &form);
    }
    match (&route, &head.method) {
        (Route::Service(sid), &Method::DELETE) => services::delete(simulator, sid),
        (Route::Service(sid), _) => services::fetch(simulator, sid),
        (Route::Verification(service, target), _) => {
            verifications::fetch(simulator, service, target)
        }
        _ => {
            let query = Form::decode(head.uri.query().unwrap_or_default().as_bytes())?;
            services::list(simulator, &query)
        }
    }
}

fn post(simulator: &Simulator, route: &Route, form: &Form<'_>) -> Result<Reply, Rejection> {
    match route {
        Route::Services => services::create(simulator, form),
        Route::Service(sid) => services::update(simulator, sid, form),
        Route::Verifications(service) => verifications::create(simulator, service, form),
        Route::Verification(service, target) => {
            verifications::update(simulator, service, target, form)
        }
        Route::VerificationCheck(service) => verifications::check(simulator, service, form),
    }
}

/// Reads on past the limit for a while, so that the client is there to hear the answer.
async fn read(body: Body) -> Result<Bytes, Rejection> {
    let body = to_bytes(body, 8 * BODY_LIMIT).await.map_err(|_| Rejection::TooLarge)?;
    if body.len() < BODY_LIMIT { Ok(body) } else { Err(Rejection::TooLarge) }
}

fn header<'a>(head: &'a Parts, name: &str) -> &'a [u8] {
    head.headers.get(name).map(HeaderValue::as_bytes).unwrap_or_default()
}

fn received(head: &Parts, reply: &Reply) -> ReceivedRequest {
    let mut path = head.uri.path().to_owned();
    if let Some(query) = head.uri.query() {
        // Writing to a `String` cannot fail.
        let _ = write!(path, "?{query}");
    }
    ReceivedRequest { method: head.method.to_string(), path, status: reply.status() }
}

const BODY_LIMIT: usize = 1_000_000;
