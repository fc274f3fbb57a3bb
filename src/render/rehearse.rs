//! Report of a rehearsal.

use std::path::Path;

use reco_core::outcome::{Outcome, Tally};
use reco_core::rehearsal::Ending;
use reco_ops::aws::sqs::Damaged;
use reco_ops::dlq::judge::Provenance;
use reco_ops::dlq::reach::Reach;
use reco_ops::dlq::session::Queues;
use reco_ops::sqs::Released;
use serde::Serialize;

use crate::rehearse::{Rehearsal, Rehearsed};
use crate::render::rows;
use crate::ui::{Align, Report, TextTable, Tone, View, amount, break_lines, count, escape_line};

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
    damaged: Vec<Damaged>,
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
        damaged: Vec<Damaged>,
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
#[derive(Debug, Clone, Serialize)]
pub struct RehearseReport {
    #[serde(flatten)]
    scanned: Scanned,
    #[serde(flatten)]
    basis: Provenance,
    /// Path of the function's binary; `built-in` for the built-in handler.
    handler: String,
    #[serde(skip)]
    is_built_in: bool,
    /// Users that would get a list.
    users: u64,
    disagreements: usize,
    counts: Vec<EndingCount>,
    p50_ms: Option<f64>,
    p99_ms: Option<f64>,
    max_ms: Option<f64>,
    peak_mib: Option<u64>,
    messages: Vec<Rehearsed>,
    /// True if a signal ended it early.
    interrupted: bool,
}

/// Messages with the same ending.
#[derive(Debug, Clone, Serialize)]
struct EndingCount {
    ending: Ending,
    messages: u64,
    lists: u64,
}

impl RehearseReport {
    /// Creates the report of a rehearsal; `handler` is the path of the function's binary.
    pub fn new(
        (scanned, basis): (Scanned, Provenance),
        handler: Option<&Path>,
        rehearsal: Rehearsal,
        interrupted: bool,
    ) -> Self {
        let Rehearsal { messages, users, peak_mib } = rehearsal;
        RehearseReport {
            scanned,
            basis,
            handler: handler.map_or("built-in".to_owned(), |path| path.display().to_string()),
            is_built_in: handler.is_none(),
            users,
            disagreements: disagreeing(&messages).count(),
            counts: counts(&messages),
            p50_ms: took(&messages, 50),
            p99_ms: took(&messages, 99),
            max_ms: took(&messages, 100),
            peak_mib,
            messages,
            interrupted,
        }
    }

    fn timing(&self) -> Option<String> {
        let (p50, p99, most) = (self.p50_ms?, self.p99_ms?, self.max_ms?);
        let memory = self.peak_mib.map(|peak| format!("; peak memory {peak} MiB"));
        Some(format!(
            "one message took {p50} ms (p50), {p99} ms (p99), {most} ms (max){}",
            memory.unwrap_or_default()
        ))
    }
}

fn counts(messages: &[Rehearsed]) -> Vec<EndingCount> {
    let counted = Ending::ALL.iter().map(|&ending| {
        let of = messages.iter().filter(|one| one.actual == ending);
        let (messages, lists) =
            of.fold((0, 0), |(messages, lists), one| (messages + 1, lists + one.lists as u64));
        EndingCount { ending, messages, lists }
    });
    counted.into_iter().filter(|count| count.messages > 0).collect()
}

fn disagreeing(messages: &[Rehearsed]) -> impl Iterator<Item = &Rehearsed> {
    messages.iter().filter(|one| !one.agrees)
}

/// Returns a percentile of the invocations' durations in milliseconds.
fn took(messages: &[Rehearsed], percent: usize) -> Option<f64> {
    let mut times: Vec<f64> = messages.iter().filter_map(|one| one.took_ms).collect();
    times.sort_by(f64::total_cmp);
    let rank = (times.len() * percent).div_ceil(100).max(1) - 1;
    times.get(rank).copied()
}

impl Report for RehearseReport {
    const KIND: &'static str = "dlq.rehearse";
    const ROWS: Option<&'static str> = Some("messages");

    fn outcome(&self) -> Outcome {
        // A function that fails is never expected to.
        if !self.interrupted && self.disagreements > 0 {
            return Outcome::Findings;
        }
        Tally {
            // An empty DLQ is a valid result, as for a classification.
            done: self.messages.len().max(1) as u64,
            excluded: 0,
            failed: self.scanned.released.as_ref().map_or(0, Released::invisible),
            partly: self.scanned.reach.as_ref().map_or(0, Reach::missed),
            missing: 0,
        }
        .outcome(self.interrupted)
    }

    fn render(&self, view: &View) -> String {
        let messages = self.messages.len() as u64;
        let mut text = String::new();
        let wrong = self.disagreements;
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
        let mut table = TextTable::new(view, &columns);
        for EndingCount { ending, messages, lists } in &self.counts {
            let tone = match ending {
                Ending::Written | Ending::NothingToWrite => Tone::Good,
                Ending::Failed => Tone::Bad,
                _ => Tone::Warn,
            };
            table.toned_row([
                (ending.name().to_owned(), Some(tone)),
                (count(*messages), None),
                (count(*lists), None),
                (ending.meaning().to_owned(), None),
            ]);
        }
        if messages > 0 {
            text.push_str(&format!("{}\n", table.finish()));
        }
        let function = match self.is_built_in {
            true => "the built-in function".to_owned(),
            false => escape_line(&self.handler),
        };
        let mut say = format!(
            "{} of {} rehearsed with {function} on a local copy of {}; {} would get a list\n",
            amount(messages, "message"),
            escape_line(self.scanned.name()),
            self.basis.table.as_deref().map_or("the table".to_owned(), escape_line),
            amount(self.users, "user"),
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
        let mut table = TextTable::new(view, &columns);
        for one in disagreeing(&self.messages).take(SHOWN) {
            table.toned_row([
                (one.message_id.clone(), None),
                (one.class.name().to_owned(), Some(rows::tone(one.class))),
                (one.expected.name().to_owned(), None),
                (one.actual.name().to_owned(), Some(Tone::Bad)),
                (one.reason.clone().unwrap_or_default(), None),
            ]);
        }
        table.never_narrow(&[0]);
        let more = self.disagreements.saturating_sub(SHOWN);
        format!("{}\n{}", table.finish(), rows::hidden(more as u64))
    }
}
