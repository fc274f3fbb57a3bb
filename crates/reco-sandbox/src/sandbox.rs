//! Start and shutdown of a sandbox.

use crate::clock::now_ms;
use crate::cloudwatch::Cloudwatch;
use crate::dynamodb::{DynamoDb, limiter::WriteCapacity};
use crate::faults::FaultySqs;
use crate::feed::{Feed, Lists};
use crate::gateway::Gateway;
use crate::logs::{FunctionLogs, Logs};
use crate::options::{SandboxError, SandboxOptions};
use crate::permissions::Permissions;
use crate::place::ScratchDir;
use crate::runtime::{Fleet, FunctionBinary, FunctionLog};
use crate::sample;
use crate::seed::{self, Seed, SeedOptions};
use crate::services::Services;
use crate::sqs::{QueueDepth, Sqs};
use crate::worker::{self, Function, Source, Worker, WorkerOptions};
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use futures::future::BoxFuture;
use reco_core::policy::Policy;
use reco_lambda::settings::Settings;
use reco_store::facts::CacheOptions;
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

/// Poll interval of the source queue while waiting for it to drain.
const IDLE_POLL: Duration = Duration::from_millis(20);

/// Days that the function's log keeps its lines.
const LOG_RETENTION_DAYS: u32 = 30;

/// A running sandbox. Dropping it stops it; [`shutdown`](Self::shutdown) also waits until it has
/// stopped.
pub struct Sandbox {
    endpoint: String,
    services: Services,
    faulty: FaultySqs,
    pipeline: Option<SeededPipeline>,
    worker: Option<Worker>,
    gateway: JoinHandle<()>,
    stop: DropGuard,
}

/// Seeded pipeline, and the directory that holds its facts.
struct SeededPipeline {
    seed: Seed,
    _directory: ScratchDir,
}

