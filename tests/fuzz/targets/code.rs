//! A code is what was typed without spaces and hyphens, and is never shown.

use verify_mfa::Code;

pub(crate) fn target(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    if let Ok(code) = Code::parse(text) {
        let digits = text.trim().replace([' ', '-'], "");
        assert_eq!(code.expose_secret(), digits);
        assert!((4..=10).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()));
        assert_eq!(Code::parse(&digits).unwrap().expose_secret(), digits);
        is_hidden(&code);
    }
    if let Ok(code) = Code::custom(text) {
        assert_eq!(code.expose_secret(), text);
        assert!((4..=10).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic()));
        is_hidden(&code);
    }
}

fn is_hidden(code: &Code) {
    assert_eq!(format!("{code:?}"), "Code([redacted])");
}
