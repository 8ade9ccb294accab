//! What all requests share.

use std::{net::IpAddr, sync::Arc, time::SystemTime};

use sqlx::SqlitePool;
use verify_mfa::{BoxError, Clock, Country, MfaFlow, PhoneNumber, store::SqliteState};

use crate::{
    attempts::Counters, config::Config, country_picker::CountryPicker, database::Database,
    events::Events, password::Passwords, provider::Provider, users::Users,
};

/// The application. Clones share everything.
#[derive(Clone)]
pub struct App {
    pub(crate) mfa: MfaFlow,
    pub(crate) users: Users,
    pub(crate) passwords: Passwords,
    pub(crate) counters: Counters,
    pub(crate) events: Events,
    pub(crate) pool: SqlitePool,
    pub(crate) countries: Arc<[Country]>,
    /// The address of the sandbox's page, when there is one.
    pub(crate) inbox: Option<Arc<str>>,
    pub(crate) picker: CountryPicker,
    pub(crate) proxy: Option<IpAddr>,
    pub(crate) is_secure: bool,
    /// As browsers name it.
    pub(crate) origin: Arc<str>,
    clock: Arc<dyn Clock>,
}

impl App {
    /// Opens the database and checks that the Verify services are as the rules want them.
    ///
    /// # Errors
    /// When one of them is not as it has to be.
    pub async fn start(config: Config, provider: &Provider) -> Result<Self, BoxError> {
        let Database { pool, phone_key, state_key, attempts_key } =
            Database::open(config.database.as_deref()).await?;
        let clock = provider.clock();
        let state = SqliteState::new(pool.clone()).with_clock(SharedClock(Arc::clone(&clock)));
        state.migrate().await?;
        let users = Users::open(pool.clone(), phone_key).await?;
        let events = Events::start(pool.clone());
        let is_secure = config.is_secure();
        let mfa = MfaFlow::new(provider.service(), users.factors.clone(), config.policy)
            .with_state(state, state_key)
            .with_events(events.clone());
        let mfa = match provider.enroll_service(config.enroll_service).await? {
            Some(service) => mfa.with_enroll_service(service),
            None => mfa,
        };
        mfa.check_configuration().await?;
        PhoneNumber::warm_up();
        Ok(Self {
            mfa,
            users,
            passwords: Passwords::new(config.password_cost)?,
            counters: Counters::new(pool.clone(), attempts_key, config.attempts),
            events,
            pool,
            countries: config.countries.into(),
            inbox: provider.inbox().map(Into::into),
            picker: CountryPicker::find(),
            proxy: config.proxy,
            is_secure,
            origin: config.public_url.origin().ascii_serialization().into(),
            clock,
        })
    }

    /// The time by which codes expire.
    pub(crate) fn now(&self) -> SystemTime {
        self.clock.now()
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App").finish_non_exhaustive()
    }
}

#[derive(Debug)]
struct SharedClock(Arc<dyn Clock>);

impl Clock for SharedClock {
    fn now(&self) -> SystemTime {
        self.0.now()
    }
}
