//! The address that the device of a silent authentication opens over mobile data. Behind it is a
//! carrier, not Twilio, so it knows no credentials.

use super::{error::Rejection, form::Form, reply::Reply, route::SNA_PATH};
use crate::{
    sandbox::{
        simulator::Simulator,
        verify::{Refusal, Sna, Verification},
    },
    types::{ServiceSid, VerificationAttemptSid, VerificationSid},
};

/// Three opaque parts, as the real ones have.
pub(super) fn url(simulator: &Simulator, verification: &Verification, sna: &Sna) -> String {
    let (base, attempt) = (&simulator.base_url, &sna.attempt);
    let Verification { sid, service_sid, .. } = verification;
    format!("{base}{SNA_PATH}sandbox?data={service_sid}{sid}&cipherSalt={attempt}")
}

/// Opens it, once.
pub(super) fn open(simulator: &Simulator, query: &Form<'_>) -> Result<Reply, Rejection> {
    let (service, sid, attempt) = read(query).ok_or(Refusal::NotFound)?;
    let now = simulator.now();
    let mut account = simulator.account();
    let to = account.verify.destination(&service, &sid).ok_or(Refusal::NotFound)?.clone();
    let failure = account.faults.sna(to.as_str());
    let token = account.verify.open_sna(&service, &sid, &attempt, failure, now)?;
    let token = token.map(|token| format!("&SnaClientToken={token}")).unwrap_or_default();
    Ok(Reply::text(format!("ErrorCode=0&ErrorDescription=Success{token}")))
}

fn read(query: &Form<'_>) -> Option<(ServiceSid, VerificationSid, VerificationAttemptSid)> {
    let text = |name| query.text(name).ok().flatten();
    let (service, sid) = text("data")?.split_at_checked(34)?;
    let service = ServiceSid::parse(service).ok()?;
    let sid = VerificationSid::parse(sid).ok()?;
    Some((service, sid, VerificationAttemptSid::parse(text("cipherSalt")?).ok()?))
}
