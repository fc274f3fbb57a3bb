//! What only this machine knows: environments and runs.

use std::path::Path;

use tokio_util::sync::CancellationToken;

use crate::config::{ConfigFile, GlobalArgs, Settings};
use crate::context::Context;
use crate::ui::{Ui, UiOptions};
use reco_ops::dlq::journal::run_ids;

/// Source of values that are not part of the command line's definition.
pub trait Sources {
    /// Returns the environments of the config file, or of the one in use.
    fn environments(&self, config: Option<&str>) -> Vec<String>;

    /// Returns the ids of the runs with a journal on this machine, newest first.
    fn runs(&self) -> Vec<String>;
}

/// This machine. Whatever cannot be read is left out: a shell shows no errors.
#[derive(Debug, Clone, Copy)]
pub struct Machine;

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

impl Sources for Machine {
    fn environments(&self, config: Option<&str>) -> Vec<String> {
        let named = config.map(str::to_owned).or_else(|| variable("RECOCTL_CONFIG"));
        let file = match named {
            Some(path) => ConfigFile::read(Path::new(&path)).ok(),
            None => ConfigFile::discover(&variable).ok().flatten(),
        };
        // The file may be a stranger's, and some shells put a candidate on the line as it is.
        let plain = |name: &&str| {
            name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        };
        let names =
            |file: ConfigFile| file.environments().filter(plain).map(str::to_owned).collect();
        file.map(names).unwrap_or_default()
    }

    fn runs(&self) -> Vec<String> {
        let settings = Settings::resolve(&GlobalArgs::default(), &variable).unwrap_or_default();
        let ui = Ui::from_process(UiOptions { quiet: true, ..UiOptions::default() });
        let context = Context::new(settings, ui, CancellationToken::new());
        let runs = context.home().and_then(|home| run_ids(&home));
        runs.unwrap_or_default()
    }
}
