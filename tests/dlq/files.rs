//! `recoctl dlq export`, `import` and `purge` through the real binary: what is deleted is in a file,
//! what is in a file comes back as it was, and nothing is sent twice unnamed.

mod export;
mod import;
mod kit;
mod purge;
