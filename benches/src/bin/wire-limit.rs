//! The wire limit: posts prebuilt, unsigned `BatchWriteItem` bodies as fast as a bare HTTP client
//! can. Prints the number of items and the seconds taken as JSON.
#![expect(clippy::print_stdout, reason = "the figures are this program's data")]

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use bytes::Bytes;
use clap::Parser;
use futures::future::try_join_all;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use reco_bench::pairs;

const BATCH: u64 = 25;

/// Posts prebuilt batches of 25 items.
#[derive(Debug, Parser)]
struct Args {
    /// The endpoint.
    url: String,
    /// Items to post; rounded up to whole batches.
    #[arg(long, default_value_t = 1_000_000)]
    items: u64,
    /// Ids an item.
    #[arg(long, default_value_t = 100)]
    ids: u64,
    /// Requests in flight at once.
    #[arg(long, default_value_t = 16)]
    concurrency: u64,
}

type Failure = Box<dyn Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let Args { url, items, ids, concurrency } = Args::parse();
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let client: Client<HttpConnector, Full<Bytes>> =
        Client::builder(TokioExecutor::new()).build(connector);
    let body = Bytes::from(batch(ids));
    let batches = items.div_ceil(BATCH);
    let next = Arc::new(AtomicU64::new(0));
    let begun = Instant::now();
    let posters = (0..concurrency).map(|_| {
        let (client, url, body, next) =
            (client.clone(), url.clone(), body.clone(), Arc::clone(&next));
        tokio::spawn(async move {
            while next.fetch_add(1, Ordering::Relaxed) < batches {
                post(&client, &url, body.clone()).await?;
            }
            Ok::<(), Failure>(())
        })
    });
    for posted in try_join_all(posters).await? {
        posted?;
    }
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        "{}",
        serde_json::json!({"items": batches * BATCH, "seconds": seconds, "body_bytes": body.len()})
    );
    Ok(())
}

async fn post(
    client: &Client<HttpConnector, Full<Bytes>>,
    url: &str,
    body: Bytes,
) -> Result<(), Failure> {
    let request = Request::post(url)
        .header("content-type", "application/x-amz-json-1.0")
        .header("x-amz-target", "DynamoDB_20120810.BatchWriteItem")
        .body(Full::new(body))?;
    let response = client.request(request).await?;
    let status = response.status();
    let answer = response.into_body().collect().await?.to_bytes();
    if !status.is_success() {
        return Err(format!("{status}: {}", String::from_utf8_lossy(&answer)).into());
    }
    Ok(())
}

/// Returns a body such as recoctl sends, for a table with Number keys.
fn batch(ids: u64) -> String {
    let put = |user: u64| {
        let list: Vec<String> =
            pairs::ids(user, ids).map(|id| format!(r#"{{"N":"{id}"}}"#)).collect();
        format!(
            r#"{{"PutRequest":{{"Item":{{"user_id":{{"N":"{user}"}},"recommended_note_ids":{{"L":[{}]}}}}}}}}"#,
            list.join(",")
        )
    };
    let puts: Vec<String> = (1..=BATCH).map(put).collect();
    format!(
        r#"{{"RequestItems":{{"bench":[{}]}},"ReturnConsumedCapacity":"TOTAL"}}"#,
        puts.join(",")
    )
}
