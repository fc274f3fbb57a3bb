//! Weighs the messages that move against what the pipeline has to spare.

use std::collections::{BTreeMap, BTreeSet};

use reco_core::human::amount;
use reco_core::room::{Load, propose};

use super::Redrive;
use crate::dlq::redrive::report::Category;
use crate::dlq::room;

impl Redrive<'_> {
    /// Measures what there is to spare once messages are about to move, or would be in a run, and
    /// warns of a rate beyond it. `first` is the index of the first record of this wave.
    pub(super) async fn weigh(&mut self, first: usize) {
        let planned = self.records[first..].iter().filter(|record| record.is(Category::Planned));
        let (messages, wcu) =
            planned.fold((0, 0), |(messages, wcu), record| (messages + 1, wcu + record.wcu));
        let begun = self.report.load.messages > 0;
        self.report.load.messages += messages;
        self.report.load.wcu += wcu;
        if begun || messages == 0 {
            return;
        }
        self.propose_stages(messages);
        let session = self.session;
        let function = self.options.guards.throttled.function.as_deref();
        self.report.room =
            room::measure(&session.sdk, session.scanner.judge.table(), function).await;
        self.warn_of_rate(&Load { messages, wcu });
    }

    fn warn_of_rate(&self, load: &Load) {
        let (rate, room) = (self.options.rate.map(|rate| rate.per_second()), &self.report.room);
        let Some(excess) = room.excess(load, rate) else { return };
        let given = rate.map_or("no --rate".to_owned(), |rate| format!("--rate {rate}"));
        let flags = propose(load, room, None).flags();
        self.session
            .warn(format!("{given}: {} {excess}; use {flags}", amount(load.messages, "message")));
    }

    /// Counts what waits in the destinations of moved messages.
    pub(in crate::dlq::redrive) async fn count_waiting(&mut self) {
        let mut waiting = BTreeMap::new();
        let moved = self.records.iter().filter(|record| record.is(Category::Moved));
        let moved: BTreeSet<_> =
            moved.filter_map(|one| Some(&one.to.as_ref()?.queue.name)).collect();
        for to in self.route.destinations() {
            if moved.contains(&to.queue.name)
                && let Ok(state) = self.session.sqs.state(&to.queue).await
            {
                waiting.insert(to.queue.name.clone(), state.holds());
            }
        }
        self.report.waiting = waiting;
    }
}
