//! Settles a sent batch: decides which messages may be deleted from the source queue.
//!
//! A [`Deletable`] for a sent message comes only from [`settle`], or from a journal that proves the
//! send ([`JournalState::acked`](crate::journal::JournalState::acked)). The delete call accepts nothing else, so the compiler enforces "never delete
//! before the send is confirmed". A delete without a send requires a backup ([`backed_up`]) or the
//! operator's word that no copy is wanted ([`waived`]).

use crate::message::{Message, md5_of_attributes, md5_of_body};

/// One entry's acknowledgement from `SendMessageBatch`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendAck {
    /// The entry's index in the batch.
    pub entry: usize,
    /// Message id assigned by the destination.
    pub message_id: String,
    /// `MD5OfMessageBody` of the response.
    pub md5_of_body: String,
    /// `MD5OfMessageAttributes` of the response.
    pub md5_of_attributes: Option<String>,
}

/// Failure of one entry, inside a successful response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryFault {
    /// The entry's index in the batch.
    pub entry: usize,
    /// Error code from the service.
    pub code: String,
    /// Error message from the service.
    pub message: String,
    /// True if the request was at fault: sending it again would fail again.
    pub sender_fault: bool,
}

/// AWS error codes for throttling, which happens before the request has any effect.
pub const THROTTLES: [&str; 8] = [
    "RequestThrottled",
    "RequestThrottledException",
    "ThrottlingException",
    "Throttling",
    "TooManyRequestsException",
    "RequestLimitExceeded",
    "KmsThrottled",
    "KMS.ThrottlingException",
];

/// Returns whether a code, with or without a namespace before `#`, means throttling.
#[must_use]
pub fn is_throttle(code: &str) -> bool {
    THROTTLES.contains(&code.rsplit('#').next().unwrap_or(code))
}

impl EntryFault {
    /// Returns whether the entry was throttled, and so certainly not accepted.
    #[must_use]
    pub fn is_throttle(&self) -> bool {
        is_throttle(&self.code)
    }
}

/// Response of `SendMessageBatch`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SendResult {
    /// Entries that the destination accepted.
    pub acks: Vec<SendAck>,
    /// Entries that it did not accept.
    pub faults: Vec<EntryFault>,
}

/// A message whose copy is safe: the proof that a delete requires.
///
/// There is no public constructor; [`settle`], [`backed_up`], [`waived`] and the replay of a journal
/// create it, each from its own proof:
///
/// ```compile_fail,E0451
/// use reco_core::settle::{Copy, Deletable};
/// let forged = Deletable {
///     message_id: "m".to_owned(),
///     receipt_handle: "r".to_owned(),
///     copy: Copy::BackedUp,
/// };
/// ```
///
/// Nor can the proof of a backup be forged:
///
/// ```compile_fail,E0423
/// use reco_core::settle::Flushed;
/// let forged = Flushed(());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deletable {
    message_id: String,
    receipt_handle: String,
    copy: Copy,
}

/// Location of the copy of a deletable message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Copy {
    /// The destination queue acknowledged it under this message id.
    Sent(String),
    /// It is in a backup that has been flushed to disk.
    BackedUp,
    /// There is none, at the operator's request.
    Waived,
}

impl Deletable {
    /// Creates the proof for a message that the destination acknowledged as `sent_as`.
    pub(crate) fn sent(message_id: &str, receipt_handle: &str, sent_as: &str) -> Self {
        Deletable {
            message_id: message_id.to_owned(),
            receipt_handle: receipt_handle.to_owned(),
            copy: Copy::Sent(sent_as.to_owned()),
        }
    }

    /// Returns the original message's id.
    #[must_use]
    pub fn message_id(&self) -> &str {
        &self.message_id
    }

    /// Returns the receipt handle to delete it by.
    #[must_use]
    pub fn receipt_handle(&self) -> &str {
        &self.receipt_handle
    }

    /// Returns the location of its copy.
    #[must_use]
    pub fn copy(&self) -> &Copy {
        &self.copy
    }

    /// Returns the same proof with another receipt handle of the message: that of its newest
    /// receive.
    #[must_use]
    pub fn under(self, receipt_handle: &str) -> Self {
        Deletable { receipt_handle: receipt_handle.to_owned(), ..self }
    }
}

/// Proof that a backup has been flushed to disk, created from the result of the flush itself.
#[derive(Debug)]
pub struct Flushed(());

impl Flushed {
    /// Creates the proof from the result of the file's `sync_all`.
    ///
    /// # Errors
    /// The error of the flush: nothing may be deleted.
    pub fn from_sync(result: std::io::Result<()>) -> std::io::Result<Self> {
        result.map(Flushed)
    }
}

/// Returns the proofs for messages whose backup is on disk, by message id. The caller adds receipt
/// handles ([`Deletable::under`]).
pub fn backed_up<'a>(ids: impl IntoIterator<Item = &'a str>, _proof: &Flushed) -> Vec<Deletable> {
    ids.into_iter().map(|id| deletable(id, Copy::BackedUp)).collect()
}

