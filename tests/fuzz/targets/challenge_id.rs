//! A challenge id that nobody was given opens nothing, and Twilio is not asked.

use std::sync::LazyLock;

use futures_util::FutureExt;
use verify_mfa::{
    Country, Credentials, MfaFlow, ServiceSid, VerifyClient,
    flow::{Approval, ChallengeId, Countries, Ended, Policy, Refusal, Session},
    store::MemoryUsers,
};

static FLOW: LazyLock<(MfaFlow, Session)> = LazyLock::new(|| {
    let account = "AC00000000000000000000000000000001".parse().unwrap();
    let credentials = Credentials::auth_token(account, "token");
    let client = VerifyClient::builder(credentials).base_url("http://127.0.0.1:9").build().unwrap();
    let service = ServiceSid::parse("VA00000000000000000000000000000001").unwrap();
    let policy = Policy::new(Countries::only([Country::US]));
    let flow = MfaFlow::new(client.service(service), MemoryUsers::default(), policy);
    (flow, Session::new("a secret of 16 bytes or more").unwrap())
});

pub(crate) fn target(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let id = ChallengeId::from(text);
    assert_eq!(id.as_str(), text);
    assert_eq!(format!("{id:?}"), "ChallengeId([redacted])");

    let (flow, session) = &*FLOW;
    let approval = flow.approve(&id, session, "012345").now_or_never();
    let Some(Ok(approval)) = approval else { panic!("it is not refused at once") };
    assert!(matches!(approval, Approval::Refused(Refusal::Ended(Ended::Unknown))));
}
