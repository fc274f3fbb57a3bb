//! The incident that recoctl exists for: a live and shared DLQ, a dropped connection, a second try.

mod again;
mod arrivals;
mod hidden;
mod kit;
mod matrix;
mod prefixes;
mod shared;
