//! The seeded pipeline: queue and DLQ, table, facts, metrics of the last hours, and a DLQ with
//! messages of every class. The same seed gives the same pipeline; only its times are relative to
//! now.

mod body;
mod cast;
mod facts;
mod history;
mod log;
mod mix;
mod mixture;
mod population;
mod resources;

pub use mix::Mix;
pub use population::Population;
pub(crate) use population::list;
pub use resources::SOURCE_MESSAGE_BYTES;

use crate::services::Services;
use reco_core::classify::Class;
use reco_core::policy::Policy;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Name of the source queue.
pub const QUEUE: &str = "recs";
/// Name of the dead-letter queue.
pub const DLQ: &str = "recs-dlq";
/// Name of the table.
pub const TABLE: &str = "recommendations";
/// Name of the function between queue and table.
pub const FUNCTION: &str = "recs-writer";

/// Options of the seeded pipeline.
#[derive(Debug, Clone)]
pub struct SeedOptions {
    /// Number of messages of each class in the DLQ.
    pub mix: Mix,
    /// Seed of the random number generator.
    pub rng_seed: u64,
    /// Visibility timeout of the source queue, in seconds. Short, so that failing messages reach
    /// the DLQ soon; AWS recommends six times the function's timeout.
    pub visibility_timeout_s: u32,
    /// Receives before the source queue moves a message to the DLQ (AWS recommends at least 5).
    pub max_receive_count: u32,
    /// Users to seed facts for instead of the incident; queues and table are then empty.
    pub population: Option<Population>,
}

impl Default for SeedOptions {
    fn default() -> Self {
        Self {
            mix: Mix::default(),
            rng_seed: 7,
            visibility_timeout_s: 2,
            max_receive_count: 5,
            population: None,
        }
    }
}

/// Seeded data.
#[derive(Debug, Clone)]
pub struct Seed {
    /// Messages of the DLQ with their intended classes.
    pub messages: Vec<SeededMessage>,
    /// The facts file (SQLite).
    pub facts: PathBuf,
}

/// One message of the seeded DLQ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeededMessage {
    /// SQS message id.
    pub id: String,
    /// Intended class of the message.
    pub class: Class,
    /// Short description of the message's purpose.
    pub about: &'static str,
}

impl Seed {
    /// Counts messages by intended class.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<Class, usize> {
        let mut counts = BTreeMap::new();
        for message in &self.messages {
            *counts.entry(message.class).or_default() += 1;
        }
        counts
    }
}

/// Reason why the pipeline could not be seeded.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// A queue or a message was refused.
    #[error("cannot seed the queues: {0}")]
    Sqs(#[from] crate::sqs::SqsError),
    /// The table or an item was refused.
    #[error("cannot seed the table: {0}")]
    DynamoDb(String),
    /// The facts file could not be written.
    #[error("cannot write the facts file {path}: {source}")]
    Facts {
        /// Path of the facts file.
        path: PathBuf,
        /// SQLite error.
        source: sqlx::Error,
    },
}

/// Seeds the services; the facts file goes into `directory`.
pub(crate) async fn plant(
    services: &Services,
    options: &SeedOptions,
    policy: &Policy,
    directory: &Path,
    now_ms: u64,
) -> Result<Seed, SeedError> {
    let schema = resources::schema(&policy.item);
    resources::create(services, options, &schema)?;
    let facts = directory.join("facts.sqlite");
    let unwritten = |source| SeedError::Facts { path: facts.clone(), source };
    if let Some(population) = &options.population {
        population.write(&facts).await.map_err(unwritten)?;
        return Ok(Seed { messages: Vec::new(), facts });
    }
    let mut cast = cast::Cast::new(options.rng_seed);
    let messages = mixture::compose(&mut cast, &options.mix, now_ms, &services.sqs);
    facts::write(&facts, &cast).await.map_err(unwritten)?;
    resources::fill_table(&services.dynamodb, &cast, &schema)?;
    history::record(services, options, &messages, now_ms);
    log::write(services, options, (policy, &schema), &messages, now_ms);
    let mut seeded = Vec::with_capacity(messages.len());
    for message in messages {
        let id = services.sqs.plant(DLQ, message.planted)?;
        seeded.push(SeededMessage { id, class: message.class, about: message.about });
    }
    Ok(Seed { messages: seeded, facts })
}
