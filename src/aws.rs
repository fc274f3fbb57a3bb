//! Thin async functions over the SDK clients, one file a service. SDK types stop here.

mod cloudwatch;
mod config;
mod error;
pub mod sqs;
mod table;

pub use cloudwatch::{Cloudwatch, Query, Series, Span, Statistic};
pub use config::{load, retry_partition};
pub use error::explain;
pub use table::{ListType, Table, foreign};
