//! The page on which a code is entered.

use askama::Template;
use axum::{extract::State, http::HeaderMap, response::Response};
use verify_mfa::{Channel, flow::Ended};

use super::nothing_pending;
use crate::{
    app::App,
    flash::{Flash, seconds},
    page_error::PageError,
    pages::{Page, show as html},
    session::{Purpose, Visitor},
};

#[derive(Template)]
#[template(path = "code.html")]
struct CodePage {
    page: Page,
    challenge: String,
    purpose: Purpose,
    masked_phone: String,
    is_call: bool,
    /// Seconds until a call can be asked for, if one can.
    call_wait: Option<u64>,
    left: String,
    expires: String,
    /// Seconds until the code can be sent again.
    wait: u64,
}

/// Asking for the page, or reloading it, sends nothing.
pub(crate) async fn show(
    State(app): State<App>,
    mut visitor: Visitor,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let Some(pending) = visitor.pending().cloned() else { return Ok(nothing_pending(&visitor)) };
    let challenge = app.mfa.pending(&pending.id(), &visitor.mfa_session()?).await?;
    let (now, language) = (app.now(), visitor.language);
    let Some(challenge) = challenge else {
        let is_expired = now >= pending.expires_at;
        let ended = if is_expired { Ended::Expired } else { Ended::Unknown };
        return Ok(Flash::refusal(&ended.into(), now).on(pending.purpose.start(), &app));
    };
    html(&CodePage {
        purpose: pending.purpose,
        is_call: challenge.channel == Channel::Call,
        call_wait: challenge.next_call_at.map(|time| seconds(time, now)),
        left: language.count("code.left", challenge.checks_left.into()),
        expires: language.count("code.expires", seconds(challenge.expires_at, now)),
        wait: seconds(challenge.next_resend_at, now),
        masked_phone: challenge.masked_phone,
        challenge: challenge.id.as_str().to_owned(),
        page: Page::new(&mut visitor, &headers, &app).await?,
    })
}
