//! The flow and the verbs that begin something.

use std::{fmt, sync::Arc};

use crate::{
    Channel, Error, PhoneNumber, ServiceClient, UserId,
    store::{MemoryState, StateStore, UserFactors, UserStore},
};

use super::{
    Action, Challenge, Decision, Enroll, EventSink, Login, LoginGrant, Method, Policy, Refusal,
    RiskAssessment, Session, Started, StateKey,
    challenge::Purpose,
    send::Wanted,
    state::{Stop, store_error},
};

/// Enrolls phones, challenges them at login and approves codes. Clones share everything.
///
/// `Ok` is whatever the person, the policy or Twilio decided; `Err` means that this could not be
/// found out, and never lets anyone in.
///
/// ```
/// # #[cfg(feature = "sandbox")]
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use verify_mfa::{Channel, Country, MfaFlow, PhoneNumber, UserId};
/// use verify_mfa::flow::{Approval, Countries, Decision, Login, Policy, Session, Started};
/// use verify_mfa::sandbox::Sandbox;
/// use verify_mfa::store::MemoryUsers;
///
/// let sandbox = Sandbox::start().await?;
/// let user = UserId::new("ada")?;
/// let users = MemoryUsers::default();
/// users.insert(&user);
/// let mfa = MfaFlow::new(sandbox.service(), users, Policy::new(Countries::only([Country::US])));
///
/// let session = Session::new("16 random bytes or more, kept in the session")?;
/// let phone = PhoneNumber::parse("+1 415 555 0100")?;
/// let Started::Challenged(challenge) =
///     mfa.enroll(&user, &session, &phone, Channel::Sms).await? else { panic!() };
/// let code = sandbox.code_for(&phone).unwrap();
/// let approval = mfa.approve(&challenge.id, &session, &code).await?;
/// assert!(matches!(approval, Approval::Enrolled { .. }));
///
/// let Decision::Challenged(challenge) =
///     mfa.challenge(&user, &session, Login::new()).await? else { panic!() };
/// let code = sandbox.code_for(&phone).unwrap();
/// let approval = mfa.approve(&challenge.id, &session, &code).await?;
/// assert!(matches!(approval, Approval::LoggedIn(grant) if *grant.user() == user));
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "sandbox"))]
/// # fn main() {}
/// ```
#[derive(Clone)]
pub struct MfaFlow(pub(super) Arc<Parts>);

#[derive(Clone)]
pub(super) struct Parts {
    pub(super) verify: ServiceClient,
    pub(super) enroll: Option<ServiceClient>,
    pub(super) users: Arc<dyn UserStore>,
    pub(super) state: Arc<dyn StateStore>,
    pub(super) key: Option<StateKey>,
    pub(super) policy: Policy,
    pub(super) events: Option<Arc<dyn EventSink>>,
    pub(super) risk: Option<Arc<dyn RiskAssessment>>,
}

impl MfaFlow {
    /// A flow that keeps pending challenges in the memory of this process. Make one per process.
    pub fn new(verify: ServiceClient, users: impl UserStore, policy: Policy) -> Self {
        let (users, state) = (Arc::new(users), Arc::new(MemoryState::new()));
        // Without randomness the flow refuses to begin anything.
        let key = StateKey::random().ok();
        let (enroll, events, risk) = (None, None, None);
        Self(Arc::new(Parts { verify, enroll, users, state, key, policy, events, risk }))
    }

    /// The same flow with a Verify service of its own for enrollments. Twilio sends one code to a
    /// phone within a service: with a second one, a stranger who tries to enroll somebody's phone
    /// cannot use up the messages and checks of its owner's logins.
    #[must_use]
    pub fn with_enroll_service(self, service: ServiceClient) -> Self {
        self.with(|parts| parts.enroll = Some(service))
    }

    /// The same flow with its pending challenges elsewhere: in a store that several nodes share, or
    /// on another clock. All nodes need the same key.
    #[must_use]
    pub fn with_state(self, state: impl StateStore, key: StateKey) -> Self {
        self.with(|parts| {
            parts.state = Arc::new(state);
            parts.key = Some(key);
        })
    }

    pub(super) fn with(self, change: impl FnOnce(&mut Parts)) -> Self {
        let mut parts = Arc::unwrap_or_clone(self.0);
        change(&mut parts);
        Self(Arc::new(parts))
    }

    /// Begins to make `phone` the user's second factor: **sends a code to it, which costs money**,
    /// unless the same session is waiting for one already. Nothing changes before the code is
    /// approved. `how` is a [`Channel`] or an [`Enroll`]. Ask for it only in a session whose user has
    /// just given the first factor.
    ///
    /// # Errors
    /// When the store or Twilio could not be asked, or it is unknown whether a code was sent: see
    /// [`Error`].
    pub async fn enroll(
        &self,
        user: &UserId,
        session: &Session,
        phone: &PhoneNumber,
        how: impl Into<Enroll>,
    ) -> Result<Started, Error> {
        let started = self.begin_enroll(user, session, phone, how.into()).await;
        Stop::answer(started.map(Started::Challenged), Started::Refused)
    }

