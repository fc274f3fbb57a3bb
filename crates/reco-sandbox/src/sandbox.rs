//! Starting and stopping the whole.

use crate::cloudwatch::Cloudwatch;
use crate::dynamodb::{DynamoDb, limiter::WriteCapacity};
use crate::gateway::Gateway;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

/// How often DynamoDB reports provisioned capacity.
const PROVISIONED_EVERY: Duration = Duration::from_secs(60);

/// What a sandbox is to be.
#[derive(Debug, Clone, Default)]
pub struct SandboxOptions {
    /// Port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// Write capacity of every table; `None` writes without limit.
    pub write_capacity: Option<WriteCapacity>,
}

/// Why a sandbox did not start.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The port could not be bound.
    #[error("cannot listen on {address}: {source}; choose another port, or 0 for a free one")]
    Bind {
        /// The address that was asked for.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The DynamoDB engine did not start.
    #[error("the embedded DynamoDB engine did not start: {0}")]
    DynamoDb(#[source] io::Error),
}

/// A running sandbox. Dropping it stops it; [`shutdown`](Self::shutdown) also waits for the end.
pub struct Sandbox {
    address: SocketAddr,
    dynamodb: DynamoDb,
    cloudwatch: Cloudwatch,
    gateway: JoinHandle<()>,
    stop: DropGuard,
}

impl Sandbox {
    /// Starts a sandbox on the current tokio runtime.
    ///
    /// # Errors
    /// When the port is taken or the engine cannot start.
    pub async fn start(options: SandboxOptions) -> Result<Self, SandboxError> {
        let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, options.port));
        let bind_error = |source| SandboxError::Bind { address: wanted, source };
        let listener = TcpListener::bind(wanted).await.map_err(bind_error)?;
        let address = listener.local_addr().map_err(bind_error)?;
        let stop = CancellationToken::new();
        let guard = stop.clone().drop_guard();
        let cloudwatch = Cloudwatch::new();
        let dynamodb =
            DynamoDb::start(options.write_capacity, cloudwatch.clone(), stop.child_token())
                .await
                .map_err(SandboxError::DynamoDb)?;
        let gateway = Gateway { dynamodb: dynamodb.clone(), cloudwatch: cloudwatch.clone() };
        tokio::spawn(report_provisioned(dynamodb.clone(), stop.child_token()));
        let gateway = tokio::spawn(gateway.serve(listener, stop.child_token()));
        Ok(Self { address, dynamodb, cloudwatch, gateway, stop: guard })
    }

    /// The URL that serves every service: `AWS_ENDPOINT_URL`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The environment that points a client at the sandbox.
    #[must_use]
    pub fn env(&self) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_ENDPOINT_URL", self.endpoint()),
            ("AWS_ACCESS_KEY_ID", "sandbox".into()),
            ("AWS_SECRET_ACCESS_KEY", "sandbox".into()),
            ("AWS_REGION", "us-east-1".into()),
            ("AWS_EC2_METADATA_DISABLED", "true".into()),
        ]
    }

    /// The DynamoDB of the sandbox.
    #[must_use]
    pub const fn dynamodb(&self) -> &DynamoDb {
        &self.dynamodb
    }

    /// The CloudWatch of the sandbox.
    #[must_use]
    pub const fn cloudwatch(&self) -> &Cloudwatch {
        &self.cloudwatch
    }

    /// Stops the sandbox and waits until its port is closed and its open calls have ended.
    pub async fn shutdown(self) {
        drop(self.stop);
        if let Err(error) = self.gateway.await {
            tracing::error!(%error, "the sandbox's gateway ended abnormally");
        }
    }
}

async fn report_provisioned(dynamodb: DynamoDb, stop: CancellationToken) {
    let mut tick = tokio::time::interval(PROVISIONED_EVERY);
    let report = async {
        loop {
            tick.tick().await;
            dynamodb.record_provisioned();
        }
    };
    stop.run_until_cancelled(report).await;
}
