//! Each thing that must not happen is found, and nothing else.

use super::*;

const ATTACKED: u32 = people::HONEST;

fn typed(challenge: &str, rightful: bool, heard: Heard) -> Typed {
    Typed { challenge: challenge.to_owned(), user: 7, rightful, heard }
}

fn granted(challenge: &str) -> Granted {
    Granted { challenge: challenge.to_owned(), user: 7 }
}

fn check(verification: &str, user: u32, said: Said) -> Check {
    Check { verification: verification.to_owned(), phone: Some(people::phone(user)), said }
}

/// A wrong code, then the right one, and a thief who gets nowhere.
fn honest() -> Ledger {
    Ledger {
        typed: vec![
            typed("a", false, Heard::Incorrect),
            typed("a", true, Heard::LetIn),
            typed("a", false, Heard::Other),
        ],
        granted: vec![granted("a")],
        checks: vec![check("VE1", 7, Said::Wrong), check("VE1", 7, Said::Approved)],
        shut_out: Vec::new(),
    }
}

#[track_caller]
fn found(ledger: &Ledger, expected: &[&str]) {
    let violations = ledger.violations();
    assert_eq!(violations.len(), expected.len(), "{violations:?}");
    for part in expected {
        assert!(violations.iter().any(|found| found.contains(part)), "{part}: {violations:?}");
    }
}

#[test]
fn an_honest_login_is_fine() {
    found(&honest(), &[]);
}

#[test]
fn a_grant_whose_reply_was_lost_is_fine() {
    let mut ledger = honest();
    ledger.typed[1].heard = Heard::Other;
    found(&ledger, &[]);
}

#[test]
fn a_second_grant_of_a_challenge_is_found() {
    let mut ledger = honest();
    ledger.granted.push(granted("a"));
    found(&ledger, &["granted 2 times", "let in 2 times and approved 1 times"]);
}

#[test]
fn a_second_approval_of_a_verification_is_found() {
    let mut ledger = honest();
    ledger.checks.push(check("VE1", 7, Said::Approved));
    found(&ledger, &["VE1 was approved 2 times"]);
}

#[test]
fn a_grant_without_the_right_code_is_found() {
    let mut ledger = honest();
    ledger.typed[1].rightful = false;
    found(&ledger, &["without the right code", "somebody else was let in as user 7"]);
}

#[test]
fn a_grant_to_another_user_than_typed_is_found() {
    let mut ledger = honest();
    ledger.granted[0].user = 8;
    found(&ledger, &["user 8 was let in by", "without a grant", "user 8 was let in 1 times"]);
}

#[test]
fn being_let_in_without_a_grant_is_found() {
    let mut ledger = honest();
    ledger.granted.clear();
    found(&ledger, &["without a grant"]);
}

#[test]
fn a_grant_without_an_approval_is_found() {
    let mut ledger = honest();
    ledger.checks.pop();
    found(&ledger, &["let in 1 times and approved 0 times"]);
}

#[test]
fn a_sixth_code_is_found_by_challenge_and_by_verification() {
    let mut ledger = honest();
    ledger.typed.extend(vec![typed("b", false, Heard::Incorrect); 5]);
    ledger.checks.extend(vec![check("VE2", 7, Said::Wrong); 5]);
    found(&ledger, &[]);
    ledger.typed.push(typed("b", false, Heard::Incorrect));
    ledger.checks.push(check("VE2", 7, Said::Wrong));
    found(&ledger, &["6 codes were compared for b", "6 codes were compared for VE2"]);
}

#[test]
fn an_eleventh_wrong_code_for_somebody_who_is_attacked_is_found() {
    let mut ledger = honest();
    let wrong = (0..10).map(|number| check(&format!("VE1{number}"), ATTACKED, Said::Wrong));
    ledger.checks.extend(wrong);
    found(&ledger, &[]);
    ledger.checks.push(check("VE3", ATTACKED, Said::Wrong));
    found(&ledger, &["was not locked before 11 wrong codes"]);
}

#[test]
fn whoever_is_shut_out_is_found() {
    let shut_out = vec!["user 7 did not get in".to_owned()];
    found(&Ledger { shut_out, ..honest() }, &["user 7 did not get in"]);
}
