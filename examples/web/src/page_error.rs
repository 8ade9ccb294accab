//! When there is no page to show.

use std::error::Error;

use axum::{
    extract::Request,
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{messages::Language, pages};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PageError {
    NotFound,
    NotAllowed,
    BadRequest,
    /// The form is not one of this session's.
    Forged,
    /// Ours.
    Internal,
}

impl PageError {
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::NotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::Forged => StatusCode::FORBIDDEN,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::NotFound => "error.404",
            Self::NotAllowed => "error.405",
            Self::BadRequest => "error.400",
            Self::Forged => "error.403",
            Self::Internal => "error.500",
        }
    }
}

/// An error of ours is for the log. It holds no code, no phone and no password.
impl<E: Into<verify_mfa::BoxError>> From<E> for PageError {
    fn from(error: E) -> Self {
        let error: verify_mfa::BoxError = error.into();
        let error: &(dyn Error + 'static) = error.as_ref();
        tracing::error!(error, "a request failed");
        Self::Internal
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Says what went wrong, in the visitor's language.
pub(crate) async fn explain(request: Request, next: Next) -> Response {
    let language = Language::of(request.headers());
    let response = next.run(request).await;
    match response.extensions().get::<PageError>() {
        Some(error) => pages::error(*error, language),
        None => response,
    }
}
