//! Resolved context of one run.

mod facts;
mod flows;
mod setup;

use std::future::Future;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use aws_config::SdkConfig;
use reco_core::item::{ItemDescription, KeyType};
use reco_core::policy::Policy;
use reco_store::table::SchemaNames;
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::{Key, SettingSource, Settings};
use crate::ui::Ui;
use reco_ops::aws;
use reco_ops::error::{Error, Kind, Result};
use reco_ops::event::Signer;
use reco_ops::files::input::read_text;
use reco_ops::files::safe_file::SETTINGS_LIMIT;
use reco_ops::jq;

pub use setup::Need;

/// Time that work which must end before the process does may take, such as releasing a lock.
const CLOSES_WITHIN: std::time::Duration = std::time::Duration::from_secs(15);

/// Time that a sandbox of this run may take to work through its queue: poison is received a few
/// times before it is back in the DLQ.
#[cfg(feature = "sandbox")]
const SANDBOX_SETTLES_WITHIN: std::time::Duration = std::time::Duration::from_secs(30);

/// Context of every command.
pub struct Context {
    /// Settings, each with its source.
    pub settings: Settings,
    /// Terminal input and output.
    pub ui: Ui,
    /// Cancelled by the first signal: finish what is in flight, release the rest, report.
    pub cancel: CancellationToken,
    /// Monitor of all AWS calls.
    pub watch: aws::Watch,
    /// Who runs this, and why.
    pub signer: Signer,
    /// Work that must end before the process does.
    closing: TaskTracker,
    /// Command that starts the process for jq expressions.
    pub jq: jq::Child,
    announced: AtomicBool,
    sdk: OnceCell<SdkConfig>,
    #[cfg(feature = "sandbox")]
    sandbox: Option<reco_sandbox::Sandbox>,
}

impl Context {
    /// Creates a context without a sandbox.
    #[must_use]
    pub fn new(settings: Settings, ui: Ui, cancel: CancellationToken) -> Self {
        Context {
            settings,
            ui,
            cancel,
            watch: aws::Watch::default(),
            signer: Signer::default(),
            closing: TaskTracker::new(),
            jq: jq::Child::new(this_program(), [jq::MODE]),
            announced: AtomicBool::new(false),
            sdk: OnceCell::new(),
            #[cfg(feature = "sandbox")]
            sandbox: None,
        }
    }

    /// Returns the SDK configuration, loaded on first use, so that commands without AWS do not pay
    /// for it.
    ///
    /// # Errors
    /// Same as [`aws::load`].
    pub async fn sdk(&self) -> Result<&SdkConfig> {
        self.sdk.get_or_try_init(|| self.load(None)).await
    }

    /// Like [`Context::sdk`], for a command on a queue that no setting names. Its URL or ARN
    /// provides the region if none is configured.
    ///
    /// # Errors
    /// Same as [`aws::load`].
    pub async fn sdk_for(&self, queue: &str) -> Result<&SdkConfig> {
        self.sdk.get_or_try_init(|| self.load(Some(queue))).await
    }

    async fn load(&self, named: Option<&str>) -> Result<SdkConfig> {
        let config = self.before_all(aws::load(&self.aws(), named)).await?;
        self.announce(config.endpoint_url());
        let config = self.watch.over(config);
        let sdk = config.clone();
        self.signer.ask_with(move || {
            let sdk = sdk.clone();
            Box::pin(async move { aws::caller(&sdk).await.map_err(|error| error.to_string()) })
        });
        Ok(config)
    }

    /// Reports once which config file is used, and any endpoints other than AWS.
    fn announce(&self, endpoint: Option<&str>) {
        if self.announced.swap(true, Ordering::Relaxed) {
            return;
        }
        let file = self.settings.file.as_ref().map(|file| {
            let env = self.settings.env.as_ref().map(|env| format!(" [env.{}]", env.value));
            format!("using {}{}", file.display(), env.unwrap_or_default())
        });
        let (endpoints, risky) = aws::whereabouts(&self.aws(), endpoint);
        let words: Vec<String> = file.into_iter().chain(endpoints).collect();
        let words = words.join("; ");
        match (words.is_empty(), risky) {
            (true, _) => {}
            (false, false) => self.ui.status(words),
            (false, true) => self.ui.warn(words),
        }
    }

    /// Reads a file that a setting or flag names, like [`read_text`]; a signal ends the wait.
    ///
    /// # Errors
    /// Same as [`read_text`], or interrupted by a signal.
    pub async fn read(
        &self,
        path: &Path,
        limit: u64,
        failed: impl Fn() -> Error,
    ) -> Result<String> {
        let reading = async {
            read_text(path, limit).await.map_err(|error| {
                let causes = match error.causes {
                    causes if causes.is_empty() => vec![error.message],
                    causes => causes,
                };
                Error { causes, hint: error.hint, ..failed() }
            })
        };
        self.before_all(reading).await
    }

