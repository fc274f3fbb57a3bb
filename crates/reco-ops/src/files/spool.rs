//! Messages waiting to be moved, on disk instead of in memory.
//!
//! The file has no name: it disappears when the process ends, however it ends, and no other user
//! can open it.

use std::collections::BTreeMap;
use std::fs::File;
#[cfg(unix)]
use std::os::unix::fs::FileExt;
use std::sync::{Mutex, PoisonError};

use reco_core::message::{Attribute, Message};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Kind, Result};

/// Spool of messages on disk.
#[derive(Debug)]
pub struct Spool {
    file: Mutex<(File, u64)>,
}

/// Place of a message in the spool.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Slot {
    at: u64,
    body: u32,
    rest: u32,
}

#[derive(Serialize)]
struct RestRef<'a> {
    id: &'a str,
    attributes: &'a BTreeMap<String, Attribute>,
    system: &'a BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Rest {
    id: String,
    attributes: BTreeMap<String, Attribute>,
    system: BTreeMap<String, String>,
}

impl Spool {
    /// Creates an empty spool in the system's temporary directory.
    ///
    /// # Errors
    /// Fails if the file cannot be created.
    pub fn new() -> Result<Self> {
        let file = tempfile::tempfile().map_err(|error| {
            failed("cannot create a temporary file", &error)
                .hint("set TMPDIR to a writable directory")
        })?;
        Ok(Spool { file: Mutex::new((file, 0)) })
    }

    /// Writes a message, byte for byte.
    ///
    /// # Errors
    /// Fails if the disk is full or fails.
    pub fn put(&self, message: &Message) -> Result<Slot> {
        let slots = self.put_all(std::slice::from_ref(message))?;
        Ok(slots.into_iter().next().unwrap_or_default())
    }

    /// Writes messages, byte for byte and all at once: one call is several times as fast as one for
    /// each.
    ///
    /// # Errors
    /// Fails if the disk is full or fails.
    pub fn put_all(&self, messages: &[Message]) -> Result<Vec<Slot>> {
        let size: usize = messages.iter().map(|message| message.body.len() + 1_024).sum();
        let (mut bytes, mut slots) = (Vec::with_capacity(size), Vec::with_capacity(messages.len()));
        for message in messages {
            let (begin, Message { id, attributes, system, .. }) = (bytes.len(), message);
            bytes.extend(message.body.as_bytes());
            serde_json::to_writer(&mut bytes, &RestRef { id, attributes, system }).map_err(
                |error| {
                    Error::new(Kind::Internal, format!("cannot spool message {id}")).because(&error)
                },
            )?;
            let (body, all) = (message.body.len(), bytes.len() - begin);
            slots.push(Slot { at: begin as u64, body: length(body)?, rest: length(all - body)? });
        }
        let first = self.append(&bytes)?;
        slots.iter_mut().for_each(|slot| slot.at += first);
        Ok(slots)
    }

    /// Writes a text.
    ///
    /// # Errors
    /// Fails if the disk is full or fails.
    pub fn put_text(&self, text: &str) -> Result<Slot> {
        Ok(Slot { body: length(text.len())?, rest: 0, at: self.append(text.as_bytes())? })
    }

