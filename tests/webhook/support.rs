//! Requests as they arrive.

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use verify_mfa::webhook::{InvalidSignature, RequestValidator};

pub(crate) const TOKEN: &str = "12345678901234567890123456789012";
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";
pub(crate) const JSON: &str = "application/json";

/// The signature over a text that a test spells out.
pub(crate) fn sign(token: &str, text: &str) -> String {
    let mac = Hmac::<Sha1>::new_from_slice(token.as_bytes()).unwrap();
    BASE64_STANDARD.encode(mac.chain_update(text).finalize().into_bytes())
}

/// A request that was received at `url`.
pub(crate) struct Received<'a> {
    pub(crate) url: &'a str,
    pub(crate) content_type: Option<&'a str>,
    pub(crate) body: &'a [u8],
}

impl Received<'_> {
    pub(crate) fn with(&self, token: &str, signature: &str) -> Result<(), InvalidSignature> {
        let header = |name: &str| match name {
            "x-twilio-signature" => Some(signature),
            "content-type" => self.content_type,
            _ => None,
        };
        RequestValidator::new([token]).unwrap().validate(self.url, header, self.body)
    }

    /// With a signature over `text`.
    pub(crate) fn over(&self, text: &str) -> Result<(), InvalidSignature> {
        self.with(TOKEN, &sign(TOKEN, text))
    }
}

pub(crate) fn form<'a>(url: &'a str, body: &'a str) -> Received<'a> {
    Received { url, content_type: Some(FORM), body: body.as_bytes() }
}

pub(crate) fn json<'a>(url: &'a str, body: &'a str) -> Received<'a> {
    Received { url, content_type: Some(JSON), body: body.as_bytes() }
}

pub(crate) fn get(url: &str) -> Received<'_> {
    Received { url, content_type: None, body: b"" }
}
