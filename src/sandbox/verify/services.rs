//! The services of the account, in the order in which they were made.

use std::{
    collections::{BTreeMap, HashMap},
    ops::Bound,
    time::SystemTime,
};

use super::{Refusal, Service, ServiceSettings, Verifications};
use crate::types::ServiceSid;

#[derive(Debug, Default)]
pub(crate) struct Services {
    by_sid: HashMap<ServiceSid, (Service, Verifications)>,
    order: BTreeMap<u64, ServiceSid>,
}

/// Where a page of services begins or ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cursor {
    First,
    After(u64),
    Before(u64),
}

impl Services {
    pub(crate) fn create(
        &mut self,
        sid: ServiceSid,
        settings: ServiceSettings,
        now: SystemTime,
    ) -> &Service {
        let number = self.order.last_key_value().map_or(1, |(last, _)| last + 1);
        let service =
            Service { sid: sid.clone(), settings, created_at: now, updated_at: now, number };
        self.order.insert(number, sid.clone());
        &self.by_sid.entry(sid).or_insert((service, Verifications::default())).0
    }

    pub(crate) fn fetch(&self, sid: &ServiceSid) -> Result<&Service, Refusal> {
        self.by_sid.get(sid).map(|(service, _)| service).ok_or(Refusal::NotFound)
    }

    pub(crate) fn update(
        &mut self,
        sid: &ServiceSid,
        settings: ServiceSettings,
        now: SystemTime,
    ) -> Result<&Service, Refusal> {
        let (service, _) = self.open(sid)?;
        service.settings = settings;
        service.updated_at = now;
        Ok(service)
    }

    /// Its verifications go with it.
    pub(crate) fn delete(&mut self, sid: &ServiceSid) -> Result<(), Refusal> {
        let (service, _) = self.by_sid.remove(sid).ok_or(Refusal::NotFound)?;
        self.order.remove(&service.number);
        Ok(())
    }

    /// At most `size` services, oldest first.
    pub(crate) fn page(&self, cursor: Cursor, size: usize) -> Vec<&Service> {
        let mut sids: Vec<_> = match cursor {
            Cursor::First => self.order.values().take(size).collect(),
            Cursor::After(number) => {
                let after = (Bound::Excluded(number), Bound::Unbounded);
                self.order.range(after).map(|(_, sid)| sid).take(size).collect()
            }
            Cursor::Before(number) => {
                self.order.range(..number).rev().map(|(_, sid)| sid).take(size).collect()
            }
        };
        if matches!(cursor, Cursor::Before(_)) {
            sids.reverse();
        }
        sids.into_iter().filter_map(|sid| self.fetch(sid).ok()).collect()
    }

    /// A service together with its verifications.
    pub(super) fn open(
        &mut self,
        sid: &ServiceSid,
    ) -> Result<&mut (Service, Verifications), Refusal> {
        self.by_sid.get_mut(sid).ok_or(Refusal::NotFound)
    }
}
