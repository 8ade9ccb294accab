//! Nothing that was sent is kept of Twilio's answer to it, wherever the answer repeats it.

use verify_mfa::client::fuzzing::error_texts;

const FORM: &[u8] =
    b"To=%2B14155550100&CustomCode=s3cr3t-c0de&ChannelConfiguration=jane.doe@example.com";
const SENT: [&str; 3] = ["4155550100", "s3cr3t-c0de", "jane.doe@example.com"];

pub(crate) fn target(bytes: &[u8]) {
    let [message, link, details] = error_texts(bytes, FORM);
    for text in [&message, &link, &details].into_iter().flatten() {
        let text = text.to_ascii_lowercase();
        assert!(!SENT.iter().any(|sent| text.contains(sent)), "{text}");
    }
    assert!(message.is_none_or(|text| text.chars().count() <= 1000));
    assert!(link.is_none_or(|text| text.chars().count() <= 1010));
    // "[redacted]" is longer than four digits.
    assert!(details.is_none_or(|text| text.len() <= 8 * bytes.len()));
}
