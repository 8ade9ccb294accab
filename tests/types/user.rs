//! The application's names for its users.

use verify_mfa::UserId;

#[test]
fn a_user_id_has_1_to_255_bytes() {
    for text in ["1", "é", &"a".repeat(255)] {
        assert_eq!(UserId::new(text).unwrap().as_str(), text);
    }
    for (text, length) in [("", 0), (&*"a".repeat(256), 256), (&*"é".repeat(128), 256)] {
        let error = UserId::new(text).unwrap_err().to_string();
        assert_eq!(error, format!("a user id has 1 to 255 bytes, this has {length}"));
    }
}

#[test]
fn a_user_id_is_taken_as_it_is() {
    assert_ne!(UserId::new("jane").unwrap(), UserId::new("Jane").unwrap());
    assert_eq!(UserId::new(" 1 ").unwrap().as_str(), " 1 ");
}

#[test]
fn a_key_is_a_user_id() {
    assert_eq!(UserId::from(i64::MIN).as_str(), "-9223372036854775808");
    assert_eq!("42".parse::<UserId>().unwrap(), UserId::from(42));
}

#[test]
fn debug_cannot_forge_a_line_of_a_log() {
    let user = UserId::new("1\nlogged in").unwrap();
    assert_eq!(format!("{user:?}"), r#"UserId("1\nlogged in")"#);
}
