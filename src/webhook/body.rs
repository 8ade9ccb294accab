//! What of the body is signed, and how.

use std::borrow::Cow;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use url::form_urlencoded;

use super::InvalidSignature;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ContentType {
    Form,
    Json,
    Other,
}

impl ContentType {
    /// Without its parameters, such as the character set; names are in either case.
    pub(super) fn of(header: &str) -> Self {
        let essence = header.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match essence.as_str() {
            "application/x-www-form-urlencoded" => Self::Form,
            json if json.ends_with("/json") || json.ends_with("+json") => Self::Json,
            _ => Self::Other,
        }
    }
}

/// What the body adds to the signed text: of a form the decoded names and values, ordered by their
/// bytes, each pair once; of anything else nothing.
pub(super) fn signed_parameters(content_type: ContentType, body: &[u8]) -> String {
    if content_type != ContentType::Form {
        return String::new();
    }
    let mut pairs: Vec<(Cow<'_, str>, Cow<'_, str>)> = form_urlencoded::parse(body).collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs.iter().flat_map(|(name, value)| [name.as_ref(), value]).collect()
}

/// Whether the body is the one that a signed URL speaks of. Where it speaks of none, the body has to
/// be empty, and not JSON.
pub(super) fn check_hash(
    url: &str,
    content_type: ContentType,
    body: &[u8],
) -> Result<(), InvalidSignature> {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let parameter = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "bodySHA256");
    match parameter {
        Some((_, hash)) if is_hash(&hash, body) => Ok(()),
        Some(_) => Err(InvalidSignature::BodyHashMismatch),
        None if body.is_empty() && content_type != ContentType::Json => Ok(()),
        None => Err(InvalidSignature::BodyHashMissing),
    }
}

fn is_hash(text: &str, body: &[u8]) -> bool {
    let hash: String = Sha256::digest(body).iter().map(|byte| format!("{byte:02x}")).collect();
    hash.as_bytes().ct_eq(text.as_bytes()).into()
}
