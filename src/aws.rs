//! Thin async functions over the SDK clients, one file a service. SDK types stop here.

mod config;
mod error;
mod table;

pub use config::load;
pub use error::explain;
pub use table::Table;
