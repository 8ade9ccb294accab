//! Google's own answers.

use std::fs;

use verify_mfa::{Country, InvalidPhone, LineType, PhoneNumber};

/// One text with the answers of Google's libphonenumber.
#[derive(Debug, Clone, Default)]
pub(crate) struct Vector {
    input: String,
    country: Option<Country>,
    is_valid: bool,
    line_type: String,
    pub(crate) e164: String,
    international: String,
    national: String,
    number_region: String,
    guard: String,
}

impl Vector {
    fn parse(&self) -> Result<PhoneNumber, InvalidPhone> {
        match self.country {
            Some(country) => PhoneNumber::parse_in(&self.input, country),
            None => PhoneNumber::parse(&self.input),
        }
    }

    /// The reference lets these through; a zero-width character is never typed.
    fn is_invisible(&self) -> bool {
        self.input.contains(['\u{ad}', '\u{200b}', '\u{2060}'])
    }

    fn is_acceptable(&self) -> bool {
        self.guard == "accept" && self.is_valid && !self.is_invisible()
    }

    /// What we say where the reference says something else.
    fn disagreement(&self) -> Option<String> {
        let answer = self.parse();
        let phone = match (&answer, self.is_acceptable()) {
            (Err(_), false) => return None,
            (Ok(phone), true) => phone,
            _ => return Some(format!("{self:?}: {answer:?}")),
        };
        let country = phone.country().map_or("001", Country::as_str);
        let ours = [
            phone.as_str(),
            &phone.international(),
            &phone.national(),
            country,
            reference_name(phone.line_type()),
        ]
        .map(str::to_owned);
        let theirs =
            [&self.e164, &self.international, &self.national, &self.number_region, &self.line_type];
        (ours.each_ref() != theirs).then(|| format!("{self:?}: {ours:?}"))
    }
}

fn reference_name(line_type: LineType) -> &'static str {
    match line_type {
        LineType::FixedLine => "FIXED_LINE",
        LineType::Mobile => "MOBILE",
        LineType::FixedLineOrMobile => "FIXED_LINE_OR_MOBILE",
        LineType::TollFree => "TOLL_FREE",
        LineType::PremiumRate => "PREMIUM_RATE",
        LineType::SharedCost => "SHARED_COST",
        LineType::Voip => "VOIP",
        LineType::PersonalNumber => "PERSONAL_NUMBER",
        LineType::Pager => "PAGER",
        LineType::Uan => "UAN",
        LineType::Voicemail => "VOICEMAIL",
        _ => "UNKNOWN",
    }
}

pub(crate) fn vectors() -> Vec<Vector> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/phone_vectors.csv");
    let text = fs::read_to_string(path).unwrap();
    records(&text).into_iter().skip(1).map(vector).collect()
}

fn vector(fields: Vec<String>) -> Vector {
    let field = |at: usize| fields[at].clone();
    Vector {
        input: field(0),
        country: (!fields[1].is_empty()).then(|| fields[1].parse().unwrap()),
        is_valid: fields[2] == "true",
        line_type: field(3),
        e164: field(4),
        international: field(5),
        national: field(6),
        number_region: field(7),
        guard: field(11),
    }
}

/// Comma-separated values, where quoted ones may contain commas, line ends and doubled quotes.
fn records(text: &str) -> Vec<Vec<String>> {
    let (mut records, mut record, mut field) = (Vec::new(), Vec::new(), String::new());
    let mut is_quoted = false;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if is_quoted && characters.next_if_eq(&'"').is_some() => field.push('"'),
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => record.push(std::mem::take(&mut field)),
            '\r' if !is_quoted => {}
            '\n' if !is_quoted => {
                record.push(std::mem::take(&mut field));
                records.push(std::mem::take(&mut record));
            }
            other => field.push(other),
        }
    }
    records
}

#[test]
fn every_reference_answer_is_ours() {
    let vectors = vectors();
    let disagreements: Vec<_> = vectors.iter().filter_map(Vector::disagreement).collect();
    assert_eq!(vectors.len(), 2361);
    assert_eq!(vectors.iter().filter(|vector| vector.guard == "accept").count(), 2155);
    assert_eq!(vectors.iter().filter(|vector| vector.is_invisible()).count(), 10);
    assert!(disagreements.is_empty(), "{}:\n{}", disagreements.len(), disagreements.join("\n"));
}

#[test]
fn every_valid_number_reads_back_from_each_of_its_forms() {
    let mut lost = Vec::new();
    for vector in vectors().iter().filter(|vector| vector.is_acceptable()) {
        let phone = vector.parse().unwrap();
        for text in [phone.as_str(), &phone.international()] {
            if PhoneNumber::parse(text).as_ref() != Ok(&phone) {
                lost.push(format!("{text} from {vector:?}"));
            }
        }
        let Some(country) = phone.country() else { continue };
        let national = phone.national();
        if PhoneNumber::parse_in(&national, country).as_ref() != Ok(&phone) {
            lost.push(format!("{national} from {vector:?}"));
        }
    }
    assert!(lost.is_empty(), "{}:\n{}", lost.len(), lost.join("\n"));
}
