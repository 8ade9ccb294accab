//! What happened to an account, for its owner to read.
//!
//! A failure that is among the latest events already is counted there: however often somebody tries a
//! password, it does not push away what else there was.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sqlx::SqlitePool;
use tokio::sync::{
    mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    oneshot,
};
use verify_mfa::{
    BoxError, UserId,
    flow::{EventKind, EventSink, SecurityEvent},
};

/// Writes events into the database while the requests go on.
#[derive(Clone)]
pub(crate) struct Events {
    pool: SqlitePool,
    queue: UnboundedSender<Queued>,
}

enum Queued {
    Event(Event),
    Flush(oneshot::Sender<()>),
}

/// One row. It holds no phone, and no code.
pub(crate) struct Event {
    pub(crate) user: UserId,
    pub(crate) at: SystemTime,
    pub(crate) kind: String,
    pub(crate) purpose: Option<String>,
    pub(crate) channel: Option<String>,
    pub(crate) country: Option<String>,
    /// How often, if it is a failure. The time is that of the last.
    pub(crate) times: u32,
}

impl EventSink for Events {
    fn record(&self, event: &SecurityEvent) {
        // An application that knows its users' e-mail addresses sends them the notices here.
        if let EventKind::Notice(_) = event.kind {
            return;
        }
        self.add(Event {
            user: event.user.clone(),
            at: event.at,
            kind: event.kind.as_str().to_owned(),
            purpose: event.purpose.map(|purpose| purpose.as_str().to_owned()),
            channel: event.channel.as_ref().map(ToString::to_string),
            country: event.country.map(|country| country.to_string()),
            times: 1,
        });
    }
}

impl Events {
    pub(crate) fn start(pool: SqlitePool) -> Self {
        let (queue, queued) = unbounded_channel();
        tokio::spawn(write(pool.clone(), queued));
        Self { pool, queue }
    }

    /// Something that the application itself saw.
    pub(crate) fn tell(&self, user: &UserId, kind: &str, at: SystemTime) {
        let (user, kind) = (user.clone(), kind.to_owned());
        self.add(Event { user, at, kind, purpose: None, channel: None, country: None, times: 1 });
    }

    fn add(&self, event: Event) {
        if self.queue.send(Queued::Event(event)).is_err() {
            tracing::error!("an event of an account was not written");
        }
    }

    /// The newest of a user's, once all are written that happened so far.
    pub(crate) async fn newest(&self, user: &UserId) -> Result<Vec<Event>, BoxError> {
        let (flush, flushed) = oneshot::channel();
        self.queue.send(Queued::Flush(flush))?;
        flushed.await?;
        let select = "SELECT at, kind, purpose, channel, country, times FROM events
                      WHERE user = $1 ORDER BY at DESC, id DESC LIMIT 50";
        let rows = sqlx::query_as::<_, Row>(select).bind(user.as_str()).fetch_all(&self.pool);
        Ok(rows.await?.into_iter().map(|row| event(user, row)).collect())
    }
}

type Row = (i64, String, Option<String>, Option<String>, Option<String>, u32);

fn event(user: &UserId, (at, kind, purpose, channel, country, times): Row) -> Event {
    let at = UNIX_EPOCH + Duration::from_secs(at.try_into().unwrap_or_default());
    Event { user: user.clone(), at, kind, purpose, channel, country, times }
}

/// As many as wait, in one transaction.
async fn write(pool: SqlitePool, mut queued: UnboundedReceiver<Queued>) {
    let mut waiting = Vec::new();
    while queued.recv_many(&mut waiting, AT_ONCE).await > 0 {
        let (mut events, mut flushes) = (Vec::new(), Vec::new());
        for queued in waiting.drain(..) {
            match queued {
                Queued::Event(event) => events.push(event),
                Queued::Flush(flushed) => flushes.push(flushed),
            }
        }
        if let Err(error) = insert(&pool, events).await {
            tracing::error!(%error, "events of accounts were not written");
        }
        flushes.into_iter().for_each(|flushed| flushed.send(()).unwrap_or_default());
    }
}

async fn insert(pool: &SqlitePool, events: Vec<Event>) -> Result<(), BoxError> {
    let mut transaction = pool.begin().await?;
    for event in events {
        let seconds: i64 = event.at.duration_since(UNIX_EPOCH)?.as_secs().try_into()?;
        let bound = |statement| {
            let query = sqlx::query(statement).bind(event.user.as_str().to_owned()).bind(seconds);
            let query = query.bind(event.kind.clone()).bind(event.purpose.clone());
            query.bind(event.channel.clone()).bind(event.country.clone())
        };
        if bound(REPEAT).execute(&mut *transaction).await?.rows_affected() == 0 {
            bound(INSERT).execute(&mut *transaction).await?;
        }
    }
    Ok(transaction.commit().await?)
}

const REPEAT: &str = "UPDATE events SET times = times + 1, at = $2
    WHERE id IN (SELECT id FROM events WHERE user = $1 ORDER BY at DESC, id DESC LIMIT 10)
        AND kind = $3 AND purpose IS $4 AND channel IS $5 AND country IS $6
        AND kind IN ('password_failed', 'check_failed', 'one_factor_only', 'send_refused', 'send_limited')";
const INSERT: &str = "INSERT INTO events (user, at, kind, purpose, channel, country)
    VALUES ($1, $2, $3, $4, $5, $6)";

const AT_ONCE: usize = 256;
