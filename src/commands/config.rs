//! `recoctl config show`: what is in force, and where each value came from.

use clap::Subcommand;
use reco_core::outcome::Outcome;
use reco_store::facts::without_password;
use serde::Serialize;

use crate::aws::{CredentialsInForce, in_force};
use crate::config::{Key, Setting};
use crate::context::Context;
use crate::error::Result;
use crate::ui::{Align, Report, Table, Tone, View, escape_line};

/// The commands on the configuration.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Print what is in force and where each value came from
    Show,
}

/// Runs one of them.
///
/// # Errors
/// When the policy cannot be read, the AWS profile is unknown, or stdout cannot be written.
pub async fn run(context: &Context, command: &ConfigCommand) -> Result<Outcome> {
    let ConfigCommand::Show = command;
    let policy = context.policy()?;
    let settings = Key::ALL
        .iter()
        .map(|key| Row { key: key.name(), setting: context.settings.get(*key).map(shown) });
    let report = ConfigReport {
        file: context.settings.file.as_ref().map(|path| path.display().to_string()),
        env: context.settings.env.clone(),
        policy_fingerprint: policy.fingerprint(),
        credentials: in_force(&context.settings).await?,
        settings: settings.collect(),
    };
    context.ui.report(&report)?;
    Ok(report.outcome())
}

/// A facts URL may carry a password, and this goes into tickets and chats.
fn shown(setting: &Setting) -> Setting {
    Setting { value: without_password(&setting.value), source: setting.source.clone() }
}

#[derive(Debug, Serialize)]
struct Row {
    key: &'static str,
    #[serde(flatten)]
    setting: Option<Setting>,
}

#[derive(Debug, Serialize)]
struct ConfigReport {
    file: Option<String>,
    env: Option<Setting>,
    policy_fingerprint: String,
    /// Whose credentials sign the calls.
    credentials: CredentialsInForce,
    settings: Vec<Row>,
}

impl Report for ConfigReport {
    const KIND: &'static str = "config.show";
    const ROWS: Option<&'static str> = Some("settings");

    fn outcome(&self) -> Outcome {
        Outcome::Success
    }

    fn render(&self, view: &View) -> String {
        let mut table = Table::new(
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
