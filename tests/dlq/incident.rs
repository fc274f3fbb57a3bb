//! The incident that recoctl exists for: a live and shared DLQ, a dropped connection, a second
//! attempt.

mod again;
mod arrivals;
mod hidden;
pub mod kit;
mod matrix;
mod prefixes;
mod shared;
