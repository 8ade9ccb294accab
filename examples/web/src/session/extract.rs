//! Who makes a request, found in its session.

use std::net::SocketAddr;

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::request::Parts,
};
use tower_sessions::Session;

use super::{
    data::{LoginState, SessionData},
    visitor::{DATA, Visitor},
};
use crate::{app::App, caller, messages::Language, page_error::PageError};

impl FromRequestParts<App> for Visitor {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let session = parts.extensions.get::<Session>().cloned().ok_or(PageError::Internal)?;
        let ConnectInfo(peer) = ConnectInfo::<SocketAddr>::from_request_parts(parts, app).await?;
        let caller = caller::address(peer.ip(), &parts.headers, app.proxy);
        let language = Language::of(&parts.headers);
        let data = match session.get::<SessionData>(DATA).await? {
            Some(data) if !data.login.is_over(app.now()) => data,
            _ => SessionData::new()?,
        };
        let mut visitor = Self { language, caller, session, data, user: None };
        if let LoginState::Full { user, stamp, .. } = &visitor.data.login {
            match app.users.by_id(user).await? {
                Some((user, current)) if current == *stamp => visitor.user = Some(user),
                _ => visitor.data = SessionData::new()?,
            }
        }
        Ok(visitor)
    }
}
