//! The stores over real engines. Each engine's tests come with its feature, and fail where the engine
//! cannot be reached.

#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod login;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod sql;
#[cfg(feature = "sqlite")]
mod sqlite;
