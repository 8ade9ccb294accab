//! The page itself.

use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};

use crate::support::Desk;

fn within<'a>(page: &'a str, begin: &str, end: &str) -> &'a str {
    let [_, rest] = page.split(begin).collect::<Vec<_>>()[..] else { panic!("not one {begin}") };
    rest.split(end).next().unwrap()
}

#[tokio::test]
async fn only_the_pages_own_script_and_style_may_run() {
    let desk = Desk::start().await;
    let answer = desk.get("/").await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8");
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(!policy.contains("unsafe"), "{policy}");
    let page = answer.text().await.unwrap();
    let parts = [
        ("script-src", within(&page, "<script>", "</script>")),
        ("style-src", within(&page, "<style>", "</style>")),
    ];
    for (directive, text) in parts {
        let hash = BASE64_STANDARD.encode(Sha256::digest(text));
        assert!(policy.contains(&format!("{directive} 'sha256-{hash}'")), "{policy}");
    }
    for directive in ["default-src 'none'", "connect-src 'self'", "frame-ancestors 'none'"] {
        assert!(policy.contains(directive), "{policy}");
    }
}

#[tokio::test]
async fn the_page_needs_nobody_else_and_makes_no_markup_of_text() {
    let desk = Desk::start().await;
    let page = desk.get("/").await.text().await.unwrap();
    for foreign in ["https://", "//cdn", "<link rel=\"stylesheet\"", "@import", "src=\""] {
        assert!(!page.contains(foreign), "{foreign}");
    }
    for markup in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", " onclick="] {
        assert!(!page.contains(markup), "{markup}");
    }
}
