//! The application over HTTP, against the sandbox and its clock. Scripts do not run here.

mod attacks;
mod browser;
mod code_page;
mod forms;
mod headers;
mod journeys;
mod languages;
mod limits;
mod pages;
mod sessions;
mod world;
