//! The services of the account, in the order in which they were made.

use std::{
    collections::{BTreeMap, HashMap},
    ops::Bound,
    sync::Arc,
    time::SystemTime,
};

use super::{Counters, Refusal, Service, ServiceSettings, Verifications};
use crate::types::ServiceSid;

#[derive(Debug, Default)]
pub(crate) struct Services {
    by_sid: HashMap<ServiceSid, Open>,
    order: BTreeMap<u64, ServiceSid>,
}

/// A service together with what happens in it.
#[derive(Debug)]
pub(crate) struct Open {
    pub(crate) service: Service,
    pub(crate) verifications: Verifications,
    pub(crate) counters: Counters,
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
        let service = Service {
            sid: Arc::new(sid.clone()),
            settings,
            created_at: now,
            updated_at: now,
            number,
        };
        self.order.insert(number, sid.clone());
        let (verifications, counters) = (Verifications::default(), Counters::default());
        &self.by_sid.entry(sid).or_insert(Open { service, verifications, counters }).service
    }

    pub(crate) fn fetch(&self, sid: &ServiceSid) -> Result<&Service, Refusal> {
        self.by_sid.get(sid).map(|open| &open.service).ok_or(Refusal::NotFound)
    }

    pub(crate) fn update(
        &mut self,
        sid: &ServiceSid,
        settings: ServiceSettings,
        now: SystemTime,
    ) -> Result<&Service, Refusal> {
        let Open { service, .. } = self.open(sid)?;
        service.settings = settings;
        service.updated_at = now;
        Ok(service)
    }

    /// Its verifications go with it.
    pub(crate) fn delete(&mut self, sid: &ServiceSid) -> Result<(), Refusal> {
        let Open { service, .. } = self.by_sid.remove(sid).ok_or(Refusal::NotFound)?;
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

    pub(crate) fn open(&mut self, sid: &ServiceSid) -> Result<&mut Open, Refusal> {
        self.by_sid.get_mut(sid).ok_or(Refusal::NotFound)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Open> {
        self.by_sid.values()
    }
}
