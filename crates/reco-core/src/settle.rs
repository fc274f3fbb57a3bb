//! Settling: which messages of a sent batch may be deleted from where they came.
//!
//! [`settle`] is the only way to make a [`Deletable`] out of a send, and [`replayed`] out of one that
//! a journal proves. The delete call takes nothing else, so "never delete before the send is
//! confirmed" is checked by the compiler. What is to be deleted without being sent needs a backup
//! ([`backed_up`]) or the operator's word that no copy is wanted ([`waived`]).

use crate::journal::Acked;
use crate::message::{Message, md5_of_attributes, md5_of_body};

/// One entry's acknowledgement from `SendMessageBatch`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendAck {
    /// The entry's index in the batch.
    pub entry: usize,
    /// The id that the destination gave the message.
    pub message_id: String,
    /// `MD5OfMessageBody` as answered.
    pub md5_of_body: String,
    /// `MD5OfMessageAttributes` as answered.
    pub md5_of_attributes: Option<String>,
}

/// One entry's failure, which arrives inside a success response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryFault {
    /// The entry's index in the batch.
    pub entry: usize,
    /// The service's code.
    pub code: String,
    /// The service's words.
    pub message: String,
    /// True if the request was at fault: sending it again would fail again.
    pub sender_fault: bool,
}

/// Codes by which AWS refuses as too fast, before doing anything.
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

/// Returns whether a code, with or without a namespace before `#`, says that it went too fast.
#[must_use]
pub fn is_throttle(code: &str) -> bool {
    THROTTLES.contains(&code.rsplit('#').next().unwrap_or(code))
}

impl EntryFault {
    /// Returns whether it was refused as too fast, and so surely not taken.
    #[must_use]
    pub fn is_throttle(&self) -> bool {
        is_throttle(&self.code)
    }
}

/// Response of `SendMessageBatch`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SendResult {
    /// Entries the destination took.
    pub acks: Vec<SendAck>,
    /// Entries it did not take.
    pub faults: Vec<EntryFault>,
}

/// A message whose copy is safe: the proof that a delete asks for.
///
/// There is no public constructor; [`settle`], [`backed_up`], [`waived`] and [`replayed`] make it,
/// each from its own proof:
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

/// Where the copy of a deletable message is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Copy {
    /// The destination queue acknowledged it under this message id.
    Sent(String),
    /// It is in a backup that has been written through to the disk.
    BackedUp,
    /// There is none, by the operator's own word.
    Waived,
}

impl Deletable {
    /// The original message's id.
    #[must_use]
    pub fn message_id(&self) -> &str {
        &self.message_id
    }

    /// The handle by which it is deleted.
    #[must_use]
    pub fn receipt_handle(&self) -> &str {
        &self.receipt_handle
    }

    /// Where its copy is.
    #[must_use]
    pub fn copy(&self) -> &Copy {
        &self.copy
    }

    /// The same proof under another handle of the same message: that of its newest receive.
    #[must_use]
    pub fn under(self, receipt_handle: &str) -> Self {
        Deletable { receipt_handle: receipt_handle.to_owned(), ..self }
    }
}

/// Proof that a backup has been flushed to the disk: made from the result of the flush itself.
#[derive(Debug)]
pub struct Flushed(());

impl Flushed {
    /// Takes the result of the file's `sync_all`.
    ///
    /// # Errors
    /// The flush's own error: nothing may be deleted.
    pub fn from_sync(result: std::io::Result<()>) -> std::io::Result<Self> {
        result.map(Flushed)
    }
}

/// Messages whose backup is on disk may be deleted. They are named by id; the handle is that of
/// whoever holds them ([`Deletable::under`]).
pub fn backed_up<'a>(ids: impl IntoIterator<Item = &'a str>, _proof: &Flushed) -> Vec<Deletable> {
    ids.into_iter().map(|id| deletable(id, Copy::BackedUp)).collect()
}

/// The operator's word that messages may go without a copy. There is no other way to it than
/// two answers, so that none slips in by a default:
///
/// ```compile_fail,E0423
/// use reco_core::settle::Waiver;
/// let forged = Waiver(());
/// ```
#[derive(Debug)]
pub struct Waiver(());

impl Waiver {
    /// A waiver, when the operator both wants no copy and confirmed the deletion.
    #[must_use]
    pub const fn new(no_copy_wanted: bool, confirmed: bool) -> Option<Self> {
        if no_copy_wanted && confirmed { Some(Waiver(())) } else { None }
    }
}

/// Messages that the operator wants gone without a copy may be deleted; as in [`backed_up`].
pub fn waived<'a>(ids: impl IntoIterator<Item = &'a str>, _word: &Waiver) -> Vec<Deletable> {
    ids.into_iter().map(|id| deletable(id, Copy::Waived)).collect()
}

fn deletable(message_id: &str, copy: Copy) -> Deletable {
    Deletable { message_id: message_id.to_owned(), receipt_handle: String::new(), copy }
}

/// A message that an earlier run's journal says was acknowledged may be deleted. Its handle is the
/// one of that run, which has lapsed if the message was received since: a standard queue then
/// answers a delete with success and does not delete, so that a later receive must confirm it
/// ([`Deletable::under`]).
#[must_use]
pub fn replayed(proof: &Acked) -> Deletable {
    Deletable {
        message_id: proof.message_id().to_owned(),
        receipt_handle: proof.receipt_handle().to_owned(),
        copy: Copy::Sent(proof.sent_as().to_owned()),
    }
}

/// A message that was not taken, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsent<M> {
    /// The message.
    pub message: M,
    /// Reason, in the service's words.
    pub reason: String,
}

/// Result for each message of a batch: every message is in exactly one of the lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled<M> {
    /// Acknowledged with the right digests: the proof for each, and the message.
    pub deletable: Vec<(Deletable, M)>,
    /// Refused for now, and surely not taken: send again after a pause.
    pub retry: Vec<Unsent<M>>,
    /// Said not to be taken by a fault of the service's own, which is no proof: a copy may exist,
    /// and sending it again may double it on a standard queue. Who sends again must say so.
    pub faulted: Vec<Unsent<M>>,
    /// Refused for good: leave in the DLQ and report.
    pub refused: Vec<Unsent<M>>,
    /// Taken, but not as it was sent, or not mentioned in the answer: a copy may exist. Leave in
    /// the DLQ and report as uncertain.
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

/// Matches a batch with what the service answered for it.
///
/// `sent` is each message as it was received, with `outgoing` as it was sent (they differ when the
/// redrive rewrites bodies). An entry counts as sent only when its acknowledgement carries the
/// digests of what was sent; the SDK does not check them.
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
                        let proof = Deletable {
                            message_id: view.original.id.clone(),
                            receipt_handle: view.original.receipt_handle.clone(),
                            copy: Copy::Sent(ack.message_id.clone()),
                        };
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
    /// The message as received: names what is deleted.
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
