//! Taking out of Twilio's texts what could be somebody's.

use std::{borrow::Cow, cmp::Reverse, mem};

use serde_json::Value;

/// Replaces what was sent, e-mail addresses, and digits that could be a phone number or a code.
pub(super) struct Redactor {
    sent: Vec<String>,
}

impl Redactor {
    pub(super) fn new<'a>(form: impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)>) -> Self {
        let mut sent = form
            .filter(|(name, value)| !PUBLIC.contains(&name.as_ref()) && value.len() >= 4)
            .map(|(_, value)| value.to_ascii_lowercase())
            .collect::<Vec<_>>();
        // A value may be a part of another one.
        sent.sort_by_key(|value| Reverse(value.len()));
        Self { sent }
    }

    /// Whether `text`, in lower case, is all of a value that was sent.
    pub(super) fn was_sent(&self, text: &str) -> bool {
        self.sent.iter().any(|value| value == text)
    }

    /// At most so many characters that a log line can hold them. They are counted last, as half a
    /// secret cannot be found.
    pub(super) fn redact(&self, text: &str) -> String {
        let text = self.sent.iter().fold(Cow::from(text), |text, value| without(text, value));
        without_digits(&without_addresses(&text)).chars().take(LENGTH_LIMIT).collect()
    }

    pub(super) fn redact_json(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.redact(text)),
            Value::Number(number) => match self.redact(&number.to_string()) {
                text if text == number.to_string() => value.clone(),
                text => Value::String(text),
            },
            Value::Array(items) => items.iter().map(|item| self.redact_json(item)).collect(),
            Value::Object(fields) => fields
                .iter()
                .map(|(name, field)| (self.redact(name), self.redact_json(field)))
                .collect(),
            Value::Null | Value::Bool(_) => value.clone(),
        }
    }
}

/// Hides `value`, which is in lower case, wherever it stands in whichever case.
fn without<'a>(text: Cow<'a, str>, value: &str) -> Cow<'a, str> {
    let lower = text.to_ascii_lowercase();
    let mut starts = lower.match_indices(value).map(|(at, _)| at).peekable();
    if starts.peek().is_none() {
        return text;
    }
    let mut result = String::with_capacity(text.len());
    let mut end = 0;
    for start in starts {
        result.push_str(text.get(end..start).unwrap_or_default());
        result.push_str(REDACTED);
        end = start + value.len();
    }
    result.push_str(text.get(end..).unwrap_or_default());
    result.into()
}

/// Hides every word with an `@`, as it is or percent-encoded. A path is several words.
fn without_addresses(text: &str) -> String {
    let is_end = |c: char| c.is_whitespace() || c == '/';
    let words = text.split_inclusive(is_end).map(|word| {
        let (start, end) = word.split_at(word.trim_end_matches(is_end).len());
        let address = start.contains('@') || start.contains("%40");
        [if address { REDACTED } else { start }, end]
    });
    words.flatten().collect()
}

/// Hides every run of four or more digits, with the marks that people write between the digits of a
/// phone number, except inside SIDs.
fn without_digits(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut run = String::new();
    for token in tokens(text) {
        let number = token.chars().all(char::is_numeric);
        let mark = token.chars().all(is_mark) && (!run.is_empty() || "+(".contains(token));
        if number || mark {
            run.push_str(token);
            continue;
        }
        result.push_str(&hidden(&mem::take(&mut run)));
        result.push_str(&if is_sid(token) { token.into() } else { hidden(token) });
    }
    result.push_str(&hidden(&run));
    result
}

/// Words of letters and digits, and the characters between them one by one.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(|c: char| !c.is_alphanumeric()).flat_map(|piece| {
        let end = piece.trim_end_matches(|c: char| !c.is_alphanumeric()).len();
        let (word, mark) = piece.split_at(end);
        [word, mark].into_iter().filter(|token| !token.is_empty())
    })
}

fn hidden(token: &str) -> Cow<'_, str> {
    if token.chars().filter(|c| c.is_numeric()).count() < 4 {
        return token.into();
    }
    let end = token.trim_end_matches(is_mark).len();
    let (_, rest) = token.split_at(end);
    format!("{REDACTED}{rest}").into()
}

/// What people write between the digits of a phone number can be anything.
fn is_mark(c: char) -> bool {
    !c.is_alphanumeric()
}

fn is_sid(text: &str) -> bool {
    text.len() == 34
        && text.bytes().take(2).all(|byte| byte.is_ascii_uppercase())
        && text.bytes().skip(2).all(|byte| byte.is_ascii_hexdigit())
}

const REDACTED: &str = "[redacted]";
const LENGTH_LIMIT: usize = 1000;
const PUBLIC: [&str; 4] = ["Channel", "Locale", "VerificationSid", "Status"];

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn redacts(text: &str, expected: &str) {
        let redactor = Redactor::new(url::form_urlencoded::parse(b"Code=ab12cd&Channel=sms"));
        assert_eq!(redactor.redact(text), expected);
    }

    #[test]
    fn a_phone_number_in_any_spelling_is_hidden() {
        redacts("Invalid parameter `To`: +14155550100", "Invalid parameter `To`: [redacted]");
        redacts("To: +1 (415) 555-0100 is bad", "To: [redacted] is bad");
        redacts("to %2B14155550100.", "to %[redacted].");
        redacts("to +1,415,555,0100!", "to [redacted]!");
        redacts("١٤١٥٥٥٥٠١٠٠", "[redacted]");
    }

    #[test]
    fn addresses_codes_and_what_was_sent_are_hidden() {
        redacts("no user@example.com here", "no [redacted] here");
        redacts("code 123456 is wrong", "code [redacted] is wrong");
        redacts("custom ab12cd is taken", "custom [redacted] is taken");
    }

    #[test]
    fn what_names_the_problem_stays() {
        redacts("Invalid parameter: Channel", "Invalid parameter: Channel");
        let path = "The requested resource /Services/VA00000000000000000000000000000001/VerificationCheck was not found";
        redacts(path, path);
        redacts("between 4 and 10 characters", "between 4 and 10 characters");
    }
}
