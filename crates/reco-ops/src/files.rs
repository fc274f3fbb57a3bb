//! Files: safe access, reading of inputs, and temporary storage during a run.

pub mod input;
mod rejects;
pub mod safe_file;
pub mod spool;

pub use rejects::Rejects;
