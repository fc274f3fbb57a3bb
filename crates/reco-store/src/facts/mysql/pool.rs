//! A few connections, each used by one statement at a time.

use std::panic::AssertUnwindSafe;

use deadpool::Runtime;
use deadpool::managed::{
    Manager, Metrics, Object, Pool, PoolError, QueueMode, RecycleError, RecycleResult, TimeoutType,
};
use futures::FutureExt;
use reco_core::facts::{FactsError, FactsStage};
use sqlx::ConnectOptions;
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection};

use super::error::{Failure, of_connect};
use super::relay::{Cut, Relay};
use super::secret::SecretUrl;
use super::{MySqlOptions, Password};

/// A connection, and whether the last statement on it came to its end.
#[derive(Debug)]
pub(super) struct Link {
    connection: MySqlConnection,
    in_step: bool,
    cut: Cut,
}

impl Link {
    /// The connection for one statement. Until [`Link::settled`] it counts as out of step: a
    /// statement whose future is dropped leaves its answer on the wire.
    pub(super) fn begin(&mut self) -> &mut MySqlConnection {
        self.in_step = false;
        &mut self.connection
    }

    /// What the server sent too much of, where it did.
    pub(super) fn too_much(&self) -> Option<String> {
        self.cut.words()
    }

    /// The statement came to its end, well or not.
    pub(super) fn settled(&mut self) {
        self.in_step = true;
    }
}

/// Where a new connection goes, and as whom.
#[derive(Debug)]
pub(super) enum Target {
    /// A known place, with a password of its own or a new one each time.
    Known(Box<MySqlConnectOptions>, Password),
    /// As a secret says, which is read before every connection.
    Secret(SecretUrl),
}

impl Target {
    async fn options(&self) -> Result<MySqlConnectOptions, Failure> {
        let (options, password) = match self {
            Target::Known(options, password) => (options, password),
            Target::Secret(secret) => return secret.options().await,
        };
        let login = password.get().await;
        let login = login.map_err(|e| Failure::new(FactsStage::Auth, e.to_string()))?;
        let mut options = options.as_ref().clone();
        if let Some(login) = login {
            options = options.password(&login.password);
            if let Some(user) = &login.user {
                options = options.username(user);
            }
        }
        Ok(options)
    }
}

#[derive(Debug)]
pub(super) struct Dialer {
    target: Target,
}

impl Manager for Dialer {
    type Type = Link;
    type Error = Failure;

    async fn create(&self) -> Result<Link, Failure> {
        let mut options = self.target.options().await?;
        let relay = Relay::open(options.get_host(), options.get_port()).await;
        let relay = relay.map_err(|error| of_connect(&sqlx::Error::Io(error)))?;
        let cut = relay.as_ref().map(Relay::cut).unwrap_or_default();
        if let Some(relay) = &relay {
            options = options.socket(relay.path());
        }
        // The driver panics at some answers that are not of the protocol.
        let connected = AssertUnwindSafe(options.connect()).catch_unwind().await;
        let connected = connected.map_err(|_| Failure::not_mysql())?;
        match connected {
            Ok(connection) => Ok(Link { connection, in_step: true, cut }),
            Err(error) => Err(match cut.words() {
                Some(more) => Failure::new(FactsStage::Connect, format!("the server sent {more}")),
                None => of_connect(&error),
            }),
        }
    }

    // No ping: it would cost every batch a round trip, and a connection that proves lost is
    // replaced and its statement repeated.
    async fn recycle(&self, link: &mut Link, _: &Metrics) -> RecycleResult<Failure> {
        link.in_step.then_some(()).ok_or(RecycleError::message("out of step"))
    }
}

/// The pool.
#[derive(Debug, Clone)]
pub(super) struct Links {
    pool: Pool<Dialer>,
    options: MySqlOptions,
}

impl Links {
    pub(super) fn new(target: Target, options: MySqlOptions) -> Result<Self, FactsError> {
        let pool = Pool::builder(Dialer { target })
            .max_size(options.pool_size.max(1))
            .wait_timeout(Some(options.wait_timeout))
            .create_timeout(Some(options.connect_timeout))
            // The connection used last is the one least likely to have been closed for idleness.
            .queue_mode(QueueMode::Lifo)
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|error| Failure::new(FactsStage::Connect, error.to_string()))?;
        Ok(Links { pool, options })
    }

    pub(super) async fn get(&self) -> Result<Object<Dialer>, Failure> {
        let MySqlOptions { pool_size, connect_timeout, wait_timeout, .. } = self.options;
        self.pool.get().await.map_err(|error| match error {
            PoolError::Backend(failure) => failure,
            PoolError::Timeout(TimeoutType::Wait) => Failure::all_busy(pool_size, wait_timeout),
            PoolError::Timeout(_) => Failure::slow_connect(connect_timeout),
            // Neither happens: the pool is never closed, has a runtime, and no hooks.
            PoolError::Closed | PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_) => {
                Failure::new(FactsStage::Connect, "the connection pool is unusable")
            }
        })
    }

    /// Most connections at once.
    pub(super) fn size(&self) -> usize {
        self.options.pool_size
    }

    /// Closes the idle connections: when one is lost to a failover, all are.
    pub(super) fn forget_idle(&self) {
        self.pool.retain(|_, _| false);
    }
}
