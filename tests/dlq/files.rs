//! `recoctl dlq export`, `import` and `purge` through the real binary: deleted messages are in a
//! file, messages in a file are restored unchanged, and duplicates are always named.

mod export;
mod import;
pub mod kit;
mod purge;
