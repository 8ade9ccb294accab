//! Where to go after the login.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, de};

/// A path on the application's own origin, such as `/profile?tab=security`: what a `next` parameter
/// may hold without becoming an open redirect (CWE-601).
///
/// It begins with one `/`, is not followed by `/` or `\`, and has only visible ASCII characters
/// without `\`, as browsers drop control characters and read `\` as `/`. No segment is `.` or `..`:
/// whoever resolves them on the way could be left with `//`.
///
/// ```
/// use verify_mfa::NextPath;
///
/// assert_eq!(NextPath::parse("/profile?tab=security")?.as_str(), "/profile?tab=security");
/// for elsewhere in ["//evil.example", "/\\evil.example", "https:evil.example", "/\t/evil.example"] {
///     assert!(NextPath::parse(elsewhere).is_err());
/// }
/// # Ok::<(), verify_mfa::InvalidNextPath>(())
/// ```
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct NextPath(Box<str>);

/// A text that does not name a path on the application's own origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected a path on this site: one / and then at most 2047 visible ASCII characters, no \\ and no dot segments"
)]
pub struct InvalidNextPath;

impl NextPath {
    /// Checks `text`.
    ///
    /// # Errors
    /// [`InvalidNextPath`] when a browser could take it for another site.
    pub fn parse(text: &str) -> Result<Self, InvalidNextPath> {
        let visible = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        let encoded = |code: &str| text.to_ascii_lowercase().starts_with(code);
        let local = text.starts_with('/') && !text.starts_with("//");
        let disguised = ["/%2f", "/%5c", "/%09", "/%0a", "/%0d"].iter().any(|code| encoded(code));
        if local && visible && !disguised && !has_dot_segment(text) && text.len() <= 2048 {
            return Ok(Self(text.into()));
        }
        Err(InvalidNextPath)
    }

    /// The path, with its query and fragment.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn has_dot_segment(text: &str) -> bool {
    let path = text.split(['?', '#']).next().unwrap_or(text).to_ascii_lowercase();
    path.split('/').any(|segment| matches!(segment.replace("%2e", ".").as_str(), "." | ".."))
}

impl FromStr for NextPath {
    type Err = InvalidNextPath;
    fn from_str(text: &str) -> Result<Self, InvalidNextPath> {
        Self::parse(text)
    }
}

impl fmt::Display for NextPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for NextPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NextPath({:?})", self.0)
    }
}

/// Checked again when it is read back.
impl<'de> Deserialize<'de> for NextPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}
