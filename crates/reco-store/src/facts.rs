//! Facts about users and articles from a database.
//!
//! Statements are plain text over validated ids, never prepared: RDS Proxy pins a session that
//! prepares statements (AWS: "Avoiding pinning an RDS Proxy"), and the same statements serve every
//! database behind [`FactsSource`].

mod agreed;
mod articles;
mod ask;
mod cache;
mod check;
mod database;
mod ids;
mod mysql;
mod pages;
mod snapshot;
mod source;
mod sql;
mod sqlite;
mod tables;

pub use cache::{CacheOptions, CacheStats};
pub use check::{Finding, Level, check};
pub use database::KnownArticles;
pub use mysql::MySqlOptions;
pub use snapshot::{SnapshotError, SnapshotOptions, SnapshotReport, snapshot};
pub use source::{FactsOptions, FactsSource, Warn, needs_aws, stays_here, without_password};
pub use sql::{FactsSql, PairsSql};
pub use tables::{ArticlesTable, FactsTables, MutesTable, ReadsTable, TablesError, UsersTable};
