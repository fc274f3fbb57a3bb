//! What is in force, and where each value came from: flags > environment > file > default.

mod file;
mod flags;
mod settings;
mod trust;

pub use file::{ConfigFile, DIRECTORY_FILE};
pub use flags::GlobalArgs;
pub use settings::{Key, Setting, Settings, Source};
pub use trust::{Origin, Trusted, is_harmless};
