//! Effective settings and the source of each value: flags > environment > file > default.

mod file;
mod flags;
mod settings;
mod trust;

pub use file::{ConfigFile, DIRECTORY_FILE};
pub use flags::GlobalArgs;
pub use settings::{Key, Setting, SettingSource, Settings};
pub use trust::{ConfigOrigin, Trusted, is_harmless};
