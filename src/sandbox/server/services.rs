//! `/Services`.

use serde::Serialize;

use super::{
    error::Rejection,
    form::Form,
    page::{Meta, PageRequest, date},
    reply::Reply,
    settings,
};
use crate::{
    sandbox::{
        simulator::Simulator,
        verify::{Service, ServiceSettings},
    },
    types::{AccountSid, ServiceSid},
};

pub(super) fn create(simulator: &Simulator, form: &Form<'_>) -> Result<Reply, Rejection> {
    let mut wanted = ServiceSettings::new(form.required("FriendlyName")?);
    settings::apply(form, &mut wanted)?;
    let mut account = simulator.account();
    let sid = account.source.sid(ServiceSid::PREFIX);
    let service = account.verify.create_service(sid, wanted, simulator.now())?;
    Ok(Reply::created(&ServiceReply::new(simulator, service)))
}

pub(super) fn fetch(simulator: &Simulator, sid: &ServiceSid) -> Result<Reply, Rejection> {
    let account = simulator.account();
    Ok(Reply::ok(&ServiceReply::new(simulator, account.verify.services.fetch(sid)?)))
}

pub(super) fn update(
    simulator: &Simulator,
    sid: &ServiceSid,
    form: &Form<'_>,
) -> Result<Reply, Rejection> {
    let mut account = simulator.account();
    let mut wanted = account.verify.services.fetch(sid)?.settings.clone();
    settings::apply(form, &mut wanted)?;
    let service = account.verify.update_service(sid, wanted, simulator.now())?;
    Ok(Reply::ok(&ServiceReply::new(simulator, service)))
}

pub(super) fn delete(simulator: &Simulator, sid: &ServiceSid) -> Result<Reply, Rejection> {
    simulator.account().verify.services.delete(sid)?;
    Ok(Reply::no_content())
}

pub(super) fn list(simulator: &Simulator, query: &Form<'_>) -> Result<Reply, Rejection> {
    let request = PageRequest::read(query)?;
    let account = simulator.account();
    let services = &account.verify.services;
    let items = services.page(request.cursor, request.size);
    let ends = items.first().map(|item| item.number).zip(items.last().map(|item| item.number));
    let url = format!("{}/v2/Services", simulator.base_url);
    let meta =
        Meta::new("services", &url, &request, ends, |cursor| !services.page(cursor, 1).is_empty());
    let services = items.into_iter().map(|item| ServiceReply::new(simulator, item)).collect();
    Ok(Reply::ok(&ServicePage { services, meta }))
}

#[derive(Serialize)]
struct ServicePage<'a> {
    services: Vec<ServiceReply<'a>>,
    meta: Meta,
}

#[derive(Serialize)]
struct ServiceReply<'a> {
    sid: &'a ServiceSid,
    account_sid: &'a AccountSid,
    #[serde(flatten)]
    settings: &'a ServiceSettings,
    date_created: String,
    date_updated: String,
    links: Links,
    url: String,
}

#[derive(Serialize)]
struct Links {
    verification_checks: String,
    verifications: String,
    rate_limits: String,
    messaging_configurations: String,
    entities: String,
    webhooks: String,
    access_tokens: String,
}

impl<'a> ServiceReply<'a> {
    fn new(simulator: &'a Simulator, service: &'a Service) -> Self {
        let url = format!("{}/v2/Services/{}", simulator.base_url, service.sid);
        Self {
            sid: &service.sid,
            account_sid: &simulator.account_sid,
            settings: &service.settings,
            date_created: date(service.created_at),
            date_updated: date(service.updated_at),
            links: Links::new(&url),
            url,
        }
    }
}

impl Links {
    fn new(url: &str) -> Self {
        Self {
            verification_checks: format!("{url}/VerificationCheck"),
            verifications: format!("{url}/Verifications"),
            rate_limits: format!("{url}/RateLimits"),
            messaging_configurations: format!("{url}/MessagingConfigurations"),
            entities: format!("{url}/Entities"),
            webhooks: format!("{url}/Webhooks"),
            access_tokens: format!("{url}/AccessTokens"),
        }
    }
}
