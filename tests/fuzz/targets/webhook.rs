//! A request is believed only when its signature covers its body. Lines: the signature, the content
//! type, the base of the public URL, the path with its query; the rest is the body.

use std::fmt::Write;

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use url::{Url, form_urlencoded};
use verify_mfa::webhook::{InvalidSignature, PublicUrl, RequestValidator};

const TOKEN: &str = "12345678901234567890123456789012";

pub(crate) fn target(bytes: &[u8]) {
    let mut lines = bytes.splitn(5, |byte| *byte == b'\n');
    let mut line = || lines.next().map(|line| str::from_utf8(line).unwrap_or_default());
    let (Some(signature), Some(content_type)) = (line(), line()) else { return };
    let (Some(base), Some(path)) = (line(), line()) else { return };
    let body = lines.next().unwrap_or_default();

    let Ok(public) = PublicUrl::new(base) else { return };
    let url = public.url_of(path);
    has_the_same_host(&url, base);
    let request = Request { url: &url, content_type, body };
    // Nobody but this function knows the token.
    assert_ne!(request.validate(signature, &format!("{TOKEN}!")), Ok(()));
    request.is_covered_when_signed();
}

fn has_the_same_host(url: &str, base: &str) {
    let (url, base) = (Url::parse(url).unwrap(), Url::parse(base).unwrap());
    assert_eq!(url.origin(), base.origin());
    assert_eq!((url.username(), url.password()), (base.username(), base.password()));
}

struct Request<'a> {
    url: &'a str,
    content_type: &'a str,
    body: &'a [u8],
}

impl Request<'_> {
    fn validate(&self, signature: &str, token: &str) -> Result<(), InvalidSignature> {
        let header = |name: &str| match name {
            "x-twilio-signature" => Some(signature),
            "content-type" => Some(self.content_type),
            _ => None,
        };
        RequestValidator::new([token]).unwrap().validate(self.url, header, self.body)
    }

    /// With a signature over the URL alone the body has to be empty or hashed in the URL; with one over
    /// the parameters of a form too, any form is right, and none with one more parameter.
    fn is_covered_when_signed(&self) {
        let signed = self.url.split('#').next().unwrap();
        let alone = self.validate(&sign(signed), TOKEN);
        let hash = hexadecimal(&Sha256::digest(self.body));
        assert!(alone != Ok(()) || self.body.is_empty() || self.url.contains(&hash));
        let query = signed.split_once('?').map_or("", |(_, query)| query);
        assert!(alone != Ok(()) || !query.starts_with("bodySHA256=") || query.contains(&hash));

        let form = self.content_type == "application/x-www-form-urlencoded";
        let parameters = signed_parameters(self.body);
        if form && !parameters.is_empty() {
            let signature = sign(&format!("{signed}{parameters}"));
            assert_eq!(self.validate(&signature, TOKEN), Ok(()));
            let longer = [self.body, b"&unexpected=1"].concat();
            // A pair that is there already counts once.
            let more = signed_parameters(&longer) != parameters;
            let longer = Request { body: &longer, ..*self };
            let mismatch = Err(InvalidSignature::Mismatch);
            assert!(!more || longer.validate(&signature, TOKEN) == mismatch);
        }
    }
}

fn signed_parameters(body: &[u8]) -> String {
    let pairs = form_urlencoded::parse(body).into_owned();
    let pairs: std::collections::BTreeSet<(String, String)> = pairs.collect();
    pairs.into_iter().map(|(name, value)| name + &value).collect()
}

fn sign(text: &str) -> String {
    let mac = Hmac::<Sha1>::new_from_slice(TOKEN.as_bytes()).unwrap();
    BASE64_STANDARD.encode(mac.chain_update(text).finalize().into_bytes())
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}
