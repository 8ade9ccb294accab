//! Countries and their codes.

use phonenumber::metadata::DATABASE;
use verify_mfa::Country;

#[test]
fn the_countries_are_those_of_the_metadata() {
    let mut regions: Vec<_> = DATABASE
        .iter()
        .filter(|metadata| metadata.id() != "001")
        .map(|metadata| (metadata.id(), metadata.country_code()))
        .collect();
    regions.sort_unstable();
    let ours = Country::ALL.iter().map(|country| (country.as_str(), country.calling_code()));
    assert!(ours.eq(regions));
}

#[test]
fn a_country_is_read_in_either_case_and_written_in_capitals() {
    assert_eq!("kE".parse(), Ok(Country::KE));
    assert_eq!(Country::KE.to_string(), "KE");
    assert_eq!(serde_json::to_string(&Country::KE).unwrap(), r#""KE""#);
    assert_eq!(serde_json::from_str::<Country>(r#""ke""#).unwrap(), Country::KE);
}

#[test]
fn what_is_no_country_is_told_apart_from_what_is_no_code() {
    for (text, problem) in [
        ("", "it is not two ASCII letters"),
        ("KEN", "it is not two ASCII letters"),
        ("é", "it is not two ASCII letters"),
        ("zz", "no telephone numbers are known for ZZ"),
    ] {
        let error = text.parse::<Country>().unwrap_err().to_string();
        assert_eq!(error, format!("expected a two-letter country code such as US: {problem}"));
    }
}
