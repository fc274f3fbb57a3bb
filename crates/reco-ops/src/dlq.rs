//! The dead-letter queue: inspecting, redriving, exporting and purging its messages.

pub mod ask;
pub mod causes;
pub mod chosen;
pub mod collect;
pub mod copies;
pub mod export;
pub mod import;
pub mod journal;
pub mod judge;
pub mod lock;
pub mod move_task;
pub mod outcome;
pub mod purge;
pub mod query;
pub mod queues;
pub mod reach;
pub mod redrive;
pub mod repair;
pub mod room;
pub mod saved_plan;
pub mod scan;
pub mod select;
pub mod session;
pub mod waves;
