//! The second language.

use crate::{
    browser::Browser,
    world::{PASSWORD, PHONE, World},
};

#[tokio::test]
async fn whoever_speaks_german_is_spoken_to_in_german() {
    let world = World::start().await;
    let browser = Browser::speaking(world.site, "de-AT,de;q=0.9");
    let fields = [("name", "ada"), ("password", PASSWORD)];
    let profile = browser.fill("/register", &fields).await;
    profile.says("<html lang=\"de\">").says("Hallo ada");
    let page = world.ask_to_enable(&browser, PHONE).await;
    page.is_at("/code").says("Sie haben noch 5 Versuche. Der Code gilt noch 10 Minuten.");
    let page = world.give_code(&browser, &page, world.wrong_code(PHONE)).await;
    page.says("Falscher Code. Sie haben noch 4 Versuche.");
    browser.get("/nowhere").await.says("Diese Seite gibt es nicht.");
}
