//! How far it is: one line where a person looks, some lines in a pipe.

use std::{
    io::{self, IsTerminal, Write},
    time::Duration,
};

use tokio::time;

use crate::world::World;

/// Unlike `println!` it does not panic when nobody listens any more.
pub(crate) fn say(text: &str) -> io::Result<()> {
    writeln!(io::stdout(), "{text}")
}

/// Tells until it is dropped.
pub(crate) async fn tell(world: &World, logins: u32) -> io::Result<()> {
    let is_terminal = io::stdout().is_terminal();
    let mut ticks = time::interval(Duration::from_millis(if is_terminal { 100 } else { 500 }));
    let mut told = 0;
    loop {
        ticks.tick().await;
        let finished = *world.finished.borrow();
        let percent = u64::from(finished) * 100 / u64::from(logins.max(1));
        let (retries, made) = (world.honest.figures().retries, *world.made.borrow());
        let line = format!(
            "{percent:3}%  {finished} of {logins} logins; kills and restarts: {made}, retries: {retries}"
        );
        if is_terminal {
            write!(io::stdout(), "\r{line}\x1b[K")?;
            io::stdout().flush()?;
        } else if percent / 10 > told {
            told = percent / 10;
            say(&line)?;
        }
    }
}

/// Ends the line that was updated.
pub(crate) fn end() -> io::Result<()> {
    if io::stdout().is_terminal() { say("") } else { Ok(()) }
}
