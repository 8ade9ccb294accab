//! Whether a request to the application really came from Twilio.
//!
//! Twilio signs each of its requests with the account's auth token, in the header
//! `X-Twilio-Signature`. [`RequestValidator`] checks it; [`PublicUrl`] says which URL was signed, as
//! the application behind a proxy sees another one than Twilio did.
//!
//! ```
//! # #[cfg(feature = "sandbox")] {
//! use axum::{body::Bytes, extract::State, http::{HeaderMap, StatusCode, Uri}};
//! use verify_mfa::webhook::{PublicUrl, RequestValidator};
//!
//! async fn events(
//!     State((validator, public)): State<(RequestValidator, PublicUrl)>,
//!     uri: Uri, // in a nested router: OriginalUri
//!     headers: HeaderMap,
//!     body: Bytes, // the bytes as they came, before anything reads them as JSON or as a form
//! ) -> StatusCode {
//!     let url = public.url_of(uri.path_and_query().map_or("/", |path| path.as_str()));
//!     let header = |name: &str| headers.get(name)?.to_str().ok();
//!     match validator.validate(&url, header, &body) {
//!         Ok(()) => StatusCode::NO_CONTENT, // now read the body
//!         Err(_) => StatusCode::FORBIDDEN,
//!     }
//! }
//! # let _ = axum::Router::<(RequestValidator, PublicUrl)>::new().route("/events", axum::routing::post(events));
//! # }
//! ```
//!
//! # What a signature does not say
//!
//! - *When.* There is no time in it, so whoever saw a request can repeat it. Remember the id of each
//!   event, and let a repeated one change nothing.
//! - *Where one form parameter ends, or the URL.* `A=1&B=2` and `A=1B2` have the same signature, and so has
//!   a GET whose URL ends with what was posted. Let a route take one method and the query that you gave to
//!   Twilio, and ask for the parameters that you need.
//!
//! Source: Twilio, "Webhooks security", and `request_validator.py` of its SDK for Python.

mod body;
mod public_url;

use std::{fmt, iter};

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
pub use public_url::{InvalidPublicUrl, PublicUrl};
use secrecy::{ExposeSecret, SecretString};
use sha1::Sha1;

use crate::Error;

/// Checks the signatures of Twilio's requests to the application. It sends nothing.
///
/// ```
/// use verify_mfa::webhook::{InvalidSignature, RequestValidator};
///
/// let validator = RequestValidator::new(["12345"])?; // the auth token, from the configuration
/// let header = |name: &str| match name {
///     "x-twilio-signature" => Some("RSOYDt4T1cUTdK1PDd93/VVr8B8="),
///     "content-type" => Some("application/x-www-form-urlencoded"),
///     _ => None,
/// };
/// let url = "https://mycompany.com/myapp.php?foo=1&bar=2";
/// let body = b"CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212";
/// assert_eq!(validator.validate(url, header, body), Ok(()));
/// assert_eq!(validator.validate(url, header, b"Digits=1"), Err(InvalidSignature::Mismatch));
/// # Ok::<(), verify_mfa::Error>(())
/// ```
#[derive(Clone)]
pub struct RequestValidator {
    tokens: Vec<SecretString>,
}

/// Why a request is not believed. It holds nothing of the request, and no secret: answer with HTTP
/// 403, and log it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidSignature {
    /// Somebody else sent it, or a proxy takes the header away.
    #[error("the header X-Twilio-Signature is missing")]
    Missing,
    /// Not the base64 of 20 bytes.
    #[error("the header X-Twilio-Signature is not a signature")]
    Malformed,
    /// Signed with none of the tokens, or for another URL or other parameters. When Twilio's own
    /// requests end here, compare [`PublicUrl`] with the URL that Twilio has, letter by letter.
    #[error("the header X-Twilio-Signature does not fit the request")]
    Mismatch,
    /// The body is neither a form nor empty, or said to be JSON, so the signature covers it only
    /// through the parameter `bodySHA256` of the URL, and there is none.
    #[error("the URL has no bodySHA256, so nothing is known of the body")]
    BodyHashMissing,
    /// The URL was signed, but with another body.
    #[error("the body is not the one of bodySHA256")]
    BodyHashMismatch,
}

impl RequestValidator {
    /// Takes the account's auth tokens: the primary one and, while it is being rotated, the secondary
    /// one too. An API key's secret does not work here, as Twilio does not sign with it.
    ///
    /// # Errors
    /// [`Error::Configuration`] when there is no token, or an empty one, with which anybody could sign.
    pub fn new<T: Into<SecretString>>(tokens: impl IntoIterator<Item = T>) -> Result<Self, Error> {
        let tokens: Vec<SecretString> = tokens.into_iter().map(Into::into).collect();
        if tokens.is_empty() || tokens.iter().any(|token| token.expose_secret().trim().is_empty()) {
            return Err(Error::configuration("an auth token for webhooks is missing or empty"));
        }
        Ok(Self { tokens })
    }

    /// Checks that Twilio sent `body` to `url`, by POST with a form or JSON, or by GET with an empty
    /// body. It takes time in proportion to the body, so limit its length before.
    ///
    /// `url` is the one that Twilio was given, with the query as it arrived: see [`PublicUrl`]. Twilio
    /// signs it with or without the port, not always as it was given: both are right. `header` looks
    /// a header up by its name, which is in lower case. The comparison takes the same time however
    /// much of a wrong signature is right.
    ///
    /// # Errors
    /// [`InvalidSignature`] when it cannot be shown that Twilio sent exactly this.
    pub fn validate<'a>(
        &self,
        url: &str,
        header: impl Fn(&str) -> Option<&'a str>,
        body: &[u8],
    ) -> Result<(), InvalidSignature> {
        let signature = header("x-twilio-signature").ok_or(InvalidSignature::Missing)?;
        let signature = BASE64_STANDARD.decode(signature.trim());
        let signature = signature.ok().filter(|bytes| bytes.len() == SIGNATURE_LENGTH);
        let signature = signature.ok_or(InvalidSignature::Malformed)?;

        let url = url.split_once('#').map_or(url, |(url, _)| url);
        let content_type = body::ContentType::of(header("content-type").unwrap_or_default());
        let parameters = body::signed_parameters(content_type, body);
        if !self.is_signed(url, &parameters, &signature) {
            return Err(InvalidSignature::Mismatch);
        }
        if parameters.is_empty() { body::check_hash(url, content_type, body) } else { Ok(()) }
    }

    /// Each token's code over the URL and the parameters, without anything between them.
    fn is_signed(&self, url: &str, parameters: &str, signature: &[u8]) -> bool {
        let other = public_url::with_other_port(url);
        let urls = || iter::once(url).chain(other.as_deref());
        let macs = self.tokens.iter().filter_map(|token| {
            Hmac::<Sha1>::new_from_slice(token.expose_secret().as_bytes()).ok()
        });
        macs.flat_map(|mac| urls().map(move |url| mac.clone().chain_update(url)))
            .any(|mac| mac.chain_update(parameters).verify_slice(signature).is_ok())
    }
}

impl fmt::Debug for RequestValidator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RequestValidator({} [redacted])", self.tokens.len())
    }
}

const SIGNATURE_LENGTH: usize = 20;
