//! Somebody who knows a user's password but does not have the phone.

use std::time::Duration;

use futures_util::future::join_all;

use crate::{
    people,
    person::other_than,
    protocol::{Approve, Challenge, Reply},
    random::Random,
    world::{World, pause},
};

/// Guesses until it is dropped, from when so many logins have ended: several codes at once on several
/// nodes, codes of other users among them. When the user is locked, it looks from time to time whether
/// that is over.
pub(crate) async fn guess(world: &World, user: u32, begin: u32) {
    if world.finished.subscribe().wait_for(|finished| *finished >= begin).await.is_err() {
        return;
    }
    let mut random = Random::new(world.seed, u64::from(u32::MAX) + u64::from(user));
    loop {
        let session = random.session();
        let body = Challenge { user, session: session.clone() };
        let node = random.below(1 << 16) as usize;
        if let Some(Reply::Challenged { id }) =
            world.attackers.post(node, "/challenge", &body).await
        {
            while volley(world, user, &id, &session, &mut random).await {
                pause(BREATH).await;
            }
        }
        pause(REST).await;
    }
}

/// Whether it may go on.
async fn volley(world: &World, user: u32, id: &str, session: &str, random: &mut Random) -> bool {
    let first = random.below(1 << 16) as usize;
    let codes: Vec<_> = (0..GUESSES).filter_map(|_| wrong_code(world, user, random)).collect();
    let guesses = codes.into_iter().enumerate().map(|(number, code)| async move {
        let body = Approve { id: id.to_owned(), session: session.to_owned(), code };
        let reply = world.attackers.post(first + number, "/approve", &body).await;
        world.note(id, user, false, reply.as_ref());
        reply
    });
    let replies = join_all(guesses).await;
    !replies.is_empty() && !replies.iter().any(|reply| matches!(reply, Some(Reply::Refused { .. })))
}

/// A code that was sent to somebody else, or any other than the right one.
fn wrong_code(world: &World, user: u32, random: &mut Random) -> Option<String> {
    let right = world.code_for(user)?;
    let stolen = world.code_for(random.below(people::HONEST));
    let stolen = stolen.filter(|code| *code != right && random.in_a_hundred(50));
    Some(stolen.unwrap_or_else(|| other_than(&right, random)))
}

const GUESSES: usize = 3;
const BREATH: Duration = Duration::from_millis(300);
const REST: Duration = Duration::from_secs(1);
