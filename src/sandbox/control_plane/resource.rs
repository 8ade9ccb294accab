//! What there is, and what can be done with it.

use axum::http::{Method, StatusCode};

use super::reply::Problem;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Resource {
    Page,
    Events,
    Messages,
    Requests,
    Clock,
    Faults,
    Fault(u64),
    Reset,
}

impl Resource {
    pub(super) fn find(path: &str) -> Result<Self, Problem> {
        Ok(match path {
            "/" => Self::Page,
            "/sandbox/events" => Self::Events,
            "/sandbox/messages" => Self::Messages,
            "/sandbox/requests" => Self::Requests,
            "/sandbox/clock" => Self::Clock,
            "/sandbox/faults" => Self::Faults,
            "/sandbox/reset" => Self::Reset,
            _ => Self::Fault(fault_id(path).ok_or_else(unknown)?),
        })
    }

    pub(super) fn allow(self, method: &Method) -> Result<(), Problem> {
        let allowed = match self {
            Self::Page | Self::Events | Self::Messages | Self::Requests => "GET",
            Self::Clock => "GET, POST",
            Self::Faults => "GET, POST, DELETE",
            Self::Fault(_) => "DELETE",
            Self::Reset => "POST",
        };
        let is_allowed = allowed.split(", ").any(|allowed| allowed == method.as_str());
        if is_allowed { Ok(()) } else { Err(Problem::method(allowed)) }
    }
}

fn fault_id(path: &str) -> Option<u64> {
    path.strip_prefix("/sandbox/faults/")?.parse().ok()
}

fn unknown() -> Problem {
    let paths = "/sandbox/messages, requests, clock, faults, reset and events";
    Problem::new(StatusCode::NOT_FOUND, format!("There is no such path; there are {paths}."))
}
