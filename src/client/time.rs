//! Twilio's dates as real times.

use std::{fmt, time::SystemTime};

use jiff::{Timestamp, fmt::rfc2822};
use serde::{Deserialize, Deserializer, de};

use super::optional;

/// RFC 3339, as Twilio sends it, or RFC 2822, as its specification says.
pub(super) fn optional<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<SystemTime>, D::Error> {
    Ok(optional::text::<D, Time>(deserializer)?.map(|time| time.0))
}

#[derive(Debug)]
pub(super) struct Time(pub(super) SystemTime);

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl de::Visitor<'_> for Text {
            type Value = Time;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a date and time such as 2015-07-30T20:00:00Z")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Time, E> {
                parse(text)
                    .map(Time)
                    .ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

fn parse(text: &str) -> Option<SystemTime> {
    let rfc3339 = text.parse::<Timestamp>();
    let time = rfc3339.or_else(|_| rfc2822::parse(text).map(|zoned| zoned.timestamp()));
    time.ok().map(SystemTime::from)
}
