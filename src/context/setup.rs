//! First run: everything that is missing, said at once.

use std::time::Duration;

use super::Context;
use crate::config::Key;
use reco_ops::aws;
use reco_ops::error::{Error, Kind};

/// Time to look for region and credentials on the machine itself. Off AWS, nothing answers.
const LOOK: Duration = Duration::from_secs(2);

/// Resource that a command cannot do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// A queue or its DLQ.
    Queue,
    /// The table.
    Table,
    /// Only AWS.
    Nothing,
}

/// Name of something that is missing, and how to give it.
type Missing = (&'static str, &'static str);

const QUEUE: Missing = (
    "queue",
    "pass --queue (its redrive policy names the DLQ) or --dlq, set RECOCTL_QUEUE, or write `queue = \"...\"` in recoctl.toml",
);
const TABLE: Missing =
    ("table", "pass --table, set RECOCTL_TABLE, or write `table = \"...\"` in recoctl.toml");
const REGION: Missing = (
    "AWS region",
    "pass --region, set RECOCTL_REGION or AWS_REGION, or use a profile that sets one",
);
const CREDENTIALS: Missing = (
    "AWS credentials",
    "pass --profile, log in (`aws sso login`), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
);

impl Context {
    /// Returns an error about something that is not configured together with everything else that
    /// is missing, so that a first run needs one attempt and not four. Other errors stay as they
    /// are.
    pub async fn with_all_missing(&self, error: Error, need: Need) -> Error {
        let about_setup = error.kind == Kind::Credentials
            || (error.kind == Kind::Config && error.message.ends_with("is configured"));
        if !about_setup {
            return error;
        }
        let missing = self.missing(&error, need).await;
        if missing.len() < 2 {
            return error;
        }
        let names: Vec<&str> = missing.iter().map(|(name, _)| *name).collect();
        let combined = Error::config(format!("not set up yet: no {}", names.join(", no ")));
        let hint = |error: Error, (name, how): &Missing| error.and_hint(format!("{name}: {how}"));
        missing
            .iter()
            .fold(combined, hint)
            .and_hint("to try recoctl without an AWS account: recoctl sandbox demo")
    }

    async fn missing(&self, error: &Error, need: Need) -> Vec<Missing> {
        let set = |key| self.settings.value(key).is_some();
        let mut missing = Vec::new();
        match need {
            Need::Queue if !set(Key::Queue) && !set(Key::Dlq) => missing.push(QUEUE),
            Need::Table if !set(Key::Table) => missing.push(TABLE),
            _ => {}
        }
        let options = self.aws();
        let config = match aws::lacks_region(error) {
            true => None,
            false => tokio::time::timeout(LOOK, aws::load(&options, None)).await.ok(),
        };
        let no_region = match &config {
            Some(Err(error)) => aws::lacks_region(error),
            Some(Ok(_)) => false,
            None => true,
        };
        if no_region {
            missing.push(REGION);
        }
        let has_credentials = match config {
            Some(Ok(config)) => {
                let asked = aws::has_credentials(&options, &config);
                tokio::time::timeout(LOOK, asked).await.unwrap_or(false)
            }
            // An instance that does not tell its region has no role either.
            _ => aws::in_force(&options).await.is_ok_and(|found| found.from != "instance-metadata"),
        };
        if !has_credentials {
            missing.push(CREDENTIALS);
        }
        missing
    }
}
