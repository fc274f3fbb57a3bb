//! Options and start errors of a sandbox.

use crate::dynamodb::ThrottleCause;
use crate::dynamodb::limiter::WriteCapacity;
use crate::faults::Fault;
use crate::permissions::Grant;
use crate::runtime::FunctionError;
use crate::seed::{SeedError, SeedOptions};
use crate::sqs::SqsOptions;
use crate::worker::WorkerOptions;
use reco_core::policy::Policy;
use reco_lambda::settings::SettingsError;
use reco_store::facts::CacheOptions;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// Options of a sandbox.
#[derive(Debug, Clone)]
pub struct SandboxOptions {
    /// Port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// Write capacity of every table; `None` writes without limit.
    pub write_capacity: Option<WriteCapacity>,
    /// What a write beyond it is said to have hit.
    pub throttle_cause: ThrottleCause,
    /// The pipeline to seed; `None` leaves the sandbox empty.
    pub seed: Option<SeedOptions>,
    /// The worker between queue and table; `None` leaves messages in the source queue. Ignored
    /// without a seed.
    pub worker: Option<WorkerOptions>,
    /// Filter policy of the worker's function.
    pub policy: Policy,
    /// Function binary to run through the Runtime API instead of the in-process handler. Its log
    /// goes to stderr.
    pub lambda_bin: Option<PathBuf>,
    /// The function's cache of article facts across batches. `None` caches nothing, so that a
    /// test's changes to the facts take effect at once.
    pub facts_cache: Option<CacheOptions>,
    /// Aggregate metrics per second instead of per minute.
    pub metrics_by_second: bool,
    /// How late metrics are.
    pub metrics_lag: Duration,
    /// Identity and limits of SQS.
    pub sqs: SqsOptions,
    /// Faults injected into every SQS call on the port, the worker's included, but not into
    /// seeding.
    pub faults: Vec<Fault>,
    /// Policies that access keys are held to; keys without one may call everything.
    pub grants: Vec<Grant>,
    /// Seed of the chance by which faults strike: the same calls of an action in the same order meet
    /// the same faults.
    pub fault_seed: u64,
}

impl Default for SandboxOptions {
    /// The seeded pipeline with its worker on a free port, without a write limit.
    fn default() -> Self {
        Self {
            seed: Some(SeedOptions::default()),
            worker: Some(WorkerOptions::default()),
            ..Self::empty()
        }
    }
}

impl SandboxOptions {
    /// Returns options for empty services on a free port.
    #[must_use]
    pub fn empty() -> Self {
        Self {
            port: 0,
            write_capacity: None,
            throttle_cause: ThrottleCause::default(),
            seed: None,
            worker: None,
            policy: Policy::default(),
            lambda_bin: None,
            facts_cache: None,
            metrics_by_second: false,
            metrics_lag: Duration::ZERO,
            sqs: SqsOptions::default(),
            faults: Vec::new(),
            grants: Vec::new(),
            fault_seed: 0,
        }
    }
}

/// Reason why a sandbox did not start.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The port could not be bound.
    #[error("cannot listen on {address}: {source}; choose another port, or 0 for a free one")]
    Bind {
        /// Requested address.
        address: SocketAddr,
        /// System error.
        source: io::Error,
    },
    /// The DynamoDB engine did not start.
    #[error("the embedded DynamoDB engine did not start: {0}")]
    DynamoDb(#[source] io::Error),
    /// The temporary directory could not be created.
    #[error("cannot make a temporary directory for the facts file: {0}")]
    Directory(#[source] io::Error),
    /// The pipeline could not be seeded.
    #[error(transparent)]
    Seed(#[from] SeedError),
    /// The function could not be set up.
    #[error("cannot set up the sandbox's function: {0}")]
    Function(#[from] SettingsError),
    /// The function's binary could not be started.
    #[error(
        "{0}; pass the path of the bootstrap binary, built with cargo build --package reco-lambda"
    )]
    Binary(#[from] FunctionError),
}
