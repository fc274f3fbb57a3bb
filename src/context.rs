//! The resolved world of one run.

use aws_config::SdkConfig;
use reco_core::item::{ItemDescription, KeyType};
use reco_core::policy::Policy;
use reco_store::facts::{FactsOptions, FactsSource, FactsTables, needs_aws};
use reco_store::table::SchemaNames;
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;

use crate::aws;
use crate::config::{Key, Settings};
use crate::error::{Error, Result};
use crate::ui::Ui;

/// How long a sandbox of this run may take to work through its queue: poison is received a few
/// times before it is back in the DLQ.
#[cfg(feature = "sandbox")]
const SANDBOX_SETTLES_WITHIN: std::time::Duration = std::time::Duration::from_secs(30);

/// What every command is given.
pub struct Context {
    /// Settings with their sources.
    pub settings: Settings,
    /// The terminal.
    pub ui: Ui,
    /// Cancelled by the first Ctrl-C or SIGTERM: finish what is in flight, release the rest,
    /// report.
    pub cancel: CancellationToken,
    sdk: OnceCell<SdkConfig>,
    #[cfg(feature = "sandbox")]
    sandbox: Option<reco_sandbox::Sandbox>,
}

impl Context {
    /// A context without a sandbox.
    #[must_use]
    pub fn new(settings: Settings, ui: Ui, cancel: CancellationToken) -> Self {
        Context {
            settings,
            ui,
            cancel,
            sdk: OnceCell::new(),
            #[cfg(feature = "sandbox")]
            sandbox: None,
        }
    }

    /// The SDK configuration, loaded at its first use: commands without AWS never pay for it.
    ///
    /// # Errors
    /// As [`aws::load`].
    pub async fn sdk(&self) -> Result<&SdkConfig> {
        self.sdk.get_or_try_init(|| aws::load(&self.settings)).await
    }

    /// The filter's policy: the configured file's, else the default.
    ///
    /// # Errors
    /// When the file cannot be read or is no policy.
    pub fn policy(&self) -> Result<Policy> {
        let Some(path) = self.settings.value(Key::Policy) else { return Ok(Policy::default()) };
        let text = std::fs::read_to_string(path)
            .map_err(|error| Error::config(format!("cannot read policy {path}")).because(&error))?;
        Policy::from_toml(&text)
            .map_err(|error| Error::config(format!("policy {path} is not usable")).because(&error))
    }

    /// The configured source of facts, opened.
    ///
    /// # Errors
    /// When it cannot be reached, or is no source that recoctl knows.
    pub async fn facts(&self) -> Result<FactsSource> {
        let url = self.settings.value(Key::Facts).unwrap_or("none");
        // Others work without an account.
        let aws = if needs_aws(url) { Some(self.sdk().await?.clone()) } else { None };
        let options = FactsOptions { tables: self.facts_tables()?, aws, ..FactsOptions::default() };
        FactsSource::open(url, options).await.map_err(|error| {
            Error::facts("cannot use the configured facts", &error).hint(
                "give --facts sqlite:PATH or --facts mysql://USER@HOST/DATABASE, or --facts none \
                 to skip the rules that need facts",
            )
        })
    }

    /// Where in the facts' schema what is: the configured file's, else the default.
    ///
    /// # Errors
    /// When the file cannot be read or names what there is not.
    pub fn facts_tables(&self) -> Result<FactsTables> {
        let Some(path) = self.settings.value(Key::FactsTables) else {
            return Ok(FactsTables::default());
        };
        let text = std::fs::read_to_string(path)
            .map_err(|error| Error::config(format!("cannot read {path}")).because(&error))?;
        FactsTables::from_toml(&text)
            .map_err(|error| Error::config(format!("{path} is not usable")).because(&error))
    }

    /// What an item is: as the policy describes it, with the names that are configured beside it.
    ///
    /// # Errors
    /// When both name an attribute, and not the same.
    pub fn item(&self, policy: &Policy) -> Result<ItemDescription> {
        self.item_with(policy, None)
    }

    /// The same, where a flag gives the type of lists.
    ///
    /// # Errors
    /// As [`Context::item`].
    pub fn item_with(
        &self,
        policy: &Policy,
        list_type: Option<KeyType>,
    ) -> Result<ItemDescription> {
        let names = SchemaNames { list_type, ..self.schema_names() };
        names.over(&policy.item).map_err(|error| {
            Error::config("what an item looks like is configured twice").because(&error)
        })
    }

    /// The table's attribute names as configured beside the policy.
    #[must_use]
    pub fn schema_names(&self) -> SchemaNames {
        let default = SchemaNames::default();
        let named =
            |key: Key, default: String| self.settings.value(key).map_or(default, str::to_owned);
        SchemaNames {
            user_attr: named(Key::KeyAttribute, default.user_attr),
            list_attr: named(Key::ListAttribute, default.list_attr),
            generated_at_attr: named(Key::GeneratedAtAttribute, default.generated_at_attr),
            list_type: default.list_type,
        }
    }
}

impl Context {
    /// Stops what the context started. A sandbox of this run first finishes what the command sent
    /// through its queue, so that a redrive ends in items as it would on AWS.
    pub async fn close(self) {
        #[cfg(feature = "sandbox")]
        if let Some(sandbox) = self.sandbox {
            if !self.cancel.is_cancelled() && !sandbox.idle(SANDBOX_SETTLES_WITHIN).await {
                self.ui.warn("the sandbox's queue was not empty yet when this run ended");
            }
            sandbox.shutdown().await;
        }
    }
}

#[cfg(feature = "sandbox")]
impl Context {
    /// A context in front of a freshly seeded sandbox in this process.
    ///
    /// # Errors
    /// When the sandbox cannot start.
    pub async fn with_sandbox(
        settings: Settings,
        ui: Ui,
        cancel: CancellationToken,
    ) -> Result<Self> {
        let mut context = Context::new(settings, ui, cancel);
        let policy = context.policy()?;
        let options = reco_sandbox::SandboxOptions { policy, ..Default::default() };
        let sandbox = reco_sandbox::Sandbox::start(options)
            .await
            .map_err(|error| Error::service("cannot start the sandbox").because(&error))?;
        let settings = &mut context.settings;
        // A profile could bring a region, credentials or an endpoint that are not the sandbox's.
        settings.clear(Key::Profile);
        settings.override_with_sandbox(Key::EndpointUrl, sandbox.endpoint());
        for (variable, value) in sandbox.env() {
            let key = Key::ALL.iter().find(|key| key.variable() == variable);
            if let Some(key) = key {
                settings.override_with_sandbox(*key, value);
            }
        }
        settings.override_with_sandbox(Key::Region, "us-east-1".to_owned());
        context.sandbox = Some(sandbox);
        Ok(context)
    }
}
