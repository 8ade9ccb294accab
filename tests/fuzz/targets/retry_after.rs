//! A wait is one that can be added to a time.

use std::time::{Duration, SystemTime};

use verify_mfa::{RetryAfter, client::fuzzing::retry_after};

pub(crate) fn target(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let wait = retry_after(text);
    if let Some(RetryAfter::In(wait)) = wait {
        let century = SystemTime::UNIX_EPOCH + Duration::from_secs(100 * 365 * 86_400);
        assert!(century.checked_add(wait).is_some());
    }
    if (1..=9).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let seconds = text.bytes().fold(0, |sum, digit| 10 * sum + u64::from(digit - b'0'));
        assert_eq!(wait, Some(RetryAfter::In(Duration::from_secs(seconds))));
    }
}
