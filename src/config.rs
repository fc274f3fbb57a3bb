//! What is in force, and where each value came from: flags > environment > file > default.

mod file;
mod settings;

pub use file::ConfigFile;
pub use settings::{Key, Setting, Settings, Source};
