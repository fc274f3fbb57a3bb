//! Recognises the copies that a run sent, when they are in the DLQ again.

use crate::journal::{Digest, SentCopy, key};
use crate::message::Message;

type Key = [u8; 16];

/// Index of the copies that a run sent, as sorted arrays: about 70 bytes per message.
#[derive(Debug, Default)]
pub(super) struct SentIndex {
    originals: Vec<(Key, u32)>,
    copies: Vec<(Key, u32)>,
    contents: Vec<(Key, u32)>,
}

impl SentIndex {
    /// Creates the index; each copy is known by its position.
    pub fn of<'a>(sent: impl Iterator<Item = SentCopy<'a>>) -> Self {
        let mut index = SentIndex::default();
        for (at, SentCopy { message_id, sent_as, digest, .. }) in (0..).zip(sent) {
            index.originals.push((key(message_id), at));
            index.copies.push((key(sent_as), at));
            index.contents.push((digest.short(), at));
        }
        for table in [&mut index.originals, &mut index.copies, &mut index.contents] {
            table.shrink_to_fit();
            table.sort_unstable();
        }
        index
    }

    /// Returns the positions of the copies that a message in the DLQ may be, in order. Several only
    /// if several had its content.
    ///
    /// A message with the content of a copy counts only if it was sent since the run began, at
    /// `since_ms`: otherwise it may be a twin that was in the DLQ all along.
    pub fn recognise(&self, message: &Message, since_ms: i64) -> impl Iterator<Item = usize> + '_ {
        let id = key(&message.id);
        let by_id = within(&self.copies, &id);
        let is_original = by_id.is_empty() && !within(&self.originals, &id).is_empty();
        let fresh = message.sent_at_ms().is_some_and(|sent| sent >= since_ms);
        let found = match (by_id.is_empty(), !is_original && fresh) {
            (false, _) => by_id,
            (true, false) => &[],
            (true, true) => {
                let digest = Digest::of(&message.body, &message.attributes);
                within(&self.contents, &digest.short())
            }
        };
        found.iter().map(|(_, at)| *at as usize)
    }
}

/// Returns the part of a sorted table that has this key.
fn within<'a>(table: &'a [(Key, u32)], key: &Key) -> &'a [(Key, u32)] {
    let from = table.partition_point(|(known, _)| known < key);
    let many = table[from..].partition_point(|(known, _)| known == key);
    &table[from..from + many]
}
