//! Nothing that recoctl reads can harm its user: lying endpoints, databases, bodies, expressions
//! and repositories, through the real binary.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../support/mod.rs"]
mod support;

mod answers;
mod database;
mod endpoint;
mod expressions;
mod files;
mod kit;
mod limits;
mod readers;
mod repository;
mod table;
mod terminal;
