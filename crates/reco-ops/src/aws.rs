//! Thin async functions over the SDK clients, one file per service. SDK types stop here.

mod cloudwatch;
mod config;
mod credentials;
mod endpoint;
mod error;
mod identity;
mod logs;
mod options;
mod place;
pub mod sqs;
mod table;
mod watch;

pub use cloudwatch::{Cloudwatch, Series, SeriesQuery, Span, Statistic};
pub use config::{has_credentials, lacks_region, load, retry_partition};
pub use credentials::{CredentialsInForce, in_force};
pub use endpoint::whereabouts;
pub use error::explain;
pub use identity::caller;
pub use logs::{LogEvent, LogPage, LogQuery, LogsClient, Unreadable};
pub use options::{AwsOptions, Given};
pub use place::acting_on;
pub use table::{BY_FLAG, BY_POLICY, ListType, Table, foreign};
pub use watch::Watch;
