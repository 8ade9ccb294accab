//! From what a person typed to a valid number.
//!
//! The order of the steps is libphonenumber's. It differs in that a plus sign always stands before
//! a calling code, whatever country is given besides.

use std::borrow::Cow;

use super::{
    InvalidPhone, LineType, calling_code, gate,
    metadata::{self, Fit, Plan},
};
use crate::types::Country;

/// The E.164 form of what was typed in `country`, or anywhere.
pub(super) fn parse(text: &str, country: Option<Country>) -> Result<Box<str>, InvalidPhone> {
    let typed = gate::read(text)?;
    match country {
        _ if typed.plus => international(&typed.digits)?.e164(),
        Some(country) => dialed_in(country, &typed.digits)?.e164(),
        None => Err(InvalidPhone::MissingCountryCode),
    }
}

struct Number<'t> {
    plan: &'static Plan,
    national: Cow<'t, str>,
}

fn international(digits: &str) -> Result<Number<'_>, InvalidPhone> {
    if digits.len() < 3 {
        return Err(InvalidPhone::TooShort);
    }
    let (code, national) = calling_code::split(digits).ok_or(InvalidPhone::UnknownCountryCode)?;
    let plan = metadata::plan(code).ok_or(InvalidPhone::UnknownCountryCode)?;
    Ok(Number { plan, national: plan.main.significant(national) })
}

fn dialed_in(country: Country, digits: &str) -> Result<Number<'_>, InvalidPhone> {
    let (plan, region) = metadata::region(country).ok_or(InvalidPhone::UnknownCountryCode)?;
    if let Some(abroad) = region.strip_international_prefix(digits) {
        return international(abroad);
    }
    let national = match region.strip_calling_code(digits, plan.code) {
        Some(national) => plan.main.significant(&national).into_owned().into(),
        None => region.significant(digits),
    };
    Ok(Number { plan, national })
}

impl Number<'_> {
    fn e164(&self) -> Result<Box<str>, InvalidPhone> {
        let text = format!("+{}{}", self.plan.code, self.national);
        match self.plan.line_type(&self.national) {
            LineType::Unknown => Err(self.refusal()),
            _ if text.len() > MAXIMUM => Err(InvalidPhone::TooManyDigits),
            _ => Ok(text.into()),
        }
    }

    fn refusal(&self) -> InvalidPhone {
        match self.plan.main.fit(&self.national) {
            Fit::TooShort | Fit::LocalOnly => InvalidPhone::TooShort,
            Fit::TooLong => InvalidPhone::TooManyDigits,
            Fit::Between => InvalidPhone::NotPossible,
            Fit::Possible => InvalidPhone::NotValid,
        }
    }
}

/// The plus sign and 15 digits.
const MAXIMUM: usize = 16;
