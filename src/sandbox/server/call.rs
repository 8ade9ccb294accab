//! A request that was understood: who asks what of which resource.

use axum::http::{
    HeaderName, HeaderValue, Method,
    header::{AUTHORIZATION, CONTENT_TYPE},
    request::Parts,
};

use super::{
    error::Rejection, form::Form, reply::Reply, route::Route, services, sna, verifications,
};
use crate::{
    Operation,
    sandbox::simulator::Simulator,
    types::{ServiceSid, VerificationSid},
};

#[derive(Debug)]
pub(super) struct Call<'a> {
    route: Route,
    method: &'a Method,
    /// Of the body with `POST`, of the query otherwise.
    form: Form<'a>,
}

impl<'a> Call<'a> {
    pub(super) fn read(
        simulator: &Simulator,
        head: &'a Parts,
        body: &'a [u8],
    ) -> Result<Self, Rejection> {
        let route = Route::find(head.uri.path());
        let is_admitted = simulator.credentials.admit(header(head, AUTHORIZATION));
        // A device has no credentials.
        if !is_admitted && route != Ok(Route::Sna) {
            return Err(Rejection::Unauthenticated);
        }
        let route = route?;
        route.allow(&head.method)?;
        let form = if head.method == Method::POST {
            Form::from_body(header(head, CONTENT_TYPE), body)?
        } else {
            Form::decode(head.uri.query().unwrap_or_default().as_bytes())?
        };
        Ok(Self { route, method: &head.method, form })
    }

    pub(super) fn operation(&self) -> Option<Operation> {
        self.route.operation(self.method)
    }

    /// Whom it is about, in the words of the request or as its verification knows.
    pub(super) fn destination(&self, simulator: &Simulator) -> Option<String> {
        let text = |name| self.form.text(name).ok().flatten();
        let (service, sid) = match &self.route {
            Route::Verifications(_) => return text("To").map(str::to_owned),
            Route::Verification(service, target) => (service, target.as_str()),
            Route::VerificationCheck(service) => match text("VerificationSid") {
                Some(sid) => (service, sid),
                None => return text("To").map(str::to_owned),
            },
            _ => return None,
        };
        destination(simulator, service, sid).or_else(|| Some(sid.to_owned()))
    }

    pub(super) fn respond(&self, simulator: &Simulator) -> Result<Reply, Rejection> {
        let (posts, form) = (self.method == Method::POST, &self.form);
        match &self.route {
            Route::Services if posts => services::create(simulator, form),
            Route::Services => services::list(simulator, form),
            Route::Service(sid) if posts => services::update(simulator, sid, form),
            Route::Service(sid) if self.method == Method::DELETE => {
                services::delete(simulator, sid)
            }
            Route::Service(sid) => services::fetch(simulator, sid),
            Route::Verifications(service) => verifications::create(simulator, service, form),
            Route::Verification(service, target) if posts => {
                verifications::update(simulator, service, target, form)
            }
            Route::Verification(service, target) => {
                verifications::fetch(simulator, service, target)
            }
            Route::VerificationCheck(service) => verifications::check(simulator, service, form),
            Route::Sna => sna::open(simulator, form),
        }
    }
}

fn destination(simulator: &Simulator, service: &ServiceSid, sid: &str) -> Option<String> {
    let sid = VerificationSid::parse(sid).ok()?;
    let mut account = simulator.account();
    account.verify.destination(service, &sid).map(|to| to.as_str().to_owned())
}

fn header(head: &Parts, name: HeaderName) -> &[u8] {
    head.headers.get(name).map(HeaderValue::as_bytes).unwrap_or_default()
}