impl Sandbox {
    /// Starts a sandbox on the current tokio runtime.
    ///
    /// # Errors
    /// When the port is taken, the engine cannot start or the pipeline cannot be seeded.
    pub fn start(options: SandboxOptions) -> BoxFuture<'static, Result<Self, SandboxError>> {
        // Boxed here, what it starts is compiled once: an `async fn` is compiled again into each
        // program that awaits it, and there are thirty.
        Box::pin(Self::started(options))
    }

    async fn started(options: SandboxOptions) -> Result<Self, SandboxError> {
        let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, options.port));
        let bind_error = |source| SandboxError::Bind { address: wanted, source };
        let listener = TcpListener::bind(wanted).await.map_err(bind_error)?;
        let address = listener.local_addr().map_err(bind_error)?;
        let endpoint = format!("http://{address}");
        let stop = CancellationToken::new();
        // From here on, an early return stops whatever was started.
        let guard = stop.clone().drop_guard();
        let cloudwatch =
            if options.metrics_by_second { Cloudwatch::by_second() } else { Cloudwatch::new() };
        let cloudwatch = cloudwatch.late_by(options.metrics_lag);
        let sqs = Sqs::new(options.sqs);
        sqs.set_base_url(&endpoint);
        let mut services = Services::start(sqs, options.write_capacity, cloudwatch, &stop).await?;
        services.dynamodb = services.dynamodb.throttling_as(options.throttle_cause);
        let pipeline = match &options.seed {
            Some(seed) => Some(SeededPipeline::seed(&services, seed, &options.policy).await?),
            None => None,
        };
        let faulty = FaultySqs::new(services.sqs.clone(), options.faults, options.fault_seed);
        let gateway = Gateway {
            services: services.clone(),
            faulty: faulty.clone(),
            permissions: Arc::new(Permissions::new(options.grants)),
        };
        let gateway = tokio::spawn(gateway.serve(listener, stop.child_token()));
        // The services are up by now; the function needs them to describe its table.
        let worker = match (&pipeline, &options.worker) {
            (Some(pipeline), Some(worker)) => {
                let (policy, cache) = (options.policy, options.facts_cache);
                let function = match options.lambda_bin {
                    Some(path) => {
                        pipeline.binary(path, &services, &endpoint, policy, cache).await?
                    }
                    None => pipeline.function(&services, &endpoint, policy, cache).await?,
                };
                Some(services.worker(&endpoint, function, worker.clone(), stop.child_token()))
            }
            _ => None,
        };
        let Services { sqs, dynamodb, cloudwatch, .. } = services.clone();
        tokio::spawn(sample::run(sqs, dynamodb, cloudwatch, stop.child_token()));
        Ok(Self { endpoint, services, faulty, pipeline, worker, gateway, stop: guard })
    }

    /// Returns the URL of all services, for `AWS_ENDPOINT_URL`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        self.endpoint.clone()
    }

    /// Returns the environment that points AWS clients at the sandbox and, when it was seeded,
    /// recoctl at its pipeline.
    #[must_use]
    pub fn env(&self) -> Vec<(&'static str, String)> {
        let mut env = aws_env(&self.endpoint);
        if let Some(pipeline) = &self.pipeline {
            env.extend([
                ("RECOCTL_QUEUE", seed::QUEUE.to_owned()),
                ("RECOCTL_DLQ", seed::DLQ.to_owned()),
                ("RECOCTL_TABLE", seed::TABLE.to_owned()),
                ("RECOCTL_FUNCTION", seed::FUNCTION.to_owned()),
                ("RECOCTL_FACTS", pipeline.facts()),
            ]);
        }
        env
    }

    /// Returns an SDK configuration for the sandbox; nothing is read from the environment.
    #[must_use]
    pub fn sdk_config(&self) -> SdkConfig {
        sdk_config(&self.endpoint)
    }

    /// The sandbox's SQS, not subject to injected faults.
    #[must_use]
    pub const fn sqs(&self) -> &Sqs {
        &self.services.sqs
    }

    /// The sandbox's DynamoDB, limiter included.
    #[must_use]
    pub const fn dynamodb(&self) -> &DynamoDb {
        &self.services.dynamodb
    }

    /// The sandbox's CloudWatch.
    #[must_use]
    pub const fn cloudwatch(&self) -> &Cloudwatch {
        &self.services.cloudwatch
    }

    /// The sandbox's CloudWatch Logs.
    #[must_use]
    pub const fn logs(&self) -> &Logs {
        &self.services.logs
    }

    /// Returns how often each fault was injected so far, by `ACTION:KIND`. For `entry-*`, `lapse`
    /// and `wrong-md5` these are entries and messages, for the others calls.
    #[must_use]
    pub fn faults_injected(&self) -> BTreeMap<String, u64> {
        self.faulty.injected()
    }

    /// Returns the feed that sends lists for users to the source queue.
    #[must_use]
    pub fn feed(&self, lists: Lists) -> Feed {
        Feed::new(&self.sdk_config(), self.services.sqs.queue_url(seed::QUEUE), lists)
    }

    /// Returns the depths of the source queue and the DLQ; `None` without a seed.
    #[must_use]
    pub fn depths(&self) -> [Option<QueueDepth>; 2] {
        [seed::QUEUE, seed::DLQ].map(|queue| self.services.sqs.depth(queue))
    }

    /// Returns the seeded data, if any.
    #[must_use]
    pub fn seed(&self) -> Option<&Seed> {
        self.pipeline.as_ref().map(|pipeline| &pipeline.seed)
    }

    /// Waits until the source queue is empty: every message was handled or moved to the DLQ.
    /// Returns `false` if that took longer than `at_most` or nothing was seeded.
    pub async fn idle(&self, at_most: Duration) -> bool {
        let drained = async {
            while self.source_messages() != Some(0) {
                tokio::time::sleep(IDLE_POLL).await;
            }
        };
        tokio::time::timeout(at_most, drained).await.is_ok()
    }

    /// Counts messages in the source queue, visible or not.
    fn source_messages(&self) -> Option<usize> {
        let depth = self.services.sqs.depth(seed::QUEUE)?;
        Some(depth.visible + depth.in_flight + depth.delayed)
    }

    /// Stops the sandbox: first the worker, which finishes its running invocations, then the port.
    /// Waits until open calls have ended.
    pub async fn shutdown(self) {
        if let Some(worker) = self.worker {
            worker.stop().await;
        }
        drop(self.stop);
        if let Err(error) = self.gateway.await {
            tracing::error!(%error, "the sandbox's gateway ended abnormally");
        }
    }
}

fn aws_env(endpoint: &str) -> Vec<(&'static str, String)> {
    vec![
        ("AWS_ENDPOINT_URL", endpoint.to_owned()),
        ("AWS_ACCESS_KEY_ID", "sandbox".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "sandbox".to_owned()),
        ("AWS_REGION", "us-east-1".to_owned()),
        // boto3 reads this one.
        ("AWS_DEFAULT_REGION", "us-east-1".to_owned()),
        ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
    ]
}

