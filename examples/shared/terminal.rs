//! Asking and telling, at a terminal or through a pipe.

use std::{
    env,
    io::{self, BufRead, IsTerminal, Read, Write},
};

use secrecy::SecretString;

use super::failure::Failure;

/// Asks for one line, which is trimmed.
pub(crate) fn ask(prompt: &str) -> Result<String, Failure> {
    Ok(read_line(prompt)?.trim().to_owned())
}

/// Asks for a password. A person at a terminal does not see what they type.
pub(crate) fn ask_password(prompt: &str) -> Result<SecretString, Failure> {
    if !io::stdin().is_terminal() {
        return Ok(read_line(prompt)?.into());
    }
    match rpassword::prompt_password(prompt) {
        Ok(password) => Ok(password.into()),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            say("")?;
            Err(ended())
        }
        Err(error) => Err(error.into()),
    }
}

/// Unlike `println!` it does not panic when nobody listens any more.
pub(crate) fn say(text: &str) -> io::Result<()> {
    writeln!(io::stdout(), "{text}")
}

/// Says something that nobody should overlook.
pub(crate) fn say_loudly(text: &str) -> io::Result<()> {
    let colour = io::stdout().is_terminal() && env::var_os("NO_COLOR").is_none();
    if colour { say(&format!("\x1b[1;33m{text}\x1b[0m")) } else { say(text) }
}

fn read_line(prompt: &str) -> Result<String, Failure> {
    let (mut stdout, stdin) = (io::stdout(), io::stdin());
    write!(stdout, "{prompt}")?;
    stdout.flush()?;
    let mut line = String::new();
    stdin.lock().take(LONGEST_LINE).read_line(&mut line)?;
    if !stdin.is_terminal() || !line.ends_with('\n') {
        // Nobody pressed Enter.
        writeln!(stdout)?;
    }
    match line.strip_suffix('\n') {
        Some(text) => Ok(text.strip_suffix('\r').unwrap_or(text).to_owned()),
        None if line.is_empty() => Err(ended()),
        None if line.len() as u64 == LONGEST_LINE => {
            Err(Failure::because(format!("A line has more than {LONGEST_LINE} bytes.")))
        }
        None => Ok(line),
    }
}

fn ended() -> Failure {
    Failure::because("The input ended. Nothing more was done.")
}

const LONGEST_LINE: u64 = 4096;
