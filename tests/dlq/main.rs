//! The dead-letter queue, through the real binary: a module for each concern.

#[path = "../support/faults.rs"]
mod faults;
#[path = "../support/mod.rs"]
mod support;

mod files;
mod guards;
mod incident;
mod injected;
mod journal;
mod lock;
mod look;
mod matrix;
mod native;
mod outcome;
mod redrive;
mod rehearse;
mod repair;
mod select;
mod users;
mod why;
