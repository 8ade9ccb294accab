//! Lists that come in pages.

use std::collections::{HashMap, VecDeque};

use futures_util::{Stream, stream};
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use super::{Inner, VerifyClient, reply::Reply, request::Call};
use crate::{Error, Operation, error::without_values};

/// One page of a list.
#[derive(Debug)]
pub struct Page<T> {
    client: VerifyClient,
    operation: Operation,
    items: Vec<T>,
    next: Option<Url>,
}

/// A resource that Twilio lists, and the name under which a reply does so.
pub(super) trait Listed: DeserializeOwned + Send + Sync {
    /// Such as `services`.
    const KEY: &'static str;
}

#[expect(private_bounds, reason = "only this crate's resources are listed")]
impl<T: Listed> Page<T> {
    pub(super) async fn load(
        client: VerifyClient,
        operation: Operation,
        url: Url,
    ) -> Result<Self, Error> {
        let call = Call::get(operation, url.clone());
        let (items, next) = client.0.call(call, |reply| read(&client.0, reply, &url)).await?;
        Ok(Self { client, operation, items, next })
    }

    /// The items of this page.
    pub fn items(&self) -> &[T] {
        &self.items
    }

    /// The items of this page, as one's own.
    pub fn into_items(self) -> Vec<T> {
        self.items
    }

    /// Whether another page follows.
    pub fn has_next(&self) -> bool {
        self.next.is_some()
    }

    /// The page that follows, or `None` after the last one.
    ///
    /// # Errors
    /// As for the first page; [`Error::UnexpectedReply`] when its address is not on the configured
    /// host, to which alone credentials are sent.
    pub async fn next_page(&self) -> Result<Option<Self>, Error> {
        let Some(url) = self.next.clone() else { return Ok(None) };
        Self::load(self.client.clone(), self.operation, url).await.map(Some)
    }

    /// The items of the list that begins at `url`, page after page. Ends after the first error.
    pub(super) fn stream(
        client: VerifyClient,
        operation: Operation,
        url: Url,
    ) -> impl Stream<Item = Result<T, Error>> + Send {
        let start = (client, VecDeque::new(), Some(url));
        stream::try_unfold(start, move |(client, mut items, mut next)| async move {
            while items.is_empty() {
                let Some(url) = next else { return Ok(None) };
                let page = Self::load(client.clone(), operation, url).await?;
                (items, next) = (page.items.into(), page.next);
            }
            Ok(items.pop_front().map(|item| (item, (client, items, next))))
        })
    }
}

/// The items of a page, and the address of the next one.
fn read<T: Listed>(
    client: &Inner,
    reply: &Reply,
    own: &Url,
) -> Result<(Vec<T>, Option<Url>), Error> {
    let mut parts: HashMap<String, Value> = reply.decode()?;
    let mut part = |key| parts.remove(key).unwrap_or_default();
    let (items, meta) = (part(T::KEY), part("meta"));
    let items: Vec<T> = serde_json::from_value(items).map_err(|error| {
        reply.unexpected("its list cannot be decoded", Some(without_values(&error)))
    })?;
    let unexpected = |problem| reply.unexpected(problem, None);
    let next = match meta.get("next_page_url") {
        None | Some(Value::Null) => None,
        Some(Value::String(next)) => {
            let problem = "the next page is not on the configured host";
            Some(client.same_origin(next).ok_or_else(|| unexpected(problem))?)
        }
        Some(_) => return Err(unexpected("the address of the next page is no text")),
    };
    match next {
        Some(next) if next == *own => Err(unexpected("the next page is the same page")),
        next => Ok((items, next)),
    }
}

impl Inner {
    /// Credentials are only ever sent to the configured origin.
    pub(super) fn same_origin(&self, next: &str) -> Option<Url> {
        let mut url = Url::parse(next).ok()?;
        url.set_fragment(None);
        let is_plain = url.username().is_empty() && url.password().is_none();
        (is_plain && url.origin() == self.services.origin()).then_some(url)
    }
}
