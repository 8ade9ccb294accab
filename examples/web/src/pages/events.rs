//! What happened to the account.

use std::time::SystemTime;

use askama::Template;
use axum::{extract::State, http::HeaderMap, response::Response};
use time::OffsetDateTime;

use super::{Page, show as html};
use crate::{app::App, events::Event, messages::Language, page_error::PageError, session::Member};

#[derive(Template)]
#[template(path = "events.html")]
struct Events {
    page: Page,
    rows: Vec<Row>,
}

struct Row {
    /// For machines, and for people.
    at: [String; 2],
    what: String,
    how: String,
}

pub(crate) async fn show(
    State(app): State<App>,
    Member { mut visitor, user }: Member,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let events = app.events.newest(&user.id).await?;
    let rows = events.iter().map(|event| row(event, visitor.language)).collect();
    html(&Events { page: Page::new(&mut visitor, &headers, &app).await?, rows })
}

fn row(event: &Event, language: Language) -> Row {
    let named = |kind: &str, name: &str| {
        language.find(&format!("{kind}.{name}")).map_or_else(|| name.to_owned(), str::to_owned)
    };
    let channel = event.channel.as_deref().map(|channel| named("channel", channel));
    let country = event.country.as_deref().map(|country| named("country", country));
    let how = [channel, country].into_iter().flatten().collect::<Vec<_>>().join(", ");
    let what = named("event", &event.kind);
    let what = match event.times {
        1 => what,
        times => format!("{what} {}", language.count("events.times", times.into())),
    };
    Row { at: times(event.at), what, how }
}

fn times(at: SystemTime) -> [String; 2] {
    let at = OffsetDateTime::from(at);
    let (date, [hour, minute, second]) = (at.date(), [at.hour(), at.minute(), at.second()]);
    [
        format!("{date}T{hour:02}:{minute:02}:{second:02}Z"),
        format!("{date} {hour:02}:{minute:02} UTC"),
    ]
}
