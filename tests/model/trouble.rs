//! What goes wrong at Twilio, once.

use proptest::prelude::*;
use verify_mfa::{Operation, sandbox::Fault};

use crate::world::PHONES;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Trouble {
    operation: Operation,
    what: What,
}

#[derive(Debug, Clone, Copy)]
enum What {
    DroppedBefore,
    DroppedAfter,
    Truncated,
    Gateway,
    Unavailable,
    UnavailableAfter,
    Garbage,
    NotJson,
    Busy,
    Misconfigured,
    /// An approval of something that nobody asked about.
    Foreign,
    FraudBlock,
    GeoBlock,
    OptedOut,
    /// One of Twilio's refusals of a send.
    Refused(u32),
}

impl Trouble {
    pub(crate) fn fault(self) -> Fault {
        let fault = match self.what {
            What::DroppedBefore => Fault::drop_before(),
            What::DroppedAfter => Fault::drop_after(),
            What::Truncated => Fault::truncated_body(),
            What::Gateway => Fault::html(502),
            What::Unavailable => Fault::error(503, 20503, "Service unavailable"),
            What::UnavailableAfter => Fault::html(504).after_processing(),
            What::Garbage => Fault::reply(200, "{}").after_processing(),
            What::NotJson => Fault::reply(201, "approved").after_processing(),
            What::Busy => Fault::too_many_requests(),
            What::Misconfigured => Fault::error(401, 20003, "Authenticate"),
            What::Foreign => Fault::reply(201, foreign_approval()),
            What::FraudBlock => Fault::fraud_block(),
            What::GeoBlock => Fault::geo_block(),
            What::OptedOut => Fault::opted_out(),
            What::Refused(code) => Fault::error(429, code, "Refused"),
        };
        fault.for_operation(self.operation).once()
    }
}

fn foreign_approval() -> String {
    let [to, ..] = PHONES;
    let sid = "VE00000000000000000000000000000001";
    format!(r#"{{"sid": "{sid}", "to": "{to}", "status": "approved", "valid": true}}"#)
}

pub(crate) fn trouble() -> impl Strategy<Value = Trouble> {
    let start = prop_oneof![3 => anything(), 2 => of_sends()];
    prop_oneof![
        3 => start.prop_map(|what| Trouble { operation: Operation::CreateVerification, what }),
        3 => anything()
            .prop_map(|what| Trouble { operation: Operation::CreateVerificationCheck, what }),
        1 => anything().prop_map(|what| Trouble { operation: Operation::UpdateVerification, what }),
        1 => anything().prop_map(|what| Trouble { operation: Operation::FetchVerification, what }),
    ]
}

fn anything() -> impl Strategy<Value = What> {
    prop_oneof![
        Just(What::DroppedBefore),
        Just(What::DroppedAfter),
        Just(What::Truncated),
        Just(What::Gateway),
        Just(What::Unavailable),
        Just(What::UnavailableAfter),
        Just(What::Garbage),
        Just(What::NotJson),
        Just(What::Busy),
        Just(What::Misconfigured),
        Just(What::Foreign),
    ]
}

fn of_sends() -> impl Strategy<Value = What> {
    prop_oneof![
        Just(What::FraudBlock),
        Just(What::GeoBlock),
        Just(What::OptedOut),
        prop_oneof![Just(60200), Just(60202), Just(60203), Just(60212)].prop_map(What::Refused),
    ]
}
