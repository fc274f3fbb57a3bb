//! Scripts that connect a shell to `recoctl __complete`.

use clap::Command;
use clap_complete::Shell;

/// Returns the script for a shell. Those for bash, zsh and fish ask the binary; the others are
/// generated from the command tree.
#[must_use]
pub fn script(shell: Shell, recoctl: Command) -> String {
    match shell {
        Shell::Bash => include_str!("recoctl.bash").to_owned(),
        Shell::Zsh => include_str!("recoctl.zsh").to_owned(),
        Shell::Fish => include_str!("recoctl.fish").to_owned(),
        other => {
            let mut script = Vec::new();
            clap_complete::generate(other, &mut super::visible(recoctl), "recoctl", &mut script);
            String::from_utf8_lossy(&script).into_owned()
        }
    }
}
