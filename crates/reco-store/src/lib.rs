//! I/O shared by recoctl and the Lambda: facts from a database, and the DynamoDB table.
//!
//! Decisions stay in `reco-core`; this crate reads, writes, and reports exactly what was and was
//! not done.

pub mod answer;
mod batch_get;
pub mod client;
pub mod dynamodb_json;
pub mod encode;
pub mod facts;
pub mod generated_at;
pub mod http;
pub mod lists;
pub mod reader;
pub mod replica;
pub mod retry;
pub mod service;
pub mod stored;
pub mod table;
pub mod writer;
