//! Exports: messages of a queue in a file, and back.

mod file;
mod read;

pub use file::ExportFile;
pub use read::{Opened, is_export};
