//! Parts specific to a redrive: destinations, pace, and guards.

mod bounce;
mod brake;
mod guard;
mod pace;
mod plan;
mod rejects;
mod route;

pub use bounce::{Bounced, Bounces, Limit, Watched as BounceWatched, Watcher, watch};
pub use brake::{Brake, Guard, Pauses};
pub use guard::{Backlog, Guards, Throttles, Watched};
pub use pace::{Pace, Rate};
pub use plan::{Candidate, Decision, decide};
pub use rejects::Rejects;
pub use route::{Route, Way};
