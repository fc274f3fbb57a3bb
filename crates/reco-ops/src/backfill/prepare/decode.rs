//! Decodes lines into entries to filter and entries whose fate is already known.

use std::sync::Arc;

use reco_core::Time;
use reco_core::decode::{BadEntry, DecodeError, Decoded, Deletion, Entry, decode, deletion};
use reco_core::export::{self, ExportLine};
use reco_core::item::PlannedItem;
use reco_core::shapes::{self, Shaped};

use super::entry::{ExportOrigin, rejected};
use super::route::{other_shard, sifted};
use super::{Found, PlannedFate, PreparedEntry, PreparedLine, Preparer, Waiting};
use crate::backfill::fault::Fault;
use crate::backfill::lines::{InputLine, LineContent};
use crate::backfill::map::Mapped;

/// Values that `--map` outputs for a line, or its error.
type MappedLine = Result<Vec<Mapped>, String>;

impl Preparer {
    /// Returns the result of `--map` for a line.
    pub(super) async fn mapped(&self, line: &InputLine) -> Option<MappedLine> {
        let (Some(mapping), LineContent::Text(text)) = (&self.mapping, &line.content) else {
            return None;
        };
        Some(mapping.apply(std::str::from_utf8(text).ok()?).await)
    }

    pub(super) fn decode_line(
        &self,
        line: InputLine,
        mapped: Option<MappedLine>,
        number: usize,
        waiting: &mut Vec<Waiting>,
    ) -> PreparedLine {
        let (text, found) = match line.content {
            LineContent::Blank(lines) => (None, Found::Blank(lines)),
            LineContent::TooLong(bytes) => (None, Found::Bad(Fault::line_too_long(bytes))),
            LineContent::Cut(text) => (Some(text), Found::Bad(Fault::cut_off())),
            LineContent::Text(text) => {
                let found = self.decode_text(&text, mapped, number, waiting);
                (Some(text), found)
            }
        };
        let prepared = PreparedLine { at: line.at, text, found };
        match self.shard {
            Some(shard) => sifted(prepared, number, shard, waiting),
            None => prepared,
        }
    }

    fn decode_text(
        &self,
        text: &[u8],
        mapped: Option<MappedLine>,
        line: usize,
        waiting: &mut Vec<Waiting>,
    ) -> Found {
        let text = match std::str::from_utf8(text) {
            Ok(text) => text,
            Err(error) => return Found::Bad(Fault::not_utf8(error.valid_up_to())),
        };
        let Some(mapped) = mapped else {
            return match self.decode_value(text, line, 0, waiting) {
                Ok((entries, _)) => Found::Entries(entries),
                Err(fault) => Found::Bad(fault),
            };
        };
        let values = match mapped {
            Ok(values) => values,
            Err(error) => return Found::Bad(Fault::unmapped(&error)),
        };
        let (mut found, mut first) = (Vec::new(), 0);
        let whole = values.len() == 1;
        for Mapped { value, of } in values {
            let decoded = value
                .map_err(|error| Fault::unmapped(&error))
                .and_then(|value| self.decode_value(&value, line, first, waiting));
            let (mut entries, count) = match decoded {
                Ok(decoded) => decoded,
                Err(fault) if whole => return Found::Bad(fault),
                Err(fault) => (vec![rejected(first, fault)], 1),
            };
            for entry in &mut entries {
                if let PlannedFate::Reject(fault) = &mut entry.fate {
                    // The line itself can be mapped again; the output of the mapping cannot.
                    fault.text = Some(of.clone().unwrap_or_else(|| text.to_owned()));
                }
            }
            found.append(&mut entries);
            first += count;
        }
        Found::Entries(found)
    }

