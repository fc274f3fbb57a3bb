//! Nothing that recoctl reads can harm who runs it: endpoints, databases, bodies, expressions and
//! repositories that lie, through the real binary.
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
