//! Channels and states: lists that Twilio may extend.

use verify_mfa::{Channel, VerificationStatus};

#[test]
fn every_channel_has_twilios_name() {
    for (channel, name) in [
        (Channel::Sms, "sms"),
        (Channel::Call, "call"),
        (Channel::Email, "email"),
        (Channel::WhatsApp, "whatsapp"),
        (Channel::Rcs, "rcs"),
        (Channel::Sna, "sna"),
        (Channel::Auto, "auto"),
    ] {
        assert_eq!((channel.as_str(), Channel::from(name)), (name, channel.clone()));
        assert_eq!(channel.to_string(), name);
    }
}

#[test]
fn every_state_has_twilios_name() {
    for (status, name) in [
        (VerificationStatus::Pending, "pending"),
        (VerificationStatus::Approved, "approved"),
        (VerificationStatus::Canceled, "canceled"),
        (VerificationStatus::MaxAttemptsReached, "max_attempts_reached"),
        (VerificationStatus::Deleted, "deleted"),
        (VerificationStatus::Failed, "failed"),
        (VerificationStatus::Expired, "expired"),
    ] {
        assert_eq!((status.as_str(), VerificationStatus::from(name)), (name, status.clone()));
    }
}

#[test]
fn only_the_exact_name_means_approved() {
    for name in ["Approved", "APPROVED", " approved", "approved\n", "aproved", ""] {
        assert_eq!(VerificationStatus::from(name), VerificationStatus::Other(name.into()));
    }
}

#[test]
fn a_name_that_nobody_knows_survives_a_round_trip() {
    let json = r#""Pigeon \"Post\"""#;
    let channel = serde_json::from_str::<Channel>(json).unwrap();
    assert_eq!(channel, Channel::Other("Pigeon \"Post\"".into()));
    assert_eq!(serde_json::to_string(&channel).unwrap(), json);
}

#[test]
fn what_is_not_text_is_no_name() {
    for json in ["null", "1", "{}", "[]", "true"] {
        assert!(serde_json::from_str::<Channel>(json).is_err(), "{json}");
        assert!(serde_json::from_str::<VerificationStatus>(json).is_err(), "{json}");
    }
}