/// Returns the environment of a function's binary that writes to a table at an endpoint.
pub(crate) fn function_env(
    endpoint: &str,
    table: &str,
    facts: String,
    policy: &Policy,
) -> impl Iterator<Item = (&'static str, String)> + use<> {
    let settings = [
        ("RECO_TABLE", table.to_owned()),
        ("RECO_FACTS", facts),
        ("RECO_POLICY", policy.to_toml()),
        ("RECO_POLICY_FINGERPRINT", policy.fingerprint()),
        ("RECO_DEADLINE_MARGIN_MS", worker::MARGIN.as_millis().to_string()),
    ];
    aws_env(endpoint).into_iter().chain(settings)
}

fn sdk_config(endpoint: &str) -> SdkConfig {
    let credentials = Credentials::new("sandbox", "sandbox", None, None, "sandbox");
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(endpoint);
    // Proxies in the environment must not apply to loopback.
    config.set_http_client(reco_store::http::client());
    config.build()
}

impl Services {
    async fn start(
        sqs: Sqs,
        capacity: Option<WriteCapacity>,
        cloudwatch: Cloudwatch,
        stop: &CancellationToken,
    ) -> Result<Self, SandboxError> {
        let dynamodb = DynamoDb::start(capacity, cloudwatch.clone(), stop.child_token())
            .await
            .map_err(SandboxError::DynamoDb)?;
        let logs = Logs::default();
        // As the template has it: the group is there before the function's first line.
        logs.create_group(&format!("/aws/lambda/{}", seed::FUNCTION), Some(LOG_RETENTION_DAYS));
        Ok(Self { sqs, dynamodb, cloudwatch, logs })
    }

    fn worker(
        &self,
        endpoint: &str,
        function: Function,
        options: WorkerOptions,
        stop: CancellationToken,
    ) -> Worker {
        let source = Source {
            client: aws_sdk_sqs::Client::new(&sdk_config(endpoint)),
            queue_url: self.sqs.queue_url(seed::QUEUE),
            queue_arn: self.sqs.queue_arn(seed::QUEUE),
            function_name: seed::FUNCTION.to_owned(),
        };
        Worker::start(source, function, self.cloudwatch.clone(), options, stop)
    }
}

impl SeededPipeline {
    async fn seed(
        services: &Services,
        options: &SeedOptions,
        policy: &Policy,
    ) -> Result<Self, SandboxError> {
        let directory = ScratchDir::new("sandbox").map_err(SandboxError::Directory)?;
        let seed = seed::plant(services, options, policy, directory.path(), now_ms()).await?;
        Ok(Self { seed, _directory: directory })
    }

    /// Returns the URL of the facts file, for recoctl and the function.
    fn facts(&self) -> String {
        format!("sqlite:{}", self.seed.facts.display())
    }

    /// Opens the Lambda's handler on this pipeline.
    async fn function(
        &self,
        services: &Services,
        endpoint: &str,
        policy: Policy,
        cache: Option<CacheOptions>,
    ) -> Result<Function, SandboxError> {
        let (metrics, logs) = (services.cloudwatch.clone(), services.logs.clone());
        let settings = Settings { policy, cache, ..Settings::new(seed::TABLE, self.facts()) };
        let pipeline = settings.open(&sdk_config(endpoint)).await?;
        Ok(worker::measured(pipeline, seed::FUNCTION, metrics, logs))
    }

    /// Starts the Lambda's binary on this pipeline.
    async fn binary(
        &self,
        path: PathBuf,
        services: &Services,
        endpoint: &str,
        policy: Policy,
        cache: Option<CacheOptions>,
    ) -> Result<Function, SandboxError> {
        let articles = cache.map_or(0, |cache| cache.capacity);
        let own = [
            ("AWS_LAMBDA_FUNCTION_NAME", seed::FUNCTION.to_owned()),
            ("RECO_FACTS_CACHE_ARTICLES", articles.to_string()),
        ];
        let level = std::env::var("RECO_LOG").ok().map(|level| ("RECO_LOG", level));
        let settings = function_env(endpoint, seed::TABLE, self.facts(), &policy);
        let variables = settings.chain(own).chain(level);
        let binary = FunctionBinary {
            path,
            variables: variables.map(|(name, value)| (name.to_owned(), value)).collect(),
            log: FunctionLog::Sandbox(
                services.cloudwatch.clone(),
                FunctionLogs::of(services.logs.clone(), seed::FUNCTION),
            ),
        };
        Ok(Fleet::start(binary).await?.function())
    }
}
