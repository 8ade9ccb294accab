//! Which requests are believed to be Twilio's.

mod bodies;
mod ports;
mod public_url;
mod support;
mod tokens;
mod vectors;
