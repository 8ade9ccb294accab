//! The HTTP face: Twilio's wire format around the rules.

mod call;
mod error;
mod form;
mod line;
mod meet;
mod page;
mod parameters;
mod reply;
mod route;
mod services;
mod settings;
mod sna;
mod verifications;
mod view;

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, Bytes, HttpBody},
    extract::{ConnectInfo, Request, State, connect_info::IntoMakeServiceWithConnectInfo},
    http::{request::Parts, uri::PathAndQuery},
    response::Response,
};
use futures_util::StreamExt;
pub(super) use line::Lines;

use self::{call::Call, error::Rejection, line::Cut, meet::Answer};
use super::{request::ReceivedRequest, simulator::Simulator};
use crate::Operation;

/// Every path and method that `others` does not have comes here, so that every answer has Twilio's
/// shape.
pub(super) fn service(
    simulator: Arc<Simulator>,
    others: Router,
) -> IntoMakeServiceWithConnectInfo<Router, Cut> {
    let router = Router::new().fallback(answer).with_state(simulator).merge(others);
    router.into_make_service_with_connect_info()
}

async fn answer(
    State(simulator): State<Arc<Simulator>>,
    ConnectInfo(line): ConnectInfo<Cut>,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let body = read(body).await;
    let call = body.as_ref().map_err(Rejection::clone);
    let call = call.and_then(|body| Call::read(&simulator, &head, body));
    let operation = call.as_ref().ok().and_then(Call::operation);
    let mut faults = call.as_ref().map(|call| meet::faults(&simulator, call)).unwrap_or_default();
    faults.wait_before().await;
    let answer = faults.answer(|| {
        let reply = call.and_then(|call| call.respond(&simulator));
        reply.unwrap_or_else(|rejection| rejection.reply(head.uri.path()))
    });
    let request_id = record(&simulator, &head, operation, &answer);
    faults.wait_after().await;
    answer.into_response(&request_id, &simulator, &line)
}

/// Reads on past the limit for a while, so that the client is there to hear the answer.
async fn read(body: Body) -> Result<Bytes, Rejection> {
    // Who announces more than that, and sends nothing, would wait for ever.
    if body.size_hint().lower() > READ_LIMIT {
        return Err(Rejection::TooLarge);
    }
    let (mut read, mut chunks) = (Vec::new(), body.into_data_stream());
    while let Some(chunk) = chunks.next().await {
        read.extend_from_slice(&chunk.map_err(|_| Rejection::NotHttp)?);
        if read.len() as u64 > READ_LIMIT {
            return Err(Rejection::TooLarge);
        }
    }
    if read.len() < BODY_LIMIT { Ok(read.into()) } else { Err(Rejection::TooLarge) }
}

fn record(
    simulator: &Simulator,
    head: &Parts,
    operation: Option<Operation>,
    answer: &Answer,
) -> String {
    let path = head.uri.path_and_query().map_or("", PathAndQuery::as_str);
    let received = ReceivedRequest {
        method: head.method.to_string(),
        path: path.chars().take(PATH_KEPT).collect(),
        operation,
        status: answer.status(),
        received_at: simulator.now(),
    };
    tracing::debug!(request = ?received, "sandbox request");
    let request_id = simulator.account().record(received);
    simulator.announce();
    request_id
}

const BODY_LIMIT: usize = 1_000_000;
const READ_LIMIT: u64 = 8_000_000;
const PATH_KEPT: usize = 1_000;
