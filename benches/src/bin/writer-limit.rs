//! The writer limit: feeds planned items to the writer of `recoctl backfill` and the Lambda,
//! without reading, decoding or filtering. Prints items and seconds as JSON.
#![expect(clippy::print_stdout, reason = "the figures are this program's data")]

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use aws_config::BehaviorVersion;
use aws_sdk_dynamodb::Client;
use clap::Parser;
use futures::future::try_join_all;
use reco_bench::pairs;
use reco_core::item::{KeyType, PlannedItem, Schema};
use reco_core::{Id, Recommendation};
use reco_store::client::dynamodb_config;
use reco_store::retry::Stop;
use reco_store::writer::{Writer, WriterOptions};

const BATCH: u64 = 25;

/// Writes batches of 25 items. Region and credentials are the environment's.
#[derive(Debug, Parser)]
struct Args {
    /// The endpoint.
    url: String,
    /// Items to write; rounded up to whole batches.
    #[arg(long, default_value_t = 1_000_000)]
    items: u64,
    /// Ids an item.
    #[arg(long, default_value_t = 100)]
    ids: u64,
    /// Batches in flight at once.
    #[arg(long, default_value_t = 16)]
    concurrency: u64,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let Args { url, items, ids, concurrency } = Args::parse();
    let shared = aws_config::defaults(BehaviorVersion::latest()).endpoint_url(url).load().await;
    let client = Client::from_conf(dynamodb_config(&shared).build());
    let schema = Schema::with_key_type(KeyType::N);
    let writer = Writer::new(client, "bench", schema.clone(), WriterOptions::default());
    let (batches, next) = (items.div_ceil(BATCH), Arc::new(AtomicU64::new(0)));
    let begun = Instant::now();
    let writers = (0..concurrency).map(|_| {
        let (writer, schema, next) = (writer.clone(), schema.clone(), Arc::clone(&next));
        tokio::spawn(async move {
            let mut written = 0;
            loop {
                let batch = next.fetch_add(1, Ordering::Relaxed);
                if batch >= batches {
                    return written;
                }
                let users = batch * BATCH + 1..=(batch + 1) * BATCH;
                let planned = users.map(|user| plan(&schema, user, ids)).collect();
                written += writer.write_batch(planned, &Stop::default()).await.written;
            }
        })
    });
    let written: usize = try_join_all(writers).await?.into_iter().sum();
    let seconds = begun.elapsed().as_secs_f64();
    println!("{}", serde_json::json!({"items": written, "seconds": seconds}));
    Ok(())
}

fn plan(schema: &Schema, user: u64, ids: u64) -> PlannedItem {
    let articles = pairs::ids(user, ids).map(Id::from).collect();
    let recommendation = Recommendation { user: Id::from(user), articles, generated_at: None };
    schema.plan(recommendation).expect("short lists of numbers fit")
}
