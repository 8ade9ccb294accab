//! Many at once.

use std::sync::Arc;

use super::{
    super::{Spawn, Task, UserFixture, support::winners},
    support::{load, phone, stamp},
};
use crate::{
    UserId,
    store::{PhoneUpdate, SecurityStamp, UserStore},
};

/// Of 32 saves under the same stamp at once, one is saved, with its stamp.
pub async fn of_thirty_two_saves_under_one_stamp_one_is_saved(
    fixture: &impl UserFixture,
    spawn: Spawn,
) {
    let user = fixture.add(&stamp("")).await;
    let mut current = stamp("");
    for round in 0..ROUNDS {
        let next = |writer| stamp(&format!("{round} {writer}"));
        let tasks = (0..WRITERS)
            .map(|writer| save(fixture.store(), user.clone(), current.clone(), next(writer)));
        let saved = winners(spawn, tasks).await;
        assert_eq!(saved, 1, "of {WRITERS} saves under the same stamp, {saved} were saved");
        let factors = load(fixture, &user).await;
        let now = factors.map(|factors| factors.stamp).filter(|now| *now != current);
        current = now.unwrap_or_else(|| panic!("the stamp of the one that was saved is not there"));
    }
}

fn save(
    store: Arc<impl UserStore>,
    user: UserId,
    expected: SecurityStamp,
    next: SecurityStamp,
) -> Task {
    Box::pin(async move {
        let phone = phone("+14155550100");
        let update = store.save_phone(&user, Some(&phone), &expected, &next).await;
        matches!(update, Ok(PhoneUpdate::Saved))
    })
}

const WRITERS: u32 = 32;
const ROUNDS: u32 = 20;
