//! Form parameters as Twilio names them.

use std::{borrow::Cow, fmt};

use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use url::form_urlencoded::Serializer;

/// The parameters of one request, in the order in which they were given. Values are kept as
/// secrets, because phones and codes are among them.
#[derive(Clone, Default)]
pub(super) struct Parameters(Vec<(Cow<'static, str>, SecretString)>);

impl Parameters {
    /// Sets `name`, replacing what it was.
    pub(super) fn set(&mut self, name: impl Into<Cow<'static, str>>, value: impl Into<String>) {
        let (name, value) = (name.into(), SecretString::from(value.into()));
        match self.0.iter_mut().find(|(own, _)| *own == name) {
            Some((_, own)) => *own = value,
            None => self.0.push((name, value)),
        }
    }

    pub(super) fn set_flag(&mut self, name: &'static str, value: bool) {
        self.set(name, if value { "true" } else { "false" });
    }

    /// Sets `name` to JSON text. The values are maps, lists and strings, which always serialise.
    pub(super) fn set_json(&mut self, name: &'static str, value: &impl Serialize) {
        self.set(name, serde_json::to_string(value).unwrap_or_default());
    }

    /// The form body.
    pub(super) fn encode(&self) -> String {
        let mut form = Serializer::new(String::with_capacity(128));
        for (name, value) in &self.0 {
            form.append_pair(name, value.expose_secret());
        }
        form.finish()
    }
}

/// The names only.
impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}
