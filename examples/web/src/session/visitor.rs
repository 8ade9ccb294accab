//! Whoever makes a request.

use std::{
    net::{IpAddr, SocketAddr},
    time::SystemTime,
};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::request::Parts,
};
use time::Duration;
use tower_sessions::{Expiry, Session};
use verify_mfa::{UserId, flow::LoginGrant, flow::Session as MfaSession};

use super::kept::{Kept, Pending, Standing};
use crate::{app::App, caller, csrf, messages::Language, trouble::Trouble, users::User};

pub(crate) struct Visitor {
    pub(crate) language: Language,
    pub(crate) caller: IpAddr,
    session: Session,
    kept: Kept,
    user: Option<User>,
}

impl Visitor {
    /// The session in which two-factor login sees this visitor.
    pub(crate) fn mfa_session(&self) -> Result<MfaSession, verify_mfa::Error> {
        let session = MfaSession::new(self.kept.secret)?.caller(self.caller);
        Ok(match self.kept.standing {
            Standing::Full { authenticated_at, .. } => session.authenticated_at(authenticated_at),
            _ => session,
        })
    }

    /// What this session is counted as. It stays when the session's id changes.
    pub(crate) fn secret(&self) -> &[u8] {
        &self.kept.secret
    }

    pub(crate) fn pending(&self) -> Option<&Pending> {
        self.kept.pending.as_ref()
    }

    pub(crate) fn csrf(&self) -> &csrf::Secret {
        &self.kept.csrf
    }

    pub(crate) fn standing(&self) -> &Standing {
        &self.kept.standing
    }

    /// Who is logged in.
    pub(crate) fn user(&self) -> Option<&User> {
        self.user.as_ref()
    }

    pub(crate) async fn wait_for(&mut self, pending: Option<Pending>) -> Result<(), Trouble> {
        self.kept.pending = pending;
        self.save().await
    }

    /// The password was right. Whoever knew this session before does not know it any more.
    pub(crate) async fn first_factor(
        &mut self,
        user: &UserId,
        at: SystemTime,
    ) -> Result<(), Trouble> {
        let before = std::mem::replace(&mut self.kept, Kept::new()?);
        // Whoever comes back goes on with the challenge that waits, and is sent no second code.
        if matches!(before.standing, Standing::FirstFactor { user: same, .. } if same == *user) {
            self.kept.secret = before.secret;
        }
        self.kept.standing = Standing::FirstFactor { user: user.clone(), at };
        self.rotate().await
    }

    /// The one door into a full session: whoever comes through has a grant, and only the library
    /// makes one.
    pub(crate) async fn log_in(&mut self, grant: LoginGrant) -> Result<(), Trouble> {
        let authenticated_at = match self.kept.standing {
            Standing::FirstFactor { at, .. } => at,
            _ => grant.at(),
        };
        let (user, stamp) = (grant.user().clone(), grant.stamp().clone());
        let remember = grant.remember();
        self.kept.standing = Standing::Full { user, stamp, authenticated_at, remember };
        self.kept.pending = None;
        self.rotate().await
    }

    /// The password was given once more.
    pub(crate) async fn confirm(&mut self, at: SystemTime) -> Result<(), Trouble> {
        if let Standing::Full { authenticated_at, .. } = &mut self.kept.standing {
            *authenticated_at = at;
        }
        self.rotate().await
    }

    /// The second factor is another one now. This session goes on with the new stamp, all others are
    /// over.
    pub(crate) async fn factor_changed(&mut self, app: &App) -> Result<(), Trouble> {
        self.kept.pending = None;
        if let Standing::Full { user, stamp, .. } = &mut self.kept.standing
            && let Some((_, current)) = app.users.by_id(user).await?
        {
            *stamp = current;
        }
        self.rotate().await
    }

    pub(crate) async fn log_out(&mut self) -> Result<(), Trouble> {
        Ok(self.session.flush().await?)
    }

    async fn rotate(&mut self) -> Result<(), Trouble> {
        self.session.cycle_id().await?;
        self.save().await
    }

    /// What is not remembered ends with the browser too.
    async fn save(&mut self) -> Result<(), Trouble> {
        self.session.insert(KEPT, &self.kept).await?;
        self.session.set_expiry(Some(match self.kept.standing {
            Standing::Full { remember: true, .. } => Expiry::OnInactivity(Duration::days(30)),
            Standing::Full { .. } => Expiry::OnSessionEnd,
            _ => Expiry::OnInactivity(Duration::hours(1)),
        }));
        Ok(())
    }
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Trouble> {
        let session = parts.extensions.get::<Session>().cloned().ok_or(Trouble::Internal)?;
        let ConnectInfo(peer) = ConnectInfo::<SocketAddr>::from_request_parts(parts, app).await?;
        let caller = caller::address(peer.ip(), &parts.headers, app.proxy);
        let language = Language::of(&parts.headers);
        let kept = match session.get::<Kept>(KEPT).await? {
            Some(kept) if !kept.standing.is_over(app.now()) => kept,
            _ => Kept::new()?,
        };
        let mut visitor = Self { language, caller, session, kept, user: None };
        if let Standing::Full { user, stamp, .. } = &visitor.kept.standing {
            match app.users.by_id(user).await? {
                Some((user, current)) if current == *stamp => visitor.user = Some(user),
                _ => visitor.kept = Kept::new()?,
            }
        }
        Ok(visitor)
    }
}

impl Visitor {
    /// Before a form is shown: the session that its token belongs to has to be there.
    pub(crate) async fn keep(&mut self) -> Result<(), Trouble> {
        match self.session.get::<Kept>(KEPT).await? {
            Some(kept) if kept.csrf == self.kept.csrf => Ok(()),
            _ => self.rotate().await,
        }
    }
}

const KEPT: &str = "kept";
