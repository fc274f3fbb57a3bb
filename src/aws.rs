//! Thin async functions over the SDK clients, one file a service. SDK types stop here.

mod config;
mod error;

pub use config::load;
pub use error::explain;
