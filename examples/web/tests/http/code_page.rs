//! The page on which a code is entered.

use verify_mfa::{Operation, sandbox::Fault};

use crate::world::{PHONE, World};

#[tokio::test]
async fn it_has_one_field_that_phones_and_keyboards_understand() {
    let world = World::start().await;
    world.enrolled("ada", PHONE).await;
    let (_, page) = world.at_code_page("ada").await;
    page.says("inputmode=\"numeric\" autocomplete=\"one-time-code\"")
        .says("You have 5 tries left. The code works for another 10 minutes.")
        .says("You can ask for the code again in 30 seconds.");
    assert!(!page.body.contains("4155550100"));
}

#[tokio::test]
async fn a_wrong_code_counts_and_the_right_one_still_works() {
    let world = World::start().await;
    world.enrolled("ada", PHONE).await;
    let (browser, page) = world.at_code_page("ada").await;
    let page = world.give_code(&browser, &page, world.wrong_code(PHONE)).await;
    page.is_at("/code").says("Wrong code. You have 4 tries left.");
    world.give_code(&browser, &page, &world.code(PHONE)).await.is_at("/profile");
}

#[tokio::test]
async fn what_cannot_be_a_code_does_not_count() {
    let world = World::start().await;
    world.enrolled("ada", PHONE).await;
    let (browser, page) = world.at_code_page("ada").await;
    let page = world.give_code(&browser, &page, "12345").await;
    page.says("The code has 6 digits").says("You have 5 tries left");
}

#[tokio::test]
async fn blanks_around_a_code_are_no_mistake() {
    let world = World::start().await;
    world.enrolled("ada", PHONE).await;
    let (browser, page) = world.at_code_page("ada").await;
    let code = format!(" {} ", world.code(PHONE));
    world.give_code(&browser, &page, &code).await.is_at("/profile");
}

#[tokio::test]
async fn five_wrong_codes_end_it_and_ten_lock_the_user() {
    let world = World::start().await;
    world.enrolled("ada", PHONE).await;
    let mut shown = None;
    for _ in 0..2 {
        world.advance(130);
        let (browser, mut page) = world.at_code_page("ada").await;
        for _ in 0..5 {
            page = world.give_code(&browser, &page, world.wrong_code(PHONE)).await;
        }
        shown = Some(page.is_at("/login").says("Too many wrong codes. Please start again").clone());
    }
    assert!(shown.is_some());
    let browser = world.browser();
    let locked = world.give_password(&browser, "ada").await;
    locked.is_at("/login").says("Too many wrong codes. Please wait 15 minutes");
}

#[tokio::test]
async fn a_code_that_has_expired_says_so_however_one_comes_back() {
    let world = World::start().await;
    world.enrolled("ada", PHONE).await;
    let (browser, page) = world.at_code_page("ada").await;
    let code = world.code(PHONE);
    world.advance(601);
    browser.get("/code").await.is_at("/login").says("The code has expired");
    let answer = world.give_code(&browser, &page, &code).await;
    answer.is_at("/login").says("The code has expired");
    assert!(!world.is_logged_in(&browser).await);
}

#[tokio::test]
async fn a_code_is_sent_again_after_a_wait_and_by_call_after_a_longer_one() {
    let world = World::start().await;
    world.enrolled("ada", PHONE).await;
    let (browser, page) = world.at_code_page("ada").await;
    let sent = world.sent();
    let page = browser.submit(&page, "/code/resend", &[("how", "same")]).await;
    page.is_at("/code").says("Please wait 30 seconds before asking again");
    assert_eq!(world.sent(), sent);
    world.advance(30);
    let page = browser.submit(&page, "/code/resend", &[("how", "same")]).await;
    page.says("We sent the code again").says("again in 40 seconds");
    assert_eq!(world.sent(), sent + 1);
    world.advance(60);
    let page = browser.get("/code").await;
    let page = browser.submit(&page, "/code/resend", &[("how", "call")]).await;
    page.says("We are calling you now").says("to tell you a code");
    world.give_code(&browser, &page, &world.code(PHONE)).await.is_at("/profile");
}

#[tokio::test]
async fn no_call_is_offered_for_what_changes_the_second_factor() {
    let world = World::start().await;
    let browser = world.enrolled("ada", PHONE).await;
    let page = browser.fill("/two-factor/disable", &[]).await;
    assert!(!page.is_at("/code").body.contains("Call me instead"));
    world.advance(60);
    let page = browser.submit(&page, "/code/resend", &[("how", "call")]).await;
    page.is_at("/code").says("cannot be sent by call");
}

#[tokio::test]
async fn a_canceled_login_is_over() {
    let world = World::start().await;
    world.enrolled("ada", PHONE).await;
    let (browser, page) = world.at_code_page("ada").await;
    let code = world.code(PHONE);
    browser.submit(&page, "/code/cancel", &[]).await.is_at("/login").says("Canceled");
    world.give_code(&browser, &page, &code).await.is_at("/login");
    assert!(!world.is_logged_in(&browser).await);
}

#[tokio::test]
async fn an_outage_says_what_to_do_and_lets_nobody_in() {
    let world = World::start().await;
    world.enrolled("ada", PHONE).await;
    let (browser, page) = world.at_code_page("ada").await;
    let down = world.sandbox().inject(Fault::error(401, 20003, "Authenticate"));
    let page = world.give_code(&browser, &page, &world.code(PHONE)).await;
    page.is_at("/code").says("Please try again in a few minutes");
    down.remove();
    world.give_code(&browser, &page, &world.code(PHONE)).await.is_at("/profile");
}

#[tokio::test]
async fn a_check_with_an_unknown_end_starts_again() {
    let world = World::start().await;
    world.enrolled("ada", PHONE).await;
    let (browser, page) = world.at_code_page("ada").await;
    let check = Fault::drop_after().for_operation(Operation::CreateVerificationCheck);
    world.sandbox().inject(check.once());
    let page = world.give_code(&browser, &page, &world.code(PHONE)).await;
    page.is_at("/login").says("We could not find out whether the code was right");
    assert!(!world.is_logged_in(&browser).await);
}

#[tokio::test]
async fn a_block_for_fraud_says_what_to_do_and_offers_no_call() {
    let world = World::start().await;
    let browser = world.member("ada").await;
    world.sandbox().inject(Fault::fraud_block());
    let page = world.ask_to_enable(&browser, PHONE).await;
    page.is_at("/two-factor/enable").says("try again later, or contact support");
    assert!(!page.body.contains("Call me instead"));
}

#[tokio::test]
async fn a_login_that_cannot_be_sent_a_code_says_why() {
    let world = World::start().await;
    world.enrolled("ada", PHONE).await;
    world.sandbox().inject(Fault::error(401, 20003, "Authenticate"));
    let browser = world.browser();
    let page = world.give_password(&browser, "ada").await;
    page.is_at("/login").says("The service that sends and checks codes cannot be reached");
    assert!(!world.is_logged_in(&browser).await);
}

#[tokio::test]
async fn a_login_whose_code_may_be_on_its_way_goes_on_and_sends_no_second_one() {
    let world = World::start().await;
    world.enrolled("ada", PHONE).await;
    world.sandbox().inject(Fault::drop_after().once());
    let (browser, sent) = (world.browser(), world.sent());
    let page = world.give_password(&browser, "ada").await;
    page.is_at("/login").says("We could not find out whether a code was sent");
    let page = world.give_password(&browser, "ada").await;
    world.give_code(&browser, page.is_at("/code"), &world.code(PHONE)).await.is_at("/profile");
    assert_eq!(world.sent(), sent + 1);
}
