//! A path never leads to another site, nor does what is left of it after it was resolved.

use url::Url;
use verify_mfa::NextPath;

pub(crate) fn target(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let Ok(path) = NextPath::parse(text) else { return };
    assert_eq!(path.as_str(), text);
    let site = Url::parse("https://example.com/login").unwrap();
    let target = site.join(text).unwrap();
    assert_eq!((target.origin(), target.username()), (site.origin(), ""));
    let resolved = target.as_str().strip_prefix("https://example.com").unwrap();
    assert_eq!(site.join(resolved).unwrap().origin(), site.origin());

    let json = serde_json::to_string(&path).unwrap();
    assert_eq!(serde_json::from_str::<NextPath>(&json).unwrap(), path);
}
