//! What of the body a signature covers.

use verify_mfa::webhook::{InvalidSignature, RequestValidator};

use super::support::{FORM, Received, TOKEN, form, get, json};

const URL: &str = "https://example.com/h";
const EMPTY_HASH: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const BRACES_HASH: &str = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

#[test]
fn names_are_ordered_by_their_bytes() {
    let body = "b=1&a=2&B=3&A1=4&A=5";
    assert_eq!(form(URL, body).over("https://example.com/hA5A14B3a2b1"), Ok(()));
}

#[test]
fn a_repeated_name_counts_each_of_its_values_once() {
    let body = "A=2&A=1&A=2";
    assert_eq!(form(URL, body).over("https://example.com/hA1A2"), Ok(()));
    assert_eq!(
        form(URL, body).over("https://example.com/hA1A2A2"),
        Err(InvalidSignature::Mismatch)
    );
}

#[test]
fn form_values_are_decoded() {
    let body = "A=1+2&B=%2B1%202&C=%26%3D&D=&E";
    assert_eq!(form(URL, body).over("https://example.com/hA1 2B+1 2C&=DE"), Ok(()));
}

#[test]
fn a_changed_form_is_refused() {
    let signed = "https://example.com/hStatuspending";
    assert_eq!(form(URL, "Status=pending").over(signed), Ok(()));
    assert_eq!(form(URL, "Status=approved").over(signed), Err(InvalidSignature::Mismatch));
}

#[test]
fn the_type_of_a_form_may_be_in_capitals_and_name_its_characters() {
    let content_type = Some("Application/X-WWW-Form-Urlencoded; charset=UTF-8");
    let received = Received { url: URL, content_type, body: b"A=1" };
    assert_eq!(received.over("https://example.com/hA1"), Ok(()));
}

#[test]
fn a_get_request_and_an_empty_form_are_signed_by_their_url() {
    let url = "https://example.com/h?b=1+2&a=%2b1&'";
    assert_eq!(get(url).over(url), Ok(()));
    assert_eq!(form(url, "").over(url), Ok(()));
}

#[test]
fn the_query_counts_as_it_was_written() {
    for other in ["a=%2B1", "a=%2b1&", "a=+1", ""] {
        let signed = format!("https://example.com/h?{other}");
        let received = get("https://example.com/h?a=%2b1");
        assert_eq!(received.over(&signed), Err(InvalidSignature::Mismatch), "{other}");
    }
}

#[test]
fn what_follows_a_number_sign_is_not_signed() {
    assert_eq!(get("https://example.com/h?a=1#rc=3").over("https://example.com/h?a=1"), Ok(()));
}

#[test]
fn json_without_a_hash_is_refused() {
    assert_eq!(json(URL, "{}").over(URL), Err(InvalidSignature::BodyHashMissing));
    assert_eq!(json(URL, "").over(URL), Err(InvalidSignature::BodyHashMissing));
}

#[test]
fn every_kind_of_json_needs_a_hash() {
    for content_type in
        ["application/json; charset=utf-8", "application/cloudevents+json", "TEXT/JSON"]
    {
        let received = Received { url: URL, content_type: Some(content_type), body: b"" };
        assert_eq!(received.over(URL), Err(InvalidSignature::BodyHashMissing), "{content_type}");
    }
}

#[test]
fn a_body_of_another_or_no_type_needs_a_hash() {
    for content_type in [None, Some("text/plain"), Some("multipart/form-data")] {
        let received = Received { url: URL, content_type, body: b"A=1" };
        assert_eq!(received.over(URL), Err(InvalidSignature::BodyHashMissing), "{content_type:?}");
    }
}

#[test]
fn another_body_than_the_hashed_one_is_refused() {
    let url = format!("{URL}?bodySHA256={BRACES_HASH}");
    assert_eq!(json(&url, "{}").over(&url), Ok(()));
    assert_eq!(json(&url, "{ }").over(&url), Err(InvalidSignature::BodyHashMismatch));
}

#[test]
fn a_hash_has_to_be_signed() {
    let url = format!("{URL}?bodySHA256={BRACES_HASH}");
    assert_eq!(json(&url, "{}").over(URL), Err(InvalidSignature::Mismatch));
}

#[test]
fn a_hash_in_capitals_or_cut_off_is_refused() {
    for hash in [&BRACES_HASH.to_uppercase(), &BRACES_HASH[..62], ""] {
        let url = format!("{URL}?bodySHA256={hash}");
        assert_eq!(json(&url, "{}").over(&url), Err(InvalidSignature::BodyHashMismatch), "{hash}");
    }
}

#[test]
fn json_may_be_empty_where_the_hash_says_so() {
    let url = format!("{URL}?bodySHA256={EMPTY_HASH}");
    assert_eq!(json(&url, "").over(&url), Ok(()));
}

#[test]
fn a_signed_url_of_json_is_not_good_for_another_body() {
    let url = format!("{URL}?bodySHA256={BRACES_HASH}");
    for body in ["", "=", "&&", "=&="] {
        for content_type in [None, Some(FORM)] {
            let received = Received { url: &url, content_type, body: body.as_bytes() };
            assert_eq!(received.over(&url), Err(InvalidSignature::BodyHashMismatch), "{body}");
        }
    }
}

#[test]
fn a_form_that_adds_nothing_to_the_signed_text_is_not_covered_by_it() {
    assert_eq!(form(URL, "=&=").over(URL), Err(InvalidSignature::BodyHashMissing));
}

#[test]
fn a_missing_signature_is_told_from_a_wrong_one() {
    let validator = RequestValidator::new([TOKEN]).unwrap();
    assert_eq!(validator.validate(URL, |_| None, b""), Err(InvalidSignature::Missing));
    for text in ["", "?", "sxawoVh+C44OBqsh9coLsyzDT9U", "sxawoVh+C44OBqsh9coLsyzDT9UA", "AAAA"] {
        assert_eq!(get(URL).with(TOKEN, text), Err(InvalidSignature::Malformed), "{text}");
    }
    let wrong = "sxawoVh+C44OBqsh9coLsyzDT9U=";
    assert_eq!(get(URL).with(TOKEN, wrong), Err(InvalidSignature::Mismatch));
}
