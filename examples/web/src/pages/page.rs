//! What all pages have.

use std::sync::Arc;

use axum::http::HeaderMap;

use crate::{app::App, flash::Flash, messages::Language, page_error::PageError, session::Visitor};

/// The frame of a page, for its template.
pub(crate) struct Page {
    pub(crate) language: Language,
    /// The token that this page's forms carry.
    pub(crate) csrf: String,
    pub(crate) user: Option<String>,
    pub(crate) flash: Option<Flash>,
    pub(crate) inbox: Option<Arc<str>>,
}

impl Page {
    /// For a page that is asked for: it says what the form before it did.
    pub(crate) async fn new(
        visitor: &mut Visitor,
        headers: &HeaderMap,
        app: &App,
    ) -> Result<Self, PageError> {
        visitor.keep().await?;
        Ok(Self { flash: Flash::of(headers), ..Self::again(visitor, None, app)? })
    }

    /// For a form that is shown again.
    pub(crate) fn again(
        visitor: &Visitor,
        flash: impl Into<Option<Flash>>,
        app: &App,
    ) -> Result<Self, PageError> {
        Ok(Self {
            language: visitor.language,
            csrf: visitor.csrf().token()?,
            user: visitor.user().map(|user| user.name.clone()),
            flash: flash.into(),
            inbox: app.inbox.clone(),
        })
    }

    /// Without forms.
    pub(crate) fn bare(language: Language) -> Self {
        Self { language, csrf: String::new(), user: None, flash: None, inbox: None }
    }

    pub(crate) fn t(&self, key: &'static str) -> &'static str {
        self.language.text(key)
    }

    pub(crate) fn say(&self, flash: &Flash) -> String {
        flash.text(self.language)
    }

    /// Whether the field is to be corrected that the page is about.
    pub(crate) fn has_problem(&self) -> bool {
        self.flash.as_ref().is_some_and(Flash::is_problem)
    }
}
