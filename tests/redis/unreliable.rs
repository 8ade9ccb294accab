//! Connections that do what connections do at the worst moment.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use verify_mfa::store::redis_driver::{
    Cmd, ErrorKind, Pipeline, RedisError, RedisFuture, Value,
    aio::{ConnectionLike, MultiplexedConnection},
};

/// Sends every command twice and gives the second answer, as a cluster connection does when the
/// first one is lost.
#[derive(Clone)]
pub(crate) struct Twice(pub(crate) MultiplexedConnection);

impl ConnectionLike for Twice {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        Box::pin(async move {
            self.0.req_packed_command(command).await?;
            self.0.req_packed_command(command).await
        })
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        self.0.req_packed_commands(pipeline, offset, count)
    }

    fn get_db(&self) -> i64 {
        self.0.get_db()
    }
}

/// What an outage takes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Loss {
    Request,
    Reply,
}

/// Works for some commands, loses one of them, and fails from then on until it is repaired.
#[derive(Clone)]
pub(crate) struct Outage {
    connection: MultiplexedConnection,
    loss: Loss,
    /// How many more commands work.
    left: Arc<AtomicUsize>,
}

impl Outage {
    pub(crate) fn new(connection: MultiplexedConnection, loss: Loss) -> Self {
        Self { connection, loss, left: Arc::new(AtomicUsize::new(usize::MAX)) }
    }

    /// Breaks after so many more commands.
    pub(crate) fn break_after(&self, commands: usize) {
        self.left.store(commands, Ordering::SeqCst);
    }

    /// Works again; tells whether it was broken at all.
    pub(crate) fn repair(&self) -> bool {
        self.left.swap(usize::MAX, Ordering::SeqCst) == BROKEN
    }

    /// How many commands worked before this one, at most.
    fn take(&self) -> usize {
        let next = |left| match left {
            usize::MAX => Some(usize::MAX),
            BROKEN => Some(BROKEN),
            0 => Some(BROKEN),
            left => Some(left - 1),
        };
        self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, next).unwrap_or(BROKEN)
    }
}

impl ConnectionLike for Outage {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        Box::pin(async move {
            let left = self.take();
            if left == 0 && self.loss == Loss::Reply {
                self.connection.req_packed_command(command).await?;
            }
            if left == 0 || left == BROKEN {
                return Err(RedisError::from((ErrorKind::Io, "the connection was cut")));
            }
            self.connection.req_packed_command(command).await
        })
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        self.connection.req_packed_commands(pipeline, offset, count)
    }

    fn get_db(&self) -> i64 {
        self.connection.get_db()
    }
}

const BROKEN: usize = usize::MAX - 1;
