//! Report of a rehearsal.

use std::path::Path;

use reco_core::outcome::{Outcome, Tally};
use reco_core::rehearsal::Ending;
use reco_ops::dlq::judge::Provenance;
use reco_ops::dlq::reach::Reach;
use reco_ops::dlq::session::{DamagedRow, Queues};
use reco_ops::sqs::Released;
use serde::{Serialize, Serializer};

use crate::rehearse::{Rehearsal, Rehearsed};
use crate::render::rows;
use crate::ui::{Align, Report, Table, Tone, View, amount, break_lines, count, escape_line};

/// Most disagreements shown as text; JSON has all.
const SHOWN: usize = 10;

/// Where the messages came from.
#[derive(Debug, Clone, Serialize)]
pub struct Scanned {
    #[serde(flatten)]
    queues: Option<Queues>,
    /// Export that was read.
    file: Option<String>,
    #[serde(flatten)]
    reach: Option<Reach>,
    #[serde(flatten)]
    released: Option<Released>,
    damaged: Vec<DamagedRow>,
}

impl Scanned {
    /// Returns the origin of the messages of an export.
    pub fn of_file(file: &Path) -> Self {
        let file = Some(file.display().to_string());
        Scanned { queues: None, file, reach: None, released: None, damaged: Vec::new() }
    }

    /// Returns the origin of the messages of a DLQ.
    pub fn of_queue(
        queues: Queues,
        (reach, released): (Reach, Released),
        damaged: Vec<DamagedRow>,
    ) -> Self {
        let (reach, released) = (Some(reach), Some(released));
        Scanned { queues: Some(queues), file: None, reach, released, damaged }
    }

    fn name(&self) -> &str {
        let dlq = self.queues.as_ref().map(|queues| queues.dlq.as_str());
        dlq.or(self.file.as_deref()).unwrap_or_default()
    }
}

/// Report of `recoctl dlq rehearse`.
#[derive(Debug, Clone)]
pub struct RehearseReport {
    /// Origin of the messages.
    pub scanned: Scanned,
    /// What they were judged by.
    pub basis: Provenance,
    /// Path of the function's binary; `None` for the built-in handler.
    pub handler: Option<String>,
    /// Endings.
    pub rehearsal: Rehearsal,
    /// True if a signal ended it early.
    pub interrupted: bool,
}

#[derive(Serialize)]
struct Json<'a> {
    #[serde(flatten)]
    scanned: &'a Scanned,
    #[serde(flatten)]
    basis: &'a Provenance,
    handler: &'a str,
    users: u64,
    disagreements: usize,
    counts: Vec<Count>,
    p50_ms: Option<f64>,
    p99_ms: Option<f64>,
    max_ms: Option<f64>,
    peak_mib: Option<u64>,
    messages: &'a [Rehearsed],
    interrupted: bool,
}

#[derive(Serialize)]
struct Count {
    ending: Ending,
    messages: u64,
    lists: u64,
}

impl RehearseReport {
    fn counts(&self) -> Vec<Count> {
        let counted = Ending::ALL.map(|ending| {
            let of = self.rehearsal.messages.iter().filter(|one| one.actual == ending);
            let (messages, lists) =
                of.fold((0, 0), |(messages, lists), one| (messages + 1, lists + one.lists as u64));
            Count { ending, messages, lists }
        });
        counted.into_iter().filter(|count| count.messages > 0).collect()
    }

    fn disagreeing(&self) -> impl Iterator<Item = &Rehearsed> {
        self.rehearsal.messages.iter().filter(|one| !one.agrees)
    }

    fn handler(&self) -> &str {
        self.handler.as_deref().unwrap_or("built-in")
    }

    /// Returns a percentile of the invocations' durations in milliseconds.
    fn took(&self, percent: usize) -> Option<f64> {
        let mut times: Vec<f64> =
            self.rehearsal.messages.iter().filter_map(|one| one.took_ms).collect();
        times.sort_by(f64::total_cmp);
        let rank = (times.len() * percent).div_ceil(100).max(1) - 1;
        times.get(rank).copied()
    }

    fn timing(&self) -> Option<String> {
        let (p50, p99, most) = (self.took(50)?, self.took(99)?, self.took(100)?);
        let memory = self.rehearsal.peak_mib.map(|peak| format!("; peak memory {peak} MiB"));
        Some(format!(
            "one message took {p50} ms (p50), {p99} ms (p99), {most} ms (max){}",
            memory.unwrap_or_default()
        ))
    }
}

