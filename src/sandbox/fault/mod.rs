//! What can be made to go wrong.

mod effect;
mod faults;
mod injected;
mod view;

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
pub(crate) use effect::{Canned, Condition, Effect, RetryAfter};
pub(crate) use faults::{Faults, Seen, Triggered};
pub use injected::InjectedFault;
pub(crate) use view::FaultView;

use super::verify::{Block, mask};
use crate::Operation;

/// Something that goes wrong: what, with which requests, and how often.
///
/// Unless it is said otherwise, it happens with every request, again and again, until it is
/// [removed](InjectedFault::remove) or the sandbox is [reset](super::Sandbox::reset). Requests
/// without the right credentials are refused before any fault. Of several faults that fit a request,
/// all delays count, and the first of the others.
///
/// ```
/// use verify_mfa::{Channel, Error, PhoneNumber, client::CreateVerification};
/// use verify_mfa::sandbox::{Fault, Sandbox};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let sandbox = Sandbox::start().await?;
/// sandbox.inject(Fault::drop_after().for_destination("+14155550100").once());
///
/// let phone = PhoneNumber::parse("+14155550100")?;
/// let verification = CreateVerification::new(&phone, Channel::Sms);
/// let error = sandbox.service().verifications().create(&verification).await.unwrap_err();
/// assert!(error.is_ambiguous());
/// assert_eq!(sandbox.messages().len(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use]
pub struct Fault {
    effect: Effect,
    after: bool,
    operation: Option<Operation>,
    destination: Option<Box<str>>,
    times: Option<u64>,
}

impl Fault {
    /// The request waits for as long as this, in real time or Tokio's paused time, and is then
    /// processed; or never, if the client gives up before. With
    /// [`after_processing`](Self::after_processing) the reply waits instead.
    pub fn delay(by: Duration) -> Self {
        Self::new(Effect::Delay(Some(by)))
    }

    /// The request waits until the fault is [released](InjectedFault::release), and is then
    /// processed; or never, if the client gives up before. With
    /// [`after_processing`](Self::after_processing) the reply waits instead.
    pub fn hold() -> Self {
        Self::new(Effect::Delay(None))
    }

    /// The connection is closed and the request was not processed: nothing was sent or counted.
    pub fn drop_before() -> Self {
        Self::new(Effect::Drop)
    }

    /// The connection is closed after the request was processed: the client cannot know that the
    /// message was sent or the check was counted.
    pub fn drop_after() -> Self {
        Self::drop_before().after_processing()
    }

    /// This answer of JSON instead of the request being processed. A `status` that is not 200 to
    /// 599 becomes 500.
    pub fn reply(status: u16, body: impl Into<Bytes>) -> Self {
        Self::new(Effect::Reply(Canned::new(status, "application/json", body.into())))
    }

    /// One of Twilio's errors, in its shape, instead of the request being processed.
    ///
    /// ```
    /// use verify_mfa::sandbox::Fault;
    ///
    /// let unavailable = Fault::error(503, 20503, "Service unavailable");
    /// let too_fast = Fault::error(429, 60212, "Too many concurrent requests for phone number");
    /// ```
    pub fn error(status: u16, code: u32, message: &str) -> Self {
        Self::new(Effect::Reply(Canned::error(status, code, message)))
    }

    /// A gateway's page, as it comes when Twilio itself is not reached.
    pub fn html(status: u16) -> Self {
        Self::new(Effect::Reply(Canned::new(status, "text/html", Bytes::from_static(PAGE))))
    }

    /// 429/20429, without a `Retry-After` unless one is added.
    pub fn too_many_requests() -> Self {
        Self::error(429, 20429, "Too many requests")
    }

    /// Half of the true reply, then the end of the connection. The request was processed.
    pub fn truncated_body() -> Self {
        Self::new(Effect::Truncate).after_processing()
    }

    /// The true reply, followed by blanks without end. The request was processed.
    pub fn endless_body() -> Self {
        Self::new(Effect::Endless).after_processing()
    }

    /// Fraud Guard blocks text messages: 403/60410. A start with `RiskCheck=disable` passes.
    pub fn fraud_block() -> Self {
        Self::new(Effect::Condition(Condition::Block(Block::Fraud)))
    }

    /// The geographic permissions leave the number's country out: 403/60605, over any channel.
    pub fn geo_block() -> Self {
        Self::new(Effect::Condition(Condition::Block(Block::Geography)))
    }

    /// The person answered STOP, so that text messages are refused: 400/21610.
    pub fn opted_out() -> Self {
        Self::new(Effect::Condition(Condition::Block(Block::OptedOut)))
    }

    /// A lookup says that the number is a landline. A service that has `LookupEnabled` and
    /// `SkipSmsToLandlines` refuses text messages to it: 403/60205.
    pub fn landline() -> Self {
        Self::new(Effect::Condition(Condition::Landline))
    }

    /// The carrier says no to a silent network authentication, with one of Twilio's codes 605xx,
    /// such as 60500 for another number than the device's.
    pub fn sna_failure(code: u32) -> Self {
        Self::new(Effect::Condition(Condition::Sna(code)))
    }

    /// Adds `Retry-After` in seconds to [`reply`](Self::reply), [`error`](Self::error),
    /// [`html`](Self::html) or [`too_many_requests`](Self::too_many_requests).
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.set_retry_after(RetryAfter::Seconds(wait.as_secs()));
        self
    }

    /// Adds `Retry-After` as an HTTP date.
    pub fn retry_after_date(mut self, date: SystemTime) -> Self {
        self.set_retry_after(RetryAfter::Date(date));
        self
    }

    /// Processes the request first. What is said instead of the true reply is then a lie.
    pub fn after_processing(mut self) -> Self {
        self.after = true;
        self
    }

    /// Only with requests of this operation. Default: all.
    pub fn for_operation(mut self, operation: Operation) -> Self {
        self.operation = Some(operation);
        self
    }

    /// Only with requests that mean this number or e-mail address: in `To`, in the path, or by the
    /// SID of its verification. Default: all.
    pub fn for_destination(mut self, destination: impl AsRef<str>) -> Self {
        self.destination = Some(destination.as_ref().into());
        self
    }

    /// Happens once.
    pub fn once(self) -> Self {
        self.times(1)
    }

    /// Happens this often.
    pub fn times(mut self, times: u64) -> Self {
        self.times = Some(times);
        self
    }

    /// Happens again and again. This is the default.
    pub fn always(mut self) -> Self {
        self.times = None;
        self
    }

    fn new(effect: Effect) -> Self {
        Self { effect, after: false, operation: None, destination: None, times: None }
    }

    fn set_retry_after(&mut self, retry_after: RetryAfter) {
        if let Effect::Reply(canned) = &mut self.effect {
            canned.retry_after = Some(retry_after);
        }
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fault")
            .field("effect", &self.effect)
            .field("after_processing", &self.after)
            .field("operation", &self.operation)
            .field("destination", &self.destination.as_deref().map(mask))
            .field("times", &self.times)
            .finish()
    }
}

const PAGE: &[u8] = b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n\
    <center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n";