    /// Appends bytes and returns their place.
    fn append(&self, bytes: &[u8]) -> Result<u64> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let at = file.1;
        write_at(&mut file.0, at, bytes).map_err(|error| {
            failed("cannot spool a message", &error)
                .hint("free disk space, or set TMPDIR to a directory on another disk")
        })?;
        file.1 += bytes.len() as u64;
        Ok(at)
    }

    /// Reads a text back.
    ///
    /// # Errors
    /// Fails if the disk fails.
    pub fn text(&self, slot: Slot) -> Result<String> {
        String::from_utf8(self.bytes(slot)?).map_err(|error| garbled(&error))
    }

    /// Reads a message back. Its receipt handle is empty, because only the hold knows the current
    /// one.
    ///
    /// # Errors
    /// Fails if the disk fails.
    pub fn get(&self, slot: Slot) -> Result<Message> {
        let mut body = self.bytes(slot)?;
        let rest = body.split_off(slot.body as usize);
        let Rest { id, attributes, system } =
            serde_json::from_slice(&rest).map_err(|error| garbled(&error))?;
        let body = String::from_utf8(body).map_err(|error| garbled(&error))?;
        Ok(Message { id, receipt_handle: String::new(), body, attributes, system })
    }

    fn bytes(&self, slot: Slot) -> Result<Vec<u8>> {
        let mut bytes = vec![0; slot.body as usize + slot.rest as usize];
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        read_at(&mut file.0, slot.at, &mut bytes)
            .map_err(|error| failed("cannot read a spooled message back", &error))?;
        Ok(bytes)
    }
}

/// Converts a length for a slot: a message is at most 1 MiB, and a changed body is limited by the
/// size of an expression's result.
fn length(bytes: usize) -> Result<u32> {
    u32::try_from(bytes)
        .map_err(|error| Error::input("a changed body is larger than 4 GiB").because(&error))
}

// One system call each where possible: every message that moves needs two.
#[cfg(unix)]
fn write_at(file: &mut File, at: u64, bytes: &[u8]) -> std::io::Result<()> {
    file.write_all_at(bytes, at)
}

#[cfg(unix)]
fn read_at(file: &mut File, at: u64, bytes: &mut [u8]) -> std::io::Result<()> {
    file.read_exact_at(bytes, at)
}

#[cfg(not(unix))]
fn write_at(file: &mut File, at: u64, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::{Seek, SeekFrom, Write};
    file.seek(SeekFrom::Start(at)).and_then(|_| file.write_all(bytes))
}

#[cfg(not(unix))]
fn read_at(file: &mut File, at: u64, bytes: &mut [u8]) -> std::io::Result<()> {
    use std::io::{Read, Seek, SeekFrom};
    file.seek(SeekFrom::Start(at)).and_then(|_| file.read_exact(bytes))
}

fn garbled(error: &(dyn std::error::Error + 'static)) -> Error {
    Error::new(Kind::Internal, "a spooled message is corrupt").because(error)
}

fn failed(what: &str, error: &std::io::Error) -> Error {
    Error::new(Kind::Input, what).because(error)
}

#[cfg(test)]
mod tests {
    use reco_core::message::AttributeValue;

    use super::*;

    fn message(id: &str, body: &str) -> Message {
        let binary =
            Attribute { data_type: "Binary.x".into(), value: AttributeValue::Binary(vec![0, 255]) };
        let number =
            Attribute { data_type: "Number.int".into(), value: AttributeValue::Text("07".into()) };
        Message {
            id: id.to_owned(),
            body: body.to_owned(),
            attributes: [("b".to_owned(), binary), ("n".to_owned(), number)].into(),
            system: [("MessageGroupId".to_owned(), "g\"1".to_owned())].into(),
            ..Message::default()
        }
    }

    #[test]
    fn messages_come_back_as_they_went_in_whatever_the_order() {
        let spool = Spool::new().expect("a spool");
        let messages: Vec<Message> =
            ["", "{\"data\":[]}", "é\r\n\t日"].iter().map(|body| message(body, body)).collect();
        let slots = spool.put_all(&messages).expect("written");
        for at in [2, 0, 1] {
            assert_eq!(spool.get(slots[at]).expect("read"), messages[at]);
        }
        let later = spool.put(&message("later", "x")).expect("written");
        assert_eq!(spool.get(later).expect("read").id, "later");
        assert_eq!(spool.get(slots[1]).expect("read"), messages[1]);
        let text = spool.put_text("changed é").expect("written");
        let last = spool.put(&message("last", "y")).expect("written");
        assert_eq!(spool.text(text).expect("read"), "changed é");
        assert_eq!(spool.get(last).expect("read").id, "last");
    }
}
