//! What forms say of what was typed.

use crate::world::{PASSWORD, PHONE, World};

#[tokio::test]
async fn a_name_is_taken_once_in_whatever_case() {
    let world = World::start().await;
    world.member("ada").await;
    let again = world.browser().fill("/register", &[("name", "ADA"), ("password", PASSWORD)]).await;
    assert_eq!(again.says("This user name is taken").status, 422);
}

#[tokio::test]
async fn a_short_password_and_a_strange_name_are_refused_with_the_reason() {
    let world = World::start().await;
    let browser = world.browser();
    let short = [("name", "ada"), ("password", "fourteen chars")];
    browser.fill("/register", &short).await.says("A password has at least 15 characters");
    for name in ["ad", "a da", "<b>ada</b>", "ad\u{e4}"] {
        let strange = [("name", name), ("password", PASSWORD)];
        browser.fill("/register", &strange).await.says("A user name has 3 to 40 letters");
    }
}

#[tokio::test]
async fn what_was_typed_is_shown_again_as_text() {
    let world = World::start().await;
    let fields = [("name", "\"><script>"), ("password", "wrong")];
    let again = world.browser().fill("/login", &fields).await;
    assert!(!again.says("Wrong user name or password").body.contains("\"><script>"));
}

#[tokio::test]
async fn each_mistake_in_a_phone_has_its_own_reason() {
    let world = World::start().await;
    let browser = world.member("ada").await;
    for (phone, reason) in [
        ("+1 415 555 01", "too few digits"),
        ("+1 415 555 0100 ext. 9", "without an extension"),
        ("+1 415 555 010l", "does not belong in a phone number"),
        ("+999 415 555 0100", "Please choose the country"),
        (" ", "Please type a phone number"),
        ("+1 900 555 0100", "This kind of number cannot be used"),
        ("+90 501 234 56 78", "cannot send codes to this country"),
    ] {
        let again = world.ask_to_enable(&browser, phone).await;
        assert_eq!(again.says(reason).says(&format!("value=\"{phone}\"")).status, 422);
    }
    assert_eq!(world.sent(), 0);
}

#[tokio::test]
async fn a_number_is_read_as_it_is_dialed_in_the_country_chosen() {
    let world = World::start().await;
    let browser = world.member("ada").await;
    let fields = [("country", "GB"), ("phone", "07400 123456"), ("consent", "yes")];
    browser.fill("/two-factor/enable", &fields).await.is_at("/code");
    assert_eq!(world.sandbox().messages()[0].to, "+447400123456");
}

#[tokio::test]
async fn without_consent_nothing_is_sent() {
    let world = World::start().await;
    let browser = world.member("ada").await;
    let fields = [("country", "US"), ("phone", PHONE)];
    browser.fill("/two-factor/enable", &fields).await.says("Please confirm that you want to use");
    assert_eq!(world.sent(), 0);
}

#[tokio::test]
async fn a_form_that_is_not_one_is_refused() {
    let world = World::start().await;
    let browser = world.member("ada").await;
    let token = browser.get("/two-factor/enable").await.token();
    let fields = [("country", "XX"), ("phone", PHONE), ("consent", "yes")];
    let answer = browser.post("/two-factor/enable", &token, &fields).await;
    assert_eq!(answer.says("The form could not be read").status, 400);
    let huge = "x".repeat(20_000);
    assert_eq!(browser.post("/login", &token, &[("name", &huge)]).await.status, 400);
}
