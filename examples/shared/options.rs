//! The options that both programs understand.

use std::path::PathBuf;

use verify_mfa::Channel;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Call the phone and read the code, instead of sending a text message
    #[arg(long)]
    call: bool,

    /// The SQLite file that holds the users; made if there is none
    #[arg(long, value_name = "PATH", default_value = "verify-mfa-example.sqlite")]
    pub(crate) database: PathBuf,
}

impl Options {
    pub(crate) fn channel(&self) -> Channel {
        if self.call { Channel::Call } else { Channel::Sms }
    }
}

/// The end of `--help`.
pub(crate) const ENVIRONMENT: &str = "\
Environment, or a file named .env in this directory or one above it:
  TWILIO_ACCOUNT_SID         AC and 32 hexadecimal digits
  TWILIO_AUTH_TOKEN          or TWILIO_API_KEY (SK...) and TWILIO_API_KEY_SECRET
  TWILIO_VERIFY_SERVICE_SID  VA and 32 hexadecimal digits; TWILIO_VERIFY_SERVICE_ID and
                             TWILIO_SERVICE are accepted too
Without any variable that begins with TWILIO_ a sandbox plays Twilio, and nothing is sent.

Answers are read from the terminal or, line by line, from a pipe. The exit code is 0 only when what
was asked for has happened.";
