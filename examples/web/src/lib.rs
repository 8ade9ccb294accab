//! Two-factor login in a browser, to copy from.

mod app;
mod attempts;
mod caller;
mod config;
mod country_picker;
mod csrf;
mod database;
mod environment;
mod events;
mod files;
mod flash;
mod headers;
mod idempotency;
mod messages;
mod page_error;
mod pages;
mod password;
mod provider;
mod routes;
mod server;
mod session;
mod users;

pub use app::App;
pub use config::{Attempts, Config};
pub use provider::{Provider, read_env_file};
pub use routes::router;
pub use server::{serve, stopped};