    /// Decides how a login goes on after the first factor was right: with a grant when the user has
    /// no second factor, and otherwise by **sending a code, which costs money**, unless the same
    /// session is waiting for one already.
    ///
    /// # Errors
    /// As for [`enroll`](Self::enroll). A user that the [`UserStore`] does not have is an error too.
    pub async fn challenge(
        &self,
        user: &UserId,
        session: &Session,
        login: Login,
    ) -> Result<Decision, Error> {
        Stop::answer(self.decide_login(user, session, login).await, Decision::Refused)
    }

    /// Begins an action that needs a fresh code: **sends one, which costs money**, unless the same
    /// session is waiting for one already. Approving the code performs the action.
    ///
    /// # Errors
    /// As for [`enroll`](Self::enroll).
    pub async fn step_up(
        &self,
        user: &UserId,
        session: &Session,
        action: Action,
        channel: Channel,
    ) -> Result<Started, Error> {
        let started = self.begin_step_up(user, session, action, channel).await;
        Stop::answer(started.map(Started::Challenged), Started::Refused)
    }

    /// Whether two-factor login is on for the user.
    ///
    /// # Errors
    /// [`Error::Store`] when it cannot be found out, also when there is no such user.
    pub async fn is_enrolled(&self, user: &UserId) -> Result<bool, Error> {
        self.factors(user).await.map(|factors| factors.phone.is_some())
    }

    async fn begin_enroll(
        &self,
        user: &UserId,
        session: &Session,
        phone: &PhoneNumber,
        how: Enroll,
    ) -> Result<Challenge, Stop> {
        let Enroll { channel, notice_acknowledged } = how;
        if self.0.policy.notice && !notice_acknowledged {
            return Err(Refusal::NoticeRequired.into());
        }
        let UserFactors { phone: None, stamp } = self.factors(user).await? else {
            return Err(Refusal::AlreadyEnrolled.into());
        };
        let purpose = Purpose::Enroll { notice_acknowledged };
        let wanted = Wanted { purpose, phone: phone.clone(), stamp, channel };
        self.begin(user, session, wanted).await
    }

    async fn decide_login(
        &self,
        user: &UserId,
        session: &Session,
        login: Login,
    ) -> Result<Decision, Stop> {
        let UserFactors { phone, stamp } = self.factors(user).await?;
        let Login { next, remember, channel } = login;
        let Some(phone) = phone else {
            let at = self.now(user).await?;
            self.tell_first_factor(user, at);
            let (user, method) = (user.clone(), Method::FirstFactor);
            return Ok(Decision::NotEnrolled(LoginGrant {
                user,
                method,
                at,
                stamp,
                next,
                remember,
            }));
        };
        let purpose = Purpose::Login { next, remember };
        let wanted = Wanted { purpose, phone, stamp, channel };
        self.begin(user, session, wanted).await.map(Decision::Challenged)
    }

    async fn begin_step_up(
        &self,
        user: &UserId,
        session: &Session,
        action: Action,
        channel: Channel,
    ) -> Result<Challenge, Stop> {
        let UserFactors { phone, stamp } = self.factors(user).await?;
        let phone = phone.ok_or(Refusal::NotEnrolled)?;
        let purpose = match action {
            Action::Disable => Purpose::Disable,
            Action::Other(action) => Purpose::StepUp(action),
            Action::ChangePhone(new) if new == phone => return Err(Refusal::AlreadyEnrolled.into()),
            Action::ChangePhone(new) => {
                self.0.policy.check_phone(&new)?;
                Purpose::ChangePhone { to: self.key()?.seal(&new) }
            }
        };
        self.begin(user, session, Wanted { purpose, phone, stamp, channel }).await
    }

    /// The user's factors. No such user is an error, so that nobody is let in by a missing row.
    pub(super) async fn factors(&self, user: &UserId) -> Result<UserFactors, Error> {
        let factors = self.0.users.load(user).await.map_err(store_error("load the user"))?;
        factors.ok_or_else(|| store_error("find the user")("there is no such user".into()))
    }

    /// The service that verifies phones for `purpose`.
    pub(super) fn service(&self, purpose: &Purpose) -> &ServiceClient {
        let enroll = self.0.enroll.as_ref().filter(|_| purpose.is_claim());
        enroll.unwrap_or(&self.0.verify)
    }
}

impl fmt::Debug for MfaFlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MfaFlow")
            .field("service", self.0.verify.sid())
            .field("policy", &self.0.policy)
            .finish_non_exhaustive()
    }
}
