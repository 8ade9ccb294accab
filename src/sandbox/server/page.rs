//! Pages of a list, and dates.

use std::time::SystemTime;

use jiff::Timestamp;
use serde::Serialize;

use super::form::Form;
use crate::sandbox::verify::{Cursor, Refusal};

/// Which page is wanted.
#[derive(Debug)]
pub(super) struct PageRequest {
    pub(super) size: usize,
    pub(super) cursor: Cursor,
    number: u64,
    token: Option<String>,
}

impl PageRequest {
    pub(super) fn read(query: &Form<'_>) -> Result<Self, Refusal> {
        let size = query.parsed("PageSize", |text| text.parse::<usize>().ok())?.unwrap_or(50);
        match size {
            0 => return Err(Refusal::Invalid("PageSize")),
            1..=1000 => {}
            _ => return Err(Refusal::PageTooLarge),
        }
        let number = query.parsed("Page", |text| text.parse().ok())?.unwrap_or(0);
        let cursor = query.parsed("PageToken", cursor)?.unwrap_or(Cursor::First);
        let token = query.text("PageToken")?.map(str::to_owned);
        Ok(Self { size, cursor, number, token })
    }

    fn url(&self, list: &str, number: u64, token: Option<&str>) -> String {
        let token = token.map(|token| format!("&PageToken={token}")).unwrap_or_default();
        format!("{list}?PageSize={}&Page={number}{token}", self.size)
    }
}

#[derive(Debug, Serialize)]
pub(super) struct Meta {
    page: u64,
    page_size: usize,
    first_page_url: String,
    previous_page_url: Option<String>,
    url: String,
    next_page_url: Option<String>,
    key: &'static str,
}

impl Meta {
    /// `list` is the address of the list, `ends` the places of the first and the last item on this
    /// page, and `exists` says whether there is anything at a cursor.
    pub(super) fn new(
        key: &'static str,
        list: &str,
        request: &PageRequest,
        ends: Option<(u64, u64)>,
        exists: impl Fn(Cursor) -> bool,
    ) -> Self {
        let (before, after) = ends.unzip();
        let previous = before.filter(|&place| exists(Cursor::Before(place)));
        let next = after.filter(|&place| exists(Cursor::After(place)));
        let (back, forth) = (request.number.saturating_sub(1), request.number.saturating_add(1));
        Self {
            page: request.number,
            page_size: request.size,
            first_page_url: request.url(list, 0, None),
            previous_page_url: previous
                .map(|place| request.url(list, back, Some(&format!("PB{place}")))),
            url: request.url(list, request.number, request.token.as_deref()),
            next_page_url: next.map(|place| request.url(list, forth, Some(&format!("PA{place}")))),
            key,
        }
    }
}

fn cursor(token: &str) -> Option<Cursor> {
    let (direction, place) = token.split_at_checked(2)?;
    let place = place.parse().ok()?;
    match direction {
        "PA" => Some(Cursor::After(place)),
        "PB" => Some(Cursor::Before(place)),
        _ => None,
    }
}

/// Without a fraction: SDKs take anything else for plain text.
pub(super) fn date(time: SystemTime) -> String {
    let time = Timestamp::try_from(time).unwrap_or(Timestamp::MAX);
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::date;

    #[test]
    fn a_date_has_no_fraction() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_millis(1_767_225_600_999);
        assert_eq!(date(time), "2026-01-01T00:00:00Z");
    }
}
