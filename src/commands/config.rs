//! `recoctl config show`: effective settings and the source of each.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use reco_core::outcome::Outcome;
use reco_store::facts::without_password;
use serde::Serialize;

use crate::config::{ConfigFile, DIRECTORY_FILE, Key, Setting, Trusted};
use crate::context::Context;
use crate::ui::{Align, Report, TextTable, Tone, Ui, View, escape_line};
use reco_ops::aws::{CredentialsInForce, in_force};
use reco_ops::error::{Error, Result};

/// The commands on the configuration.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Print the effective configuration and the source of each value
    Show,
    /// Trust the current content of the recoctl.toml in the working directory
    ///
    /// A recoctl.toml in the working directory may come from a repository that you do not control.
    /// Until you trust it, it may name queues, tables and attributes, but not endpoints, profiles,
    /// facts databases with credentials, or files outside its directory. Changing the file revokes
    /// the trust.
    Trust(TrustArgs),
}

/// Arguments of `config trust`.
#[derive(Debug, Args)]
pub struct TrustArgs {
    /// File to trust instead of ./recoctl.toml
    #[arg(value_name = "FILE", default_value = DIRECTORY_FILE)]
    pub file: PathBuf,
    /// Revoke trust in the file
    #[arg(long)]
    pub revoke: bool,
}

/// Records or revokes trust in a file.
///
/// # Errors
/// Fails if the file is not a valid config file, if others can write it, or if the record cannot be
/// saved.
pub fn trust(ui: &Ui, args: &TrustArgs) -> Result<Outcome> {
    let trusted = Trusted::of(&|name| std::env::var(name).ok()).ok_or_else(|| {
        Error::refused("no state directory: neither XDG_STATE_HOME nor HOME is set")
            .hint("set XDG_STATE_HOME to a writable directory")
    })?;
    let (file, text) = ConfigFile::to_trust(&args.file)?;
    let changed = match args.revoke {
        true => trusted.forget(&args.file, &text)?,
        false => {
            let known = trusted.has(&args.file, &text);
            trusted.remember(&args.file, &text)?;
            !known
        }
    };
    let counts = file.needing_trust().into_iter().map(|(key, value, section)| Counting {
        key: key.name(),
        value: without_password(&value),
        section,
    });
    let report = TrustReport {
        file: args.file.display().to_string(),
        trusted: !args.revoke,
        changed,
        settings: counts.collect(),
    };
    ui.report(&report)
}

/// Value that takes effect only if its file is trusted.
#[derive(Debug, Serialize)]
struct Counting {
    key: &'static str,
    value: String,
    section: String,
}

#[derive(Debug, Serialize)]
struct TrustReport {
    file: String,
    trusted: bool,
    /// True if this run changed the trust.
    changed: bool,
    /// Settings that need trust.
    settings: Vec<Counting>,
}

impl Report for TrustReport {
    const KIND: &'static str = "config.trust";
    const ROWS: Option<&'static str> = Some("settings");

    fn outcome(&self) -> Outcome {
        Outcome::Success
    }

    fn render(&self, view: &View) -> String {
        let file = escape_line(&self.file);
        let head = match (self.trusted, self.changed) {
            (true, true) => format!("{file} is trusted until it changes"),
            (true, false) => format!("{file} is already trusted"),
            (false, true) => format!("{file} is no longer trusted"),
            (false, false) => format!("{file} was not trusted"),
        };
        if self.settings.is_empty() {
            return format!("{head}; none of its settings need trust\n");
        }
        let columns = [("SETTING", Align::Left), ("VALUE", Align::Left), ("FROM", Align::Left)];
        let mut table = TextTable::new(view, &columns);
        for Counting { key, value, section } in &self.settings {
            table.toned_row([
                ((*key).to_owned(), None),
                (escape_line(value), Some(Tone::Heading)),
                (escape_line(section), Some(Tone::Faint)),
            ]);
        }
        let what = if self.trusted { "now in effect" } else { "no longer in effect" };
        format!("{head}; {what}:\n\n{}", table.finish())
    }
}

/// Runs a subcommand.
///
/// # Errors
/// Fails if the policy cannot be read, the AWS profile is unknown, or stdout cannot be written.
pub async fn run(context: &Context, command: &ConfigCommand) -> Result<Outcome> {
    if let ConfigCommand::Trust(args) = command {
        return trust(&context.ui, args);
    }
    let policy = context.policy().await?;
    let settings = Key::ALL
        .iter()
        .map(|key| SettingRow { key: key.name(), setting: context.settings.get(*key).map(shown) });
    let report = ConfigReport {
        file: context.settings.file.as_ref().map(|path| path.display().to_string()),
        env: context.settings.env.clone(),
        policy_fingerprint: policy.fingerprint(),
        credentials: in_force(&context.aws()).await?,
        settings: settings.collect(),
    };
    context.ui.report(&report)
}

/// Hides the password that a facts URL may contain, since the output goes into tickets and chats.
fn shown(setting: &Setting) -> Setting {
    Setting { value: without_password(&setting.value), source: setting.source.clone() }
}

#[derive(Debug, Serialize)]
struct SettingRow {
    key: &'static str,
    #[serde(flatten)]
    setting: Option<Setting>,
}

#[derive(Debug, Serialize)]
struct ConfigReport {
    file: Option<String>,
    env: Option<Setting>,
    policy_fingerprint: String,
    /// Credentials that sign the calls.
    credentials: CredentialsInForce,
    settings: Vec<SettingRow>,
}

impl Report for ConfigReport {
    const KIND: &'static str = "config.show";
    const ROWS: Option<&'static str> = Some("settings");

    fn outcome(&self) -> Outcome {
        Outcome::Success
    }

    fn render(&self, view: &View) -> String {
        let mut table = TextTable::new(
            view,
            &[("SETTING", Align::Left), ("VALUE", Align::Left), ("FROM", Align::Left)],
        );
        for row in &self.settings {
            match &row.setting {
                Some(Setting { value, source }) => table.toned_row([
                    (row.key.to_owned(), None),
                    (value.clone(), Some(Tone::Heading)),
                    (source.to_string(), Some(Tone::Faint)),
                ]),
                None => table.toned_row([
                    (row.key.to_owned(), None),
                    ("not set".to_owned(), Some(Tone::Faint)),
                    (String::new(), None),
                ]),
            }
        }
        let file = self.file.as_deref().unwrap_or("none");
        let env = match &self.env {
            Some(env) => format!("{} ({})", env.value, env.source),
            None => "none".to_owned(),
        };
        format!(
            "file: {file}\nenvironment: {env}\ncredentials: {}\npolicy fingerprint: {}\n\n{}",
            escape_line(&self.credentials.words()),
            self.policy_fingerprint,
            table.finish()
        )
    }
}
