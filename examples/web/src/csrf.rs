//! Forms that come from this site's pages.
//!
//! Every form carries a token of its session, and browsers say themselves from where a request comes.
//! A form of another site has neither. The token looks different in each page: two forms with the same
//! one are one form that was sent twice.

use axum::{
    Form,
    extract::{FromRequest, Request},
    http::{HeaderMap, header},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use subtle::ConstantTimeEq;
use verify_mfa::BoxError;

use crate::{app::App, idempotency::Accepted, page_error::PageError, session::Visitor};

/// What the session keeps.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Secret([u8; 32]);

impl Secret {
    pub(crate) fn random() -> Result<Self, BoxError> {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret)?;
        Ok(Self(secret))
    }

    /// A token for one page: random bytes, and the secret mixed with them.
    pub(crate) fn token(&self) -> Result<String, BoxError> {
        let mut mask = [0; 32];
        getrandom::fill(&mut mask)?;
        let mixed = self.0.iter().zip(mask).map(|(secret, mask)| secret ^ mask);
        let token: Vec<_> = mask.into_iter().chain(mixed).collect();
        Ok(BASE64_URL_SAFE_NO_PAD.encode(token))
    }

    fn made(&self, token: &str) -> bool {
        let token = BASE64_URL_SAFE_NO_PAD.decode(token).unwrap_or_default();
        let Some((mask, mixed)) = token.split_first_chunk::<32>() else { return false };
        let secret: Vec<_> = mixed.iter().zip(mask).map(|(mixed, mask)| mixed ^ mask).collect();
        mixed.len() == 32 && self.0.ct_eq(&secret).into()
    }
}

/// A form that one of this site's own pages sent, in the session for which the page was made.
pub(crate) struct Posted<T>(pub(crate) T);

#[derive(Deserialize)]
struct Carried<T> {
    csrf: String,
    #[serde(flatten)]
    form: T,
}

impl<T: DeserializeOwned> FromRequest<App> for Posted<T> {
    type Rejection = PageError;

    async fn from_request(request: Request, app: &App) -> Result<Self, PageError> {
        if !is_same_site(request.headers(), &app.origin) {
            return Err(PageError::Forged);
        }
        let accepted = request.extensions().get::<Accepted>().cloned();
        let (mut parts, body) = request.into_parts();
        let visitor =
            axum::RequestPartsExt::extract_with_state::<Visitor, _>(&mut parts, app).await?;
        let form = Form::from_request(Request::from_parts(parts, body), app).await;
        let Form(Carried { csrf, form }) = form.map_err(|_| PageError::BadRequest)?;
        if !visitor.csrf().made(&csrf) {
            return Err(PageError::Forged);
        }
        if let Some(accepted) = accepted {
            accepted.set();
        }
        Ok(Self(form))
    }
}

/// What the browser says of where the request comes from. Old ones say only the origin, or nothing.
fn is_same_site(headers: &HeaderMap, own: &str) -> bool {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    match (text("sec-fetch-site"), text(header::ORIGIN.as_str())) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => origin == own,
        (None, None) => true,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn each_token_is_another_one_and_all_belong_to_their_secret() {
        let secret = Secret::random().unwrap();
        let (one, two) = (secret.token().unwrap(), secret.token().unwrap());
        assert_ne!(one, two);
        assert!(secret.made(&one) && secret.made(&two));
    }

    #[test]
    fn other_tokens_are_none() {
        let secret = Secret::random().unwrap();
        let token = secret.token().unwrap();
        let foreign = Secret::random().unwrap().token().unwrap();
        for token in ["", "AAAA", &token[1..], &format!("{token}AAAA"), &foreign] {
            assert!(!secret.made(token), "{token}");
        }
    }

    #[test]
    fn a_request_of_another_site_is_told_by_the_browser() {
        let own = "https://shop.example";
        for site in ["cross-site", "same-site", "none", ""] {
            assert!(!is_same_site(&headers(&[("sec-fetch-site", site)]), own), "{site}");
        }
        assert!(is_same_site(&headers(&[("sec-fetch-site", "same-origin")]), own));
        assert!(is_same_site(&headers(&[("origin", own)]), own));
        for origin in [
            "null",
            "http://shop.example",
            "https://shop.example:8443",
            "https://evil.example",
            "https://shop.example.evil.example",
        ] {
            let claimed =
                [("origin", origin), ("host", origin.split_once("//").map_or("", |it| it.1))];
            assert!(!is_same_site(&headers(&claimed), own), "{origin}");
        }
        assert!(is_same_site(&headers(&[]), own));
    }
}
