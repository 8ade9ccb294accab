//! What a person or a test in another language does with a sandbox besides being its client: the
//! page, and the same as JSON.

mod endpoints;
mod events;
mod fault;
mod guard;
mod page;
mod reply;
mod resource;
mod view;

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{Method, StatusCode, request::Parts},
    response::Response,
    routing::any,
};

use self::{reply::Problem, resource::Resource};
use super::simulator::Simulator;

/// `/` and everything under `/sandbox`.
pub(super) fn router(simulator: Arc<Simulator>) -> Router {
    let paths = ["/", "/sandbox", "/sandbox/", "/sandbox/{*rest}"];
    let router = paths.iter().fold(Router::new(), |router, path| router.route(path, any(answer)));
    router.with_state(simulator)
}

async fn answer(State(simulator): State<Arc<Simulator>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    respond(&simulator, &head, body).await.unwrap_or_else(Problem::into_response)
}

async fn respond(
    simulator: &Arc<Simulator>,
    head: &Parts,
    body: Body,
) -> Result<Response, Problem> {
    guard::admit(head, &simulator.base_url)?;
    let resource = Resource::find(head.uri.path())?;
    resource.allow(&head.method)?;
    let body = read(body).await?;
    let query = head.uri.query().unwrap_or_default();
    match (resource, &head.method) {
        (Resource::Page, _) => Ok(page::show()),
        (Resource::Events, _) => Ok(events::stream(simulator)),
        (Resource::Messages, _) => endpoints::messages(simulator, query),
        (Resource::Requests, _) => Ok(endpoints::requests(simulator)),
        (Resource::Clock, &Method::POST) => endpoints::advance(simulator, &body),
        (Resource::Clock, _) => Ok(endpoints::clock(simulator)),
        (Resource::Faults, &Method::POST) => endpoints::inject(simulator, &body),
        (Resource::Faults, &Method::DELETE) => Ok(endpoints::remove_all(simulator)),
        (Resource::Faults, _) => Ok(endpoints::faults(simulator)),
        (Resource::Fault(id), _) => endpoints::remove(simulator, id),
        (Resource::Reset, _) => Ok(endpoints::reset(simulator)),
    }
}

async fn read(body: Body) -> Result<Bytes, Problem> {
    let body = to_bytes(body, BODY_LIMIT).await;
    body.map_err(|_| Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "The body is too large."))
}

const BODY_LIMIT: usize = 1_000_000;
