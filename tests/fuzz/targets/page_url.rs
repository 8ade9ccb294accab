//! The next page of a list is on the configured host, or is not followed.

use std::sync::LazyLock;

use verify_mfa::{Credentials, VerifyClient, client::fuzzing::next_page};

static CLIENT: LazyLock<VerifyClient> = LazyLock::new(|| {
    let account = "AC00000000000000000000000000000001".parse().unwrap();
    let credentials = Credentials::auth_token(account, "token");
    VerifyClient::builder(credentials).base_url("http://127.0.0.1:8080").build().unwrap()
});

pub(crate) fn target(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let Some(url) = next_page(&CLIENT, text) else { return };
    let rest = url.strip_prefix("http://").unwrap();
    let authority = rest.split('/').next().unwrap();
    assert_eq!(authority.rsplit('@').next(), Some("127.0.0.1:8080"), "{url}");
    assert_eq!(next_page(&CLIENT, &url).as_ref(), Some(&url));
}
