//! `recoctl backfill` past one machine, through the real binary against the sandbox: shards, the
//! queue, and files for DynamoDB's own import.

#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "../support/faults.rs"]
mod faults;
#[path = "../support/mod.rs"]
mod support;

mod emit;
mod kit;
mod queue;
mod shard;