    /// Reads the file that the setting `key` names. If a config file names it, it must be a regular
    /// file.
    async fn read_setting(&self, key: Key, failed: impl Fn() -> Error) -> Result<Option<String>> {
        let Some(setting) = self.settings.get(key) else { return Ok(None) };
        if let SettingSource::File(..) = setting.source {
            let path = Path::new(&setting.value);
            let data = std::fs::metadata(path).map_err(|error| failed().because(&error))?;
            if !data.is_file() {
                return Err(failed().cause("not a regular file"));
            }
        }
        self.read(Path::new(&setting.value), SETTINGS_LIMIT, failed).await.map(Some)
    }

    /// Runs preparations, before anything is received or changed: finding queues, opening policy,
    /// facts and table. A signal ends them at once, even if the network does not respond.
    ///
    /// # Errors
    /// Same as `work`, or interrupted by a signal.
    pub async fn before_all<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        reco_ops::dlq::session::before_all(&self.control(), work).await
    }

    /// Asks a yes-or-no question; anything but yes is no. A signal ends the prompt and the command.
    ///
    /// # Errors
    /// Refuses if there is no terminal to prompt on; interrupted by a signal.
    pub async fn confirm(&self, question: &str) -> Result<bool> {
        match self.cancel.run_until_cancelled(self.ui.ask(question)).await {
            Some(answer) => answer,
            None => {
                self.ui.end_line();
                Err(Error::new(Kind::Interrupted, "interrupted at the prompt: nothing was done"))
            }
        }
    }

    /// Returns the filter policy: from the configured file, or else the default.
    ///
    /// # Errors
    /// Fails if the file cannot be read or is not a policy.
    pub async fn policy(&self) -> Result<Policy> {
        let path = self.settings.value(Key::Policy).unwrap_or_default();
        let failed = || Error::config(format!("cannot read policy {path}"));
        let Some(text) = self.read_setting(Key::Policy, failed).await? else {
            return Ok(Policy::default());
        };
        Policy::from_toml(&text)
            .map_err(|error| Error::config(format!("policy {path} is invalid")).because(&error))
    }

    /// Returns the item description: the policy's, with the attribute names configured elsewhere and
    /// the list type of a flag.
    ///
    /// # Errors
    /// Fails if both name an attribute, but differently.
    pub fn item(&self, policy: &Policy, list_type: Option<KeyType>) -> Result<ItemDescription> {
        let default = SchemaNames::default();
        let named =
            |key: Key, default: String| self.settings.value(key).map_or(default, str::to_owned);
        let names = SchemaNames {
            user_attr: named(Key::KeyAttribute, default.user_attr),
            list_attr: named(Key::ListAttribute, default.list_attr),
            generated_at_attr: named(Key::GeneratedAtAttribute, default.generated_at_attr),
            list_type,
        };
        names
            .over(&policy.item)
            .map_err(|error| Error::config("the item layout is configured twice").because(&error))
    }
}

impl Context {
    /// Waits for work that must end before the process does, and stops what the context started.
    /// An embedded sandbox first finishes what the command sent
    /// through its queue, so that a redrive leads to items as on AWS.
    pub async fn close(self) {
        self.closing.close();
        let _ = tokio::time::timeout(CLOSES_WITHIN, self.closing.wait()).await;
        #[cfg(feature = "sandbox")]
        if let Some(sandbox) = self.sandbox {
            if !self.cancel.is_cancelled() && !sandbox.idle(SANDBOX_SETTLES_WITHIN).await {
                self.ui.warn("the sandbox's queue was not yet empty when this run ended");
            }
            sandbox.shutdown().await;
        }
    }
}

#[cfg(feature = "sandbox")]
impl Context {
    /// Creates a context with a freshly seeded sandbox in this process.
    ///
    /// # Errors
    /// Fails if the sandbox cannot start.
    pub async fn with_sandbox(
        settings: Settings,
        ui: Ui,
        cancel: CancellationToken,
    ) -> Result<Self> {
        let mut context = Context::new(settings, ui, cancel);
        let policy = context.policy().await?;
        let options = reco_sandbox::SandboxOptions { policy, ..Default::default() };
        let sandbox = reco_sandbox::Sandbox::start(options)
            .await
            .map_err(|error| Error::service("cannot start the sandbox").because(&error))?;
        let settings = &mut context.settings;
        // A profile could bring a region, credentials or an endpoint from outside the sandbox.
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

/// Returns this binary. On Linux the file may have been replaced meanwhile; this still names the
/// running one.
#[cfg(target_os = "linux")]
fn this_program() -> std::path::PathBuf {
    "/proc/self/exe".into()
}

#[cfg(not(target_os = "linux"))]
fn this_program() -> std::path::PathBuf {
    std::env::current_exe().unwrap_or_else(|_| "recoctl".into())
}
