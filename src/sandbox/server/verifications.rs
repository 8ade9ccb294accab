//! `/Verifications` and `/VerificationCheck`.

use super::{
    error::Rejection,
    form::Form,
    parameters::{read_answer, read_check_target, read_ending, read_start, read_target},
    reply::Reply,
    view::{CheckReply, VerificationReply},
};
use crate::{
    sandbox::{simulator::Simulator, verify::CheckStatus},
    types::ServiceSid,
};

pub(super) fn create(
    simulator: &Simulator,
    service: &ServiceSid,
    form: &Form<'_>,
) -> Result<Reply, Rejection> {
    let start = read_start(form)?;
    let mut account = simulator.account();
    let verification = account.start(service, start, simulator.now())?;
    Ok(Reply::created(&VerificationReply::new(simulator, verification)))
}

pub(super) fn fetch(
    simulator: &Simulator,
    service: &ServiceSid,
    target: &str,
) -> Result<Reply, Rejection> {
    let target = read_target(target)?;
    let mut account = simulator.account();
    let verification = account.verify.fetch(service, &target, simulator.now())?;
    Ok(Reply::ok(&VerificationReply::new(simulator, verification)))
}

pub(super) fn update(
    simulator: &Simulator,
    service: &ServiceSid,
    target: &str,
    form: &Form<'_>,
) -> Result<Reply, Rejection> {
    let target = read_target(target)?;
    let ending = read_ending(form)?;
    let mut account = simulator.account();
    let verification = account.verify.end(service, &target, ending, simulator.now())?;
    Ok(Reply::ok(&VerificationReply::new(simulator, verification)))
}

pub(super) fn check(
    simulator: &Simulator,
    service: &ServiceSid,
    form: &Form<'_>,
) -> Result<Reply, Rejection> {
    let target = read_check_target(form)?;
    let answer = read_answer(form)?;
    let mut account = simulator.account();
    let checked = account.verify.check(service, &target, answer, simulator.now())?;
    let reply = CheckReply::new(simulator, &checked);
    Ok(match simulator.rules.behaviour.check_status {
        CheckStatus::Created => Reply::created(&reply),
        CheckStatus::Ok => Reply::ok(&reply),
    })
}
