//! Files that are the same for everybody.

use axum::{
    Router,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
    routing::get,
};

use crate::country_picker::CountryPicker;

/// This site's own style and scripts, which are part of the program, and the country picker, if it is
/// installed.
pub(crate) fn router<S: Clone + Send + Sync + 'static>(picker: &CountryPicker) -> Router<S> {
    let own = FILES.into_iter().map(|(path, kind, text)| (path.to_owned(), kind, text.into()));
    own.chain(picker.files()).fold(Router::new(), |router, (path, kind, bytes): File| {
        let bytes = axum::body::Bytes::from(bytes);
        router.route(&path, get(move || async move { kept(kind, bytes) }))
    })
}

/// Its address, its type and what is in it.
pub(crate) type File = (String, &'static str, Vec<u8>);

fn kept(kind: &'static str, bytes: axum::body::Bytes) -> Response {
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=300")];
    (headers, bytes).into_response()
}

/// No script and no style but this site's own files and the country picker's, and no form that goes
/// elsewhere.
pub(crate) fn policy(picker: &CountryPicker) -> HeaderValue {
    let other = picker.foreign_source();
    let policy = format!(
        "default-src 'none'; script-src 'self'{other}; style-src 'self'{other}; \
         img-src 'self' data:{other}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

pub(crate) const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
pub(crate) const CSS: &str = "text/css; charset=utf-8";
const FILES: [(&str, &str, &str); 3] = [
    ("/static/style.css", CSS, include_str!("../static/style.css")),
    ("/static/code.js", JAVASCRIPT, include_str!("../static/code.js")),
    ("/static/phone.js", JAVASCRIPT, include_str!("../static/phone.js")),
];
