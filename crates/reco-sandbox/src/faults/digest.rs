//! Digests that do not match their content.

use super::dice::Roll;
use super::spec::FaultKind;
use crate::sqs::wire::SqsReply;

/// Corrupts the digest of the body or of the attributes, if there are any.
pub(super) fn spoil(reply: &mut SqsReply, roll: &Roll<'_>) {
    match reply {
        SqsReply::Sent(sent) => one(&mut sent.md5_of_body, &mut sent.md5_of_attributes, roll),
        SqsReply::SentBatch(batch) => {
            for entry in &mut batch.successful {
                one(&mut entry.sent.md5_of_body, &mut entry.sent.md5_of_attributes, roll);
            }
        }
        SqsReply::Received { messages } => {
            for message in messages {
                one(&mut message.md5_of_body, &mut message.md5_of_attributes, roll);
            }
        }
        _ => {}
    }
}

fn one(body: &mut String, attributes: &mut Option<String>, roll: &Roll<'_>) {
    let Some(strike) = roll.inject(FaultKind::WrongMd5) else { return };
    let digest = attributes.as_mut().filter(|_| strike.coin()).unwrap_or(body);
    let other = if digest.starts_with('0') { "1" } else { "0" };
    digest.replace_range(..1, other);
}
