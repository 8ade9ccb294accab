//! The running application, its sandbox and the people who use it.

use std::{io, net::SocketAddr, time::Duration};

use argon2::Params;
use tokio::{net::TcpListener, task::JoinSet};
use verify_mfa::{Operation, PhoneNumber, sandbox::Sandbox};
use verify_mfa_web::{App, Config, Provider, router};

use crate::browser::{Browser, Shown};

pub(crate) const PASSWORD: &str = "correct horse battery";
pub(crate) const PHONE: &str = "+1 415 555 0100";
pub(crate) const OTHER_PHONE: &str = "+1 415 555 0101";

pub(crate) struct World {
    pub(crate) provider: Provider,
    pub(crate) site: SocketAddr,
    /// Ends with the world.
    _server: JoinSet<io::Result<()>>,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let provider = Provider::Sandbox(Sandbox::start().await.expect("a loopback port"));
        let mut config = Config::new("http://localhost".parse().expect("a URL")).expect("a config");
        // What a password costs is not what is tested.
        config.password_cost = Params::new(8, 1, 1, None).expect("a cost");
        change(&mut config);
        let app = App::start(config, &provider).await.expect("the application");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a loopback port");
        let site = listener.local_addr().expect("an address");
        let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
        let mut server = JoinSet::new();
        server.spawn(axum::serve(listener, service).into_future());
        Self { provider, site, _server: server }
    }

    pub(crate) fn sandbox(&self) -> &Sandbox {
        match &self.provider {
            Provider::Sandbox(sandbox) => sandbox,
            Provider::Twilio(_) => panic!("tests send nothing"),
        }
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self.site)
    }

    /// A browser in which a new user is logged in.
    pub(crate) async fn member(&self, name: &str) -> Browser {
        let browser = self.browser();
        let fields = [("name", name), ("password", PASSWORD)];
        browser.fill("/register", &fields).await.is_at("/profile").says(&format!("Hi {name}"));
        browser
    }

    /// The same, with two-factor login on.
    pub(crate) async fn enrolled(&self, name: &str, phone: &str) -> Browser {
        let browser = self.member(name).await;
        self.enable(&browser, phone).await.is_at("/profile").says("Two-factor login is now on");
        self.advance(60);
        browser
    }

    pub(crate) async fn enable(&self, browser: &Browser, phone: &str) -> Shown {
        let page = self.ask_to_enable(browser, phone).await;
        browser.submit(page.is_at("/code"), "/code", &[("code", &self.code(phone))]).await
    }

    pub(crate) async fn ask_to_enable(&self, browser: &Browser, phone: &str) -> Shown {
        let fields = [("country", "US"), ("phone", phone), ("consent", "yes")];
        browser.fill("/two-factor/enable", &fields).await
    }

    /// A browser at the code page of a login.
    pub(crate) async fn at_code_page(&self, name: &str) -> (Browser, Shown) {
        let browser = self.browser();
        let page = self.give_password(&browser, name).await;
        page.is_at("/code");
        (browser, page)
    }

    pub(crate) async fn give_password(&self, browser: &Browser, name: &str) -> Shown {
        browser.fill("/login", &[("name", name), ("password", PASSWORD)]).await
    }

    pub(crate) async fn give_code(&self, browser: &Browser, page: &Shown, code: &str) -> Shown {
        browser.submit(page, "/code", &[("code", code)]).await
    }

    pub(crate) async fn is_logged_in(&self, browser: &Browser) -> bool {
        browser.get("/profile").await.path == "/profile"
    }

    /// The code that was sent last to a phone.
    pub(crate) fn code(&self, phone: &str) -> String {
        let phone = PhoneNumber::parse(phone).expect("a phone");
        self.sandbox().code_for(phone).expect("a message")
    }

    pub(crate) fn wrong_code(&self, phone: &str) -> &'static str {
        if self.code(phone) == "000000" { "000001" } else { "000000" }
    }

    pub(crate) fn sent(&self) -> usize {
        self.sandbox().messages().len()
    }

    pub(crate) fn checks(&self) -> usize {
        let requests = self.sandbox().requests();
        let check = Some(Operation::CreateVerificationCheck);
        requests.iter().filter(|request| request.operation == check).count()
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.sandbox().advance(Duration::from_secs(seconds));
    }
}
