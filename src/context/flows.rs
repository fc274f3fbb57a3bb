//! Builds the options of flows from settings and environment.

use futures::future::LocalBoxFuture;

use super::Context;
use crate::config::{Key, Setting, SettingSource};
use reco_core::item::ItemDescription;
use reco_ops::aws::{AwsOptions, BY_POLICY, Given, Table};
use reco_ops::dlq::causes::CauseOptions;
use reco_ops::dlq::journal::{Home, HomeOptions, Passing};
use reco_ops::dlq::judge::Criteria;
use reco_ops::dlq::queues::QueueNames;
use reco_ops::dlq::session::{Ask, Session, SessionOptions, World};
use reco_ops::error::{Kind, Result};
use reco_ops::event::Control;
use reco_ops::metrics::targets::Configured;

impl Context {
    /// Returns the AWS settings: profile, region, endpoint.
    #[must_use]
    pub fn aws(&self) -> AwsOptions {
        let settings = &self.settings;
        let given = |key| {
            let setting: &Setting = settings.get(key)?;
            Some(Given { value: setting.value.clone(), by: setting.source.to_string() })
        };
        let named = [Key::Queue, Key::Dlq, Key::Table, Key::Function];
        AwsOptions {
            profile: given(Key::Profile),
            region: settings.value(Key::Region).map(str::to_owned),
            endpoint: given(Key::EndpointUrl),
            sandbox: self.is_in_front_of_sandbox(),
            named: named
                .into_iter()
                .filter_map(|key| settings.value(key))
                .map(str::to_owned)
                .collect(),
            // `vars` would panic on any variable that is not UTF-8.
            environment: std::env::vars_os().collect(),
        }
    }

    fn is_in_front_of_sandbox(&self) -> bool {
        let endpoint = self.settings.get(Key::EndpointUrl);
        endpoint.is_some_and(|endpoint| endpoint.source == SettingSource::Sandbox)
    }

    /// Returns the directory of journals and locks.
    ///
    /// # Errors
    /// Same as [`Home::of`].
    pub fn home(&self) -> Result<Home> {
        Home::of(&self.home_options())
    }

    /// Returns the options for the directory of journals and locks.
    #[must_use]
    pub fn home_options(&self) -> HomeOptions {
        let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        // The SDK reads these two itself unless one of our settings overrides them.
        let by_sdk = ["AWS_ENDPOINT_URL_SQS", "AWS_ENDPOINT_URL"].into_iter().find_map(variable);
        let by_sdk = by_sdk.map(|endpoint| endpoint.to_string_lossy().into_owned());
        let endpoint = self.settings.value(Key::EndpointUrl).map(str::to_owned);
        HomeOptions {
            state: variable("XDG_STATE_HOME").map(Into::into),
            home: variable("HOME").map(Into::into),
            endpoint: endpoint.or(by_sdk),
            passing: self.is_in_front_of_sandbox().then_some(passing),
        }
    }

    /// Event sink and cancellation for a flow.
    #[must_use]
    pub fn control(&self) -> Control {
        Control {
            events: self.ui.events(),
            cancel: self.cancel.clone(),
            signer: self.signer.clone(),
            closing: self.closing.clone(),
        }
    }

    /// Returns the queues as configured.
    #[must_use]
    pub fn queues(&self) -> QueueNames<'_> {
        let (source, dlq) = (self.settings.value(Key::Queue), self.settings.value(Key::Dlq));
        QueueNames { source, dlq }
    }

    /// Returns the environment of a flow on the DLQ.
    ///
    /// # Errors
    /// Same as [`Context::sdk`].
    pub async fn world(&self) -> Result<World<'_>> {
        let sdk = self.sdk().await?;
        let (queues, home, control) = (self.queues(), self.home_options(), self.control());
        Ok(World { sdk, queues, home, control })
    }

    /// Opens a session on the DLQ; a signal ends it at once.
    ///
    /// # Errors
    /// Same as [`Session::open`], or interrupted by a signal.
    pub async fn session(&self, options: SessionOptions) -> Result<Session> {
        self.before_all(async {
            Session::open(self.world().await?, options, self.criteria()).await
        })
        .await
    }

    /// Returns the resources to report metrics for.
    #[must_use]
    pub fn measured(&self) -> Configured {
        let value = |key| self.settings.value(key).map(str::to_owned);
        Configured {
            table: value(Key::Table),
            function: value(Key::Function),
            queue: value(Key::Queue),
            dlq: value(Key::Dlq),
        }
    }

    /// Returns where the function's log is; `since_s` seconds back, or from the messages' first send.
    #[must_use]
    pub fn log(&self, since_s: Option<i64>) -> CauseOptions {
        let value = |key| self.settings.value(key).map(str::to_owned);
        let (function, group) = (value(Key::Function), value(Key::LogGroup));
        CauseOptions { function, group, since_s, follow: false }
    }

    /// Opens policy, facts and table for classification.
    ///
    /// # Errors
    /// Fails if policy, facts or table are configured but cannot be used.
    pub async fn criteria(&self) -> Result<Criteria> {
        let criteria = self.criteria_without_table().await?;
        let table = match self.settings.value(Key::Table) {
            Some(table) => Some(self.table_of(table, &criteria.item).await?),
            None => None,
        };
        Ok(Criteria { table, ..criteria })
    }

    async fn criteria_without_table(&self) -> Result<Criteria> {
        let policy = self.policy().await?;
        let facts = self.facts_for_classes().await?;
        let item = self.item(&policy, None)?;
        Ok(Criteria { policy, facts, item, table: None })
    }

    async fn table_of(&self, name: &str, item: &ItemDescription) -> Result<Table> {
        let mut table = Table::open(self.sdk().await?, name, item).await?;
        // In the type that the Lambda writes.
        table.adopt_list_type(BY_POLICY).await?;
        Ok(table)
    }

    /// Opens policy, facts and table to tell what became of messages. Also returns the reason why the
    /// table may not be read, if so: what is in the DLQ can be told without it.
    ///
    /// # Errors
    /// Fails if no table is configured, or as [`Context::criteria`] for any other reason.
    pub async fn criteria_for_outcome(&self) -> Result<(Criteria, Option<String>)> {
        let name = self.settings.require(Key::Table)?;
        let criteria = self.before_all(self.criteria_without_table()).await?;
        match self.before_all(self.table_of(name, &criteria.item)).await {
            Ok(table) => Ok((Criteria { table: Some(table), ..criteria }, None)),
            Err(error) if error.kind == Kind::Credentials => {
                let needs = "needs dynamodb:DescribeTable and dynamodb:BatchGetItem on the table";
                Ok((criteria, Some(format!("{error} ({needs})"))))
            }
            Err(error) => Err(error),
        }
    }
}

impl Ask for Context {
    fn ask<'a>(&'a self, question: &'a str) -> LocalBoxFuture<'a, Result<bool>> {
        Box::pin(self.confirm(question))
    }
}

/// Returns the journal directory of an embedded sandbox.
#[cfg(feature = "sandbox")]
fn passing() -> std::io::Result<Passing> {
    let place = reco_sandbox::ScratchDir::new("journal")?;
    Ok(Passing { path: place.path().to_owned(), keep: Box::new(place) })
}

// Without the sandbox feature, no setting has this source.
#[cfg(not(feature = "sandbox"))]
fn passing() -> std::io::Result<Passing> {
    Err(std::io::Error::other("this build of recoctl has no sandbox"))
}