/// The operator's word that messages may be deleted without a copy. It takes two answers, so that
/// no default can grant it:
///
/// ```compile_fail,E0423
/// use reco_core::settle::Waiver;
/// let forged = Waiver(());
/// ```
#[derive(Debug)]
pub struct Waiver(());

impl Waiver {
    /// Returns a waiver if the operator both wants no copy and confirmed the deletion.
    #[must_use]
    pub const fn new(no_copy_wanted: bool, confirmed: bool) -> Option<Self> {
        if no_copy_wanted && confirmed { Some(Waiver(())) } else { None }
    }
}

/// Returns the proofs for messages to be deleted without a copy; as [`backed_up`] otherwise.
pub fn waived<'a>(ids: impl IntoIterator<Item = &'a str>, _word: &Waiver) -> Vec<Deletable> {
    ids.into_iter().map(|id| deletable(id, Copy::Waived)).collect()
}

fn deletable(message_id: &str, copy: Copy) -> Deletable {
    Deletable { message_id: message_id.to_owned(), receipt_handle: String::new(), copy }
}

/// A message that was not accepted, with the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsent<M> {
    /// The message.
    pub message: M,
    /// Reason, mostly from the service.
    pub reason: String,
}

/// Result for each message of a batch: every message is in exactly one of the lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled<M> {
    /// Acknowledged with matching digests: the proof for each, and the message.
    pub deletable: Vec<(Deletable, M)>,
    /// Throttled, and certainly not accepted: send again after a pause.
    pub retry: Vec<Unsent<M>>,
    /// Failed by a fault of the service, which proves nothing: a copy may exist, and a resend may
    /// duplicate it on a standard queue. A caller that resends must say so.
    pub faulted: Vec<Unsent<M>>,
    /// Rejected permanently: leave in the DLQ and report.
    pub refused: Vec<Unsent<M>>,
    /// Accepted with other digests, or missing from the response: a copy may exist. Leave in the
    /// DLQ and report as uncertain.
    pub uncertain: Vec<Unsent<M>>,
}

impl<M> Default for Settled<M> {
    fn default() -> Self {
        Settled {
            deletable: vec![],
            retry: vec![],
            faulted: vec![],
            refused: vec![],
            uncertain: vec![],
        }
    }
}

/// Matches a batch with the service's response.
///
/// `sent` has each message as received, and `outgoing` returns it as sent (they differ if the
/// redrive rewrites bodies). An entry counts as sent only if its acknowledgement has the digests of
/// the sent content; the SDK does not check them.
pub fn settle<M>(
    sent: Vec<M>,
    outgoing: impl Fn(&M) -> Outgoing<'_>,
    result: &SendResult,
) -> Settled<M> {
    let mut settled = Settled::default();
    for (entry, message) in sent.into_iter().enumerate() {
        let acks: Vec<_> = result.acks.iter().filter(|ack| ack.entry == entry).collect();
        let faults: Vec<_> = result.faults.iter().filter(|fault| fault.entry == entry).collect();
        match (&acks[..], &faults[..]) {
            ([ack], []) => {
                let view = outgoing(&message);
                match mismatch(&view, ack) {
                    None => {
                        let Message { id, receipt_handle, .. } = view.original;
                        let proof = Deletable::sent(id, receipt_handle, &ack.message_id);
                        settled.deletable.push((proof, message));
                    }
                    Some(reason) => settled.uncertain.push(Unsent { message, reason }),
                }
            }
            ([], [fault]) => {
                let reason = format!("{}: {}", fault.code, fault.message);
                let list = if fault.is_throttle() {
                    &mut settled.retry
                } else if fault.sender_fault {
                    &mut settled.refused
                } else {
                    &mut settled.faulted
                };
                list.push(Unsent { message, reason });
            }
            ([], []) => {
                let reason = "the response does not list this entry".to_owned();
                settled.uncertain.push(Unsent { message, reason });
            }
            _ => {
                let reason = "the response lists this entry more than once".to_owned();
                settled.uncertain.push(Unsent { message, reason });
            }
        }
    }
    settled
}

/// One message of a batch, as received and as sent.
#[derive(Debug, Clone)]
pub struct Outgoing<'a> {
    /// The message as received, which is the one to delete.
    pub original: &'a Message,
    /// The body as sent.
    pub body: &'a str,
}

fn mismatch(sent: &Outgoing<'_>, ack: &SendAck) -> Option<String> {
    let body = md5_of_body(sent.body);
    if ack.md5_of_body != body {
        return Some(format!(
            "sent as {} but its body's MD5 came back as {} instead of {body}",
            ack.message_id, ack.md5_of_body
        ));
    }
    let attributes = md5_of_attributes(&sent.original.attributes);
    if ack.md5_of_attributes != attributes {
        let (got, want) = (ack.md5_of_attributes.as_deref(), attributes.as_deref());
        return Some(format!(
            "sent as {} but its attributes' MD5 came back as {} instead of {}",
            ack.message_id,
            got.unwrap_or("none"),
            want.unwrap_or("none")
        ));
    }
    None
}