    /// Decodes one value: returns the entries that are already settled and the total number of
    /// entries. The first entry is number `first` of its line.
    fn decode_value(
        &self,
        text: &str,
        line: usize,
        first: usize,
        waiting: &mut Vec<Waiting>,
    ) -> Result<(Vec<PreparedEntry>, usize), Fault> {
        shapes::check_one(text)?;
        if may_delete(text)
            && let Some(deletion) = deletion(text)?
        {
            return Ok((vec![self.delete(first, deletion)], 1));
        }
        let Decoded { entries, bad, .. } = match decode(text) {
            Ok(decoded) => decoded,
            Err(error @ DecodeError::Foreign { .. }) => match shapes::read(text, &self.schema) {
                None => return self.decode_exported(text, error, (line, first), waiting),
                Some(Err(error)) => return Err(error.into()),
                Some(Ok(Shaped::Deletion(deletion))) => {
                    return Ok((vec![self.delete(first, deletion)], 1));
                }
                Some(Ok(Shaped::Other)) => return Ok((Vec::new(), 0)),
                Some(Ok(Shaped::Decoded(decoded))) => decoded,
            },
            Err(error) => return Err(error.into()),
        };
        Ok(self.decoded(entries, bad, None, (line, first), waiting))
    }

    /// Decodes a line of one of recoctl's own exports: its message, as the Lambda would.
    fn decode_exported(
        &self,
        text: &str,
        foreign: DecodeError,
        at: (usize, usize),
        waiting: &mut Vec<Waiting>,
    ) -> Result<(Vec<PreparedEntry>, usize), Fault> {
        let message = match export::read_line(text) {
            None => return Err(foreign.into()),
            Some(Err(reason)) => return Err(Fault::exported(reason)),
            Some(Ok(ExportLine::Frame)) => return Ok((Vec::new(), 0)),
            Some(Ok(ExportLine::Message(message))) => message,
        };
        let sent = message.system.get("SentTimestamp").and_then(|millis| millis.parse().ok());
        let sent = sent.map(Time::from_millis);
        match decode(&message.body) {
            Ok(Decoded { entries, bad, .. }) => {
                let origin = Arc::new(ExportOrigin { id: message.id, sent });
                Ok(self.decoded(entries, bad, Some(origin), at, waiting))
            }
            Err(error) => Err(Fault::from(error).in_message(Some(&message.id))),
        }
    }

    /// Sorts decoded entries: those to filter wait, the others are settled.
    fn decoded(
        &self,
        entries: Vec<Entry>,
        bad: Vec<BadEntry>,
        message: Option<Arc<ExportOrigin>>,
        (line, first): (usize, usize),
        waiting: &mut Vec<Waiting>,
    ) -> (Vec<PreparedEntry>, usize) {
        let id = message.as_ref().map(|message| message.id.as_str());
        let count = entries.len() + bad.len();
        let mut found: Vec<PreparedEntry> = bad
            .into_iter()
            .map(|bad| rejected(first + bad.index, Fault::from(bad).in_message(id)))
            .collect();
        let sent = message.as_ref().and_then(|message| message.sent);
        for mut entry in entries {
            let index = first + entry.index;
            match self.times.of(entry.recommendation.generated_at, sent) {
                Ok(time) => {
                    entry.recommendation.generated_at = time;
                    let (recommendation, message) = (entry.recommendation, message.clone());
                    waiting.push(Waiting { line, index, recommendation, message });
                }
                Err(fault) => found.push(rejected(index, fault.in_message(id))),
            }
        }
        (found, count)
    }

    /// Plans a removal, which is not filtered: the facts about a deleted user may be gone too.
    fn delete(&self, index: usize, Deletion { user, generated_at }: Deletion) -> PreparedEntry {
        if let Some(fault) = self.route.refuses_deletes() {
            return rejected(index, fault);
        }
        let planned = self
            .times
            .of(generated_at, None)
            .and_then(|time| self.schema.plan_delete(user, time).map_err(Fault::from));
        let ours = |item: &PlannedItem| {
            self.shard.is_none_or(|shard| shard.has(&item.recommendation.user))
        };
        match planned {
            Ok(item) if !ours(&item) => other_shard(index),
            Ok(item) => PreparedEntry::settled(index, PlannedFate::Write(item)),
            Err(fault) => rejected(index, fault),
        }
    }
}

/// Returns whether a line may be a removal, a cheap check because hardly any line is.
fn may_delete(text: &str) -> bool {
    // Letters of the key may be written as Unicode escapes.
    let has = |part: &str| memchr::memmem::find(text.as_bytes(), part.as_bytes()).is_some();
    text.trim_ascii_start().starts_with('{') && (has("\"delete\"") || has("\\u"))
}
