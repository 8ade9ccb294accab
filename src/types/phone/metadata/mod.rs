//! The numbering plans of all countries: the only place that knows of the crate `phonenumber`.
//!
//! Only that crate's metadata is used, Google's libphonenumber's. Its parser matches patterns by
//! their beginning instead of in full, strips prefixes twice, and keeps every compiled pattern in
//! one small cache behind one lock.

mod format;
mod kinds;
mod lengths;
mod pattern;
mod prefix;
mod region;

use std::sync::LazyLock;

use phonenumber::metadata::{DATABASE, Database};

pub(super) use self::{lengths::Fit, region::Region};
use super::{LineType, calling_code};
use crate::types::Country;

/// What shares one calling code.
pub(super) struct Plan {
    pub(super) code: u16,
    /// The country that the calling code stands for when nothing else decides.
    pub(super) main: Region,
    others: Vec<Region>,
}

/// The plan of a calling code.
pub(super) fn plan(code: u16) -> Option<&'static Plan> {
    let at = PLANS.binary_search_by_key(&code, |plan| plan.code).ok()?;
    PLANS.get(at)
}

/// A country's part of its plan.
pub(super) fn region(country: Country) -> Option<(&'static Plan, &'static Region)> {
    let plan = plan(country.calling_code())?;
    let region = plan.regions().find(|region| region.country == Some(country))?;
    Some((plan, region))
}

/// Loads the metadata, which otherwise happens when the first number is read.
pub(super) fn warm_up() {
    LazyLock::force(&PLANS);
}

impl Plan {
    /// The region that a national number belongs to. A region that claims all numbers with certain
    /// first digits gets them even if it does not know them.
    pub(super) fn region(&self, national: &str) -> Option<&Region> {
        if self.others.is_empty() {
            return Some(&self.main);
        }
        let has = |region: &&Region| match region.claims(national) {
            Some(claims) => claims,
            None => region.knows(national),
        };
        self.regions().find(has)
    }

    /// The type of a national number where it belongs.
    pub(super) fn line_type(&self, national: &str) -> LineType {
        let region = self.region(national);
        region.map_or(LineType::Unknown, |region| region.line_type(national))
    }

    fn regions(&self) -> impl Iterator<Item = &Region> {
        std::iter::once(&self.main).chain(&self.others)
    }

    fn load(database: &'static Database, code: u16) -> Option<Self> {
        let mut regions = database.by_code(&code)?.into_iter().map(Region::new);
        Some(Self { code, main: regions.next()?, others: regions.collect() })
    }
}

static PLANS: LazyLock<Vec<Plan>> = LazyLock::new(|| {
    let database: &'static Database = &DATABASE;
    calling_code::all().iter().filter_map(|code| Plan::load(database, *code)).collect()
});
