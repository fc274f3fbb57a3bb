//! Facts, from SQLite files and from a MariaDB server.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod both;
mod cache;
mod casts;
mod check;
mod kit;
#[path = "../../../../tests/support/mariadb.rs"]
mod mariadb;
mod mysql;
mod odd_rows;
mod proxy;
mod secret;
mod snapshot;
mod snapshot_file;
mod speed;
mod sqlite;
