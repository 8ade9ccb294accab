//! Whoever makes a request.

use std::{net::IpAddr, time::SystemTime};

use time::Duration;
use tower_sessions::{Expiry, Session};
use verify_mfa::{
    UserId,
    flow::{LoginGrant, Session as MfaSession},
    store::SecurityStamp,
};

use super::data::{LoginState, Pending, SessionData};
use crate::{csrf, messages::Language, page_error::PageError, users::User};

pub(crate) struct Visitor {
    pub(crate) language: Language,
    pub(crate) caller: IpAddr,
    pub(super) session: Session,
    pub(super) data: SessionData,
    pub(super) user: Option<User>,
}

impl Visitor {
    /// The session in which two-factor login sees this visitor.
    pub(crate) fn mfa_session(&self) -> Result<MfaSession, verify_mfa::Error> {
        let session = MfaSession::new(self.data.secret)?.caller(self.caller);
        Ok(match self.data.login {
            LoginState::Full { authenticated_at, .. } => session.authenticated_at(authenticated_at),
            _ => session,
        })
    }

    /// What this session is counted as. It stays when the session's id changes.
    pub(crate) fn secret(&self) -> &[u8] {
        &self.data.secret
    }

    pub(crate) fn pending(&self) -> Option<&Pending> {
        self.data.pending.as_ref()
    }

    pub(crate) fn csrf(&self) -> &csrf::Secret {
        &self.data.csrf
    }

    pub(crate) fn login(&self) -> &LoginState {
        &self.data.login
    }

    /// Who is logged in.
    pub(crate) fn user(&self) -> Option<&User> {
        self.user.as_ref()
    }

    pub(crate) async fn set_pending(&mut self, pending: Option<Pending>) -> Result<(), PageError> {
        self.data.pending = pending;
        self.save().await
    }

    /// The password was right. Whoever knew this session before does not know it any more.
    pub(crate) async fn first_factor(
        &mut self,
        user: &UserId,
        at: SystemTime,
    ) -> Result<(), PageError> {
        let before = std::mem::replace(&mut self.data, SessionData::new()?);
        // Whoever comes back goes on with the challenge that waits, and is sent no second code.
        if matches!(before.login, LoginState::FirstFactor { user: same, .. } if same == *user) {
            self.data.secret = before.secret;
        }
        self.data.login = LoginState::FirstFactor { user: user.clone(), at };
        self.rotate().await
    }

    /// The one door into a full session: whoever comes through has a grant, and only the library
    /// makes one.
    pub(crate) async fn log_in(&mut self, grant: LoginGrant) -> Result<(), PageError> {
        let authenticated_at = match self.data.login {
            LoginState::FirstFactor { at, .. } => at,
            _ => grant.at(),
        };
        let (user, stamp) = (grant.user().clone(), grant.stamp().clone());
        let remember = grant.remember();
        self.data.login = LoginState::Full { user, stamp, authenticated_at, remember };
        self.data.pending = None;
        self.rotate().await
    }

    /// The password was given once more.
    pub(crate) async fn confirm(&mut self, at: SystemTime) -> Result<(), PageError> {
        if let LoginState::Full { authenticated_at, .. } = &mut self.data.login {
            *authenticated_at = at;
        }
        self.rotate().await
    }

    /// The second factor is another one now. This session goes on with the stamp that came with it, all
    /// others are over. So is this one if somebody has logged out everywhere meanwhile.
    pub(crate) async fn factor_changed(&mut self, next: SecurityStamp) -> Result<(), PageError> {
        self.data.pending = None;
        if let LoginState::Full { stamp, .. } = &mut self.data.login {
            *stamp = next;
        }
        self.rotate().await
    }

    pub(crate) async fn log_out(&mut self) -> Result<(), PageError> {
        Ok(self.session.flush().await?)
    }

    /// Before a form is shown: the session that its token belongs to has to be there.
    pub(crate) async fn keep(&mut self) -> Result<(), PageError> {
        match self.session.get::<SessionData>(DATA).await? {
            Some(data) if data.csrf == self.data.csrf => Ok(()),
            _ => self.rotate().await,
        }
    }

    async fn rotate(&mut self) -> Result<(), PageError> {
        self.session.cycle_id().await?;
        self.save().await
    }

    /// What is not remembered ends with the browser too.
    async fn save(&mut self) -> Result<(), PageError> {
        self.session.insert(DATA, &self.data).await?;
        self.session.set_expiry(Some(match self.data.login {
            LoginState::Full { remember: true, .. } => Expiry::OnInactivity(Duration::days(30)),
            LoginState::Full { .. } => Expiry::OnSessionEnd,
            _ => Expiry::OnInactivity(Duration::hours(1)),
        }));
        Ok(())
    }
}

pub(super) const DATA: &str = "data";
