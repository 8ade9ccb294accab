//! Short forms for what is stored a million times.

use std::time::{Duration, SystemTime};

use crate::Channel;

/// Whether a field can be left out.
pub(super) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// The channel that is left out.
pub(super) fn sms() -> Channel {
    Channel::Sms
}

pub(super) fn is_sms(channel: &Channel) -> bool {
    *channel == Channel::Sms
}

/// The count that is left out.
pub(super) fn one() -> u32 {
    1
}

pub(super) fn is_one(count: &u32) -> bool {
    *count == 1
}

/// A time as milliseconds since 1970. One before that is 1970.
pub(super) mod milliseconds {
    use std::time::{Duration, SystemTime};

    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(in super::super) fn serialize<S: Serializer>(
        time: &SystemTime,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        serializer.serialize_u64(since.as_millis().try_into().unwrap_or(u64::MAX))
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<SystemTime, D::Error> {
        let since = Duration::from_millis(u64::deserialize(deserializer)?);
        let time = SystemTime::UNIX_EPOCH.checked_add(since);
        time.ok_or_else(|| D::Error::custom("a time beyond the range of time"))
    }
}

/// The time without what [`milliseconds`] leaves out.
pub(super) fn whole_milliseconds(time: SystemTime) -> SystemTime {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let rest = Duration::from_nanos((since.subsec_nanos() % 1_000_000).into());
    time.checked_sub(rest).unwrap_or(time)
}

/// Times as milliseconds since 1970.
pub(super) mod times {
    use std::time::SystemTime;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    struct Time(#[serde(with = "super::milliseconds")] SystemTime);

    pub(in super::super) fn serialize<S: Serializer>(
        times: &[SystemTime],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(times.iter().map(|time| Time(*time)))
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<SystemTime>, D::Error> {
        Ok(Vec::deserialize(deserializer)?.into_iter().map(|Time(time)| time).collect())
    }
}
