//! What is particular to a redrive: which messages go where, at what pace, and when to stop.

mod bounce;
mod guard;
mod plan;
mod route;

pub use bounce::{Bounced, Bounces, Limit, Watched as BounceWatched, Watcher, watch};
pub use guard::{Backlog, Guards, Throttles, Watched};
pub use plan::{Candidate, Decision, decide};
pub use route::{Route, Way};

pub use crate::files::Rejects;
pub use crate::rate::{Brake, Guard, Pace, Pauses, Rate};
