//! The incident that recoctl exists for: a live and shared DLQ, a dropped connection, a second
//! attempt.

mod again;
mod arrivals;
#[path = "../support/faults.rs"]
mod faults;
mod hidden;
mod kit;
mod matrix;
mod shared;
#[path = "../support/mod.rs"]
mod support;