impl Serialize for RehearseReport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Json {
            scanned: &self.scanned,
            basis: &self.basis,
            handler: self.handler(),
            users: self.rehearsal.users,
            disagreements: self.disagreeing().count(),
            counts: self.counts(),
            p50_ms: self.took(50),
            p99_ms: self.took(99),
            max_ms: self.took(100),
            peak_mib: self.rehearsal.peak_mib,
            messages: &self.rehearsal.messages,
            interrupted: self.interrupted,
        }
        .serialize(serializer)
    }
}

impl Report for RehearseReport {
    const KIND: &'static str = "dlq.rehearse";
    const ROWS: Option<&'static str> = Some("messages");

    fn outcome(&self) -> Outcome {
        let messages = &self.rehearsal.messages;
        // A function that fails is never expected to.
        if !self.interrupted && self.disagreeing().next().is_some() {
            return Outcome::Findings;
        }
        Tally {
            // An empty DLQ is a valid result, as for a classification.
            done: messages.len().max(1) as u64,
            excluded: 0,
            failed: self.scanned.released.as_ref().map_or(0, Released::invisible),
            partly: self.scanned.reach.as_ref().map_or(0, Reach::missed),
            missing: 0,
        }
        .outcome(self.interrupted)
    }

    fn render(&self, view: &View) -> String {
        let messages = self.rehearsal.messages.len() as u64;
        let mut text = String::new();
        let wrong = self.disagreeing().count();
        if wrong > 0 {
            let mark = view.palette.paint(Tone::Bad, "differs:");
            let say = format!(
                "{mark} {} {}\n",
                amount(wrong as u64, "message"),
                if wrong == 1 {
                    "does not end as its class predicts"
                } else {
                    "do not end as their classes predict"
                }
            );
            text.push_str(&break_lines(&say, view.width));
            text.push_str(&self.differences(view));
            text.push('\n');
        }
        let columns = [
            ("ENDING", Align::Left),
            ("MESSAGES", Align::Right),
            ("LISTS", Align::Right),
            ("", Align::Left),
        ];
        let mut table = Table::new(view, &columns);
        for Count { ending, messages, lists } in self.counts() {
            let tone = match ending {
                Ending::Written | Ending::NothingToWrite => Tone::Good,
                Ending::Failed => Tone::Bad,
                _ => Tone::Warn,
            };
            table.toned_row([
                (ending.name().to_owned(), Some(tone)),
                (count(messages), None),
                (count(lists), None),
                (ending.meaning().to_owned(), None),
            ]);
        }
        if messages > 0 {
            text.push_str(&format!("{}\n", table.finish()));
        }
        let function = match &self.handler {
            None => "the built-in function".to_owned(),
            Some(path) => escape_line(path),
        };
        let mut say = format!(
            "{} of {} rehearsed with {function} on a local copy of {}; {} would get a list\n",
            amount(messages, "message"),
            escape_line(self.scanned.name()),
            self.basis.table.as_deref().map_or("the table".to_owned(), escape_line),
            amount(self.rehearsal.users, "user"),
        );
        if self.interrupted {
            say.push_str("interrupted: the rest was not rehearsed\n");
        }
        if let Some(timing) = self.timing() {
            say.push_str(&format!("{timing}\n"));
        }
        say.push_str(&rows::damaged(&self.scanned.damaged, view));
        if let Some(reach) = &self.scanned.reach {
            say.push_str(&reach.words());
        }
        text.push_str(&break_lines(&say, view.width));
        text.push_str(&rows::basis(&self.basis, view));
        text
    }
}

impl RehearseReport {
    fn differences(&self, view: &View) -> String {
        let columns = [
            ("MESSAGE", Align::Left),
            ("CLASS", Align::Left),
            ("EXPECTED", Align::Left),
            ("ACTUAL", Align::Left),
            ("REASON", Align::Left),
        ];
        let mut table = Table::new(view, &columns);
        for one in self.disagreeing().take(SHOWN) {
            table.toned_row([
                (one.message_id.clone(), None),
                (one.class.name().to_owned(), Some(rows::tone(one.class))),
                (one.expected.name().to_owned(), None),
                (one.actual.name().to_owned(), Some(Tone::Bad)),
                (one.reason.clone().unwrap_or_default(), None),
            ]);
        }
        table.never_narrow(&[0]);
        let more = self.disagreeing().count().saturating_sub(SHOWN);
        format!("{}\n{}", table.finish(), rows::hidden(more as u64))
    }
}
