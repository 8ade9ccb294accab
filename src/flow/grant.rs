//! The one door into a full session.

use std::time::SystemTime;

use crate::{Channel, NextPath, UserId, store::SecurityStamp};

/// Proof that a login may be completed. Let the function of your application that makes a full
/// session take one by value: then every way to log in comes through [`MfaFlow`](crate::MfaFlow).
///
/// Only this crate can make a grant. It is good for one login: it cannot be cloned, stored or sent.
/// Rotate the session id when you use it.
///
/// ```compile_fail,E0451
/// # fn forged(user: verify_mfa::UserId) -> verify_mfa::flow::LoginGrant {
/// verify_mfa::flow::LoginGrant { user, ..todo!() }
/// # }
/// ```
///
/// ```compile_fail,E0599
/// fn twice(grant: verify_mfa::flow::LoginGrant) -> [verify_mfa::flow::LoginGrant; 2] {
///     [grant.clone(), grant]
/// }
/// ```
///
/// ```compile_fail,E0277
/// fn from_the_wire(json: &str) -> verify_mfa::flow::LoginGrant {
///     serde_json::from_str(json).unwrap()
/// }
/// ```
///
/// ```compile_fail,E0277
/// fn to_the_wire(grant: &verify_mfa::flow::LoginGrant) -> String {
///     serde_json::to_string(grant).unwrap()
/// }
/// ```
#[derive(Debug)]
#[must_use = "the user is logged in when the grant is used"]
pub struct LoginGrant {
    pub(super) user: UserId,
    pub(super) method: Method,
    pub(super) at: SystemTime,
    pub(super) stamp: SecurityStamp,
    pub(super) next: Option<NextPath>,
    pub(super) remember: bool,
}

/// Proof that the user has just given a fresh code for one action of the application's own. Let the
/// function that performs the action take one by value.
///
/// Only this crate can make one. It is good once, for its action, within five minutes.
///
/// ```compile_fail,E0599
/// fn twice(step_up: verify_mfa::flow::StepUp) -> [verify_mfa::flow::StepUp; 2] {
///     [step_up.clone(), step_up]
/// }
/// ```
///
/// ```compile_fail,E0451
/// # fn forged(user: verify_mfa::UserId) -> verify_mfa::flow::StepUp {
/// verify_mfa::flow::StepUp { user, ..todo!() }
/// # }
/// ```
///
/// ```compile_fail,E0277
/// fn over_the_wire(step_up: &verify_mfa::flow::StepUp) -> verify_mfa::flow::StepUp {
///     serde_json::from_str(&serde_json::to_string(step_up).unwrap()).unwrap()
/// }
/// ```
#[derive(Debug)]
#[must_use = "the action is allowed when the step-up is used"]
pub struct StepUp {
    pub(super) user: UserId,
    pub(super) action: String,
    pub(super) until: SystemTime,
    pub(super) stamp: SecurityStamp,
}

impl StepUp {
    /// Who gave the code.
    pub fn user(&self) -> &UserId {
        &self.user
    }

    /// What the code was asked for.
    pub fn action(&self) -> &str {
        &self.action
    }

    /// When it is no longer good, by the state store's clock.
    pub fn until(&self) -> SystemTime {
        self.until
    }

    /// The user's security stamp when the code was given. Compare it with the user's before the action:
    /// when they differ, the password or the phone was changed meanwhile, and the action is not allowed.
    pub fn stamp(&self) -> &SecurityStamp {
        &self.stamp
    }

    /// Uses it up, and tells whether it allows `action` of `user` at `now`.
    pub fn allows(self, user: &UserId, action: &str, now: SystemTime) -> bool {
        self.user == *user && self.action == action && now < self.until
    }
}

/// How the user authenticated.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Method {
    /// With the first factor only: two-factor login is not on.
    FirstFactor,
    /// With the first factor and a code that was sent by this channel.
    Code(Channel),
}

impl LoginGrant {
    /// Who logs in.
    pub fn user(&self) -> &UserId {
        &self.user
    }

    /// How the user authenticated.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// When, by the state store's clock.
    pub fn at(&self) -> SystemTime {
        self.at
    }

    /// The user's security stamp at this login. Keep it in the session and compare it with the
    /// user's at every request: when they differ, the session is over.
    pub fn stamp(&self) -> &SecurityStamp {
        &self.stamp
    }

    /// Where to go, as given when the challenge began.
    pub fn next(&self) -> Option<&NextPath> {
        self.next.as_ref()
    }

    /// Whether to remember the session, as given when the challenge began.
    pub fn remember(&self) -> bool {
        self.remember
    }
}
