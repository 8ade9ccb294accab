//! What strangers can use up, and what they cannot.

use crate::world::{PASSWORD, World};

#[tokio::test]
async fn what_was_typed_is_shown_again_only_as_far_as_it_can_be_a_name() {
    let world = World::start().await;
    for path in ["/login", "/register"] {
        let name = "<".repeat(4_000);
        let again = world.browser().fill(path, &[("name", &name), ("password", PASSWORD)]).await;
        assert_eq!(again.body.matches("&#60;").count(), 40, "{path}");
    }
}

#[tokio::test]
async fn a_page_that_shows_a_form_again_is_made_anew_for_each_form() {
    let world = World::start().await;
    let browser = world.browser();
    let token = browser.get("/login").await.token();
    let fields = [("name", "ada"), ("password", "wrong")];
    let one = browser.post("/login", &token, &fields).await;
    assert_ne!(one.token(), browser.post("/login", &token, &fields).await.token());
}
