//! Files: whose they are, how inputs are read, and what is kept aside while a run goes on.

pub mod input;
mod rejects;
pub mod safe_file;
pub mod spool;

pub use rejects::Rejects;
