//! A SID is exactly its text, and of one kind only.

use std::{fmt::Display, str::FromStr};

use verify_mfa::{
    AccountSid, ApiKeySid, CredentialSid, MessagingServiceSid, ServiceSid, TemplateSid,
    VerificationAttemptSid, VerificationSid,
};

pub(crate) fn target(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let kinds = [
        is::<AccountSid>(text),
        is::<ApiKeySid>(text),
        is::<CredentialSid>(text),
        is::<MessagingServiceSid>(text),
        is::<ServiceSid>(text),
        is::<TemplateSid>(text),
        is::<VerificationAttemptSid>(text),
        is::<VerificationSid>(text),
    ];
    assert!(kinds.iter().filter(|is| **is).count() <= 1);
}

fn is<T: FromStr<Err: Display> + Display>(text: &str) -> bool {
    match text.parse::<T>() {
        Ok(sid) => {
            assert_eq!(sid.to_string(), text);
            let hexadecimal = text.bytes().skip(2).all(|byte| byte.is_ascii_hexdigit());
            assert!(text.len() == 34 && hexadecimal);
            true
        }
        Err(problem) => {
            let problem = problem.to_string();
            assert!(problem.len() < 200, "{problem}");
            // The first two characters are shown.
            let rest: String = text.chars().skip(2).collect();
            let digits = rest.len() >= 4 && rest.bytes().all(|byte| byte.is_ascii_digit());
            assert!(!digits || !problem.contains(&rest), "{problem}");
            false
        }
    }
}
