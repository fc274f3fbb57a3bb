//! An embedded local AWS for recoctl: SQS, DynamoDB, CloudWatch and its Logs behind one loopback port, with a
//! seeded recommendation pipeline. Everything is in memory and gone when the sandbox stops.

mod clock;
pub mod cloudwatch;
pub mod dynamodb;
pub mod faults;
pub mod feed;
mod gateway;
mod http;
pub mod logs;
mod options;
pub mod permissions;
mod place;
pub mod rehearsal;
pub mod runtime;
mod sample;
mod sandbox;
pub mod seed;
mod services;
pub mod sqs;
mod sts;
pub mod worker;

pub use options::{SandboxError, SandboxOptions};
pub use place::ScratchDir;
pub use sandbox::Sandbox;
