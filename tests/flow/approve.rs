//! How codes are typed, and what comes after wrong ones.

use crate::support::{World, assert_granted};

#[tokio::test]
async fn after_five_wrong_codes_a_new_challenge_has_a_new_code() {
    let world = World::enrolled().await;
    let challenge = world.login().await;
    let old = world.code();
    for _ in 0..5 {
        let _ = world.approve(&challenge, world.wrong_code()).await;
    }
    let challenge = world.login().await;
    assert_ne!(world.code(), old);
    assert_granted(world.approve(&challenge, &world.code()).await);
}

#[tokio::test]
async fn spaces_and_hyphens_in_a_code_do_not_matter() {
    let world = World::enrolled().await;
    let challenge = world.login().await;
    let code = world.code();
    let spaced = format!(" {} {}-{} ", &code[..2], &code[2..4], &code[4..]);
    assert_granted(world.approve(&challenge, &spaced).await);
}
