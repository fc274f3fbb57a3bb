//! The real binary, driven through the Lambda Runtime API, against the sandbox's DynamoDB and a
//! real MariaDB. After each story the whole table is compared with the expected one, which is
//! computed independently of the product's code.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod causes;
mod cli;
#[path = "../emf/mod.rs"]
mod emf;
mod expectation;
mod gate;
#[path = "../../../reco-sandbox/tests/conformance/independent.rs"]
mod independent;
mod kit;
mod mapping;
#[path = "../../../../tests/support/mariadb.rs"]
mod mariadb;
mod rehearsal;
mod sandbox;
mod starting;
mod stories;
#[path = "../../../reco-store/tests/support/mod.rs"]
mod support;
mod trouble;
mod two_hundred;
