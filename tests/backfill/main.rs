//! Backfills, through the real binary: a module for each concern.

#[path = "../support/faults.rs"]
mod faults;
#[path = "../support/mod.rs"]
mod support;

mod bad_batch;
mod budget;
mod concurrency;
mod exports;
mod machines;
mod movielens;
mod reading;
mod resume;
mod runs;
mod verify;
mod writing;
