//! Export files: writing and reading messages of a queue.

mod file;
mod read;

pub use file::ExportFile;
pub use read::{Opened, is_export};
