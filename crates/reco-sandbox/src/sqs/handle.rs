//! Receipt handles: opaque to clients, and new for each receive.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::error::{ErrorKind, SqsError};

/// Prefix of every handle, so that arbitrary base64 is not taken for one.
const MARK: [u8; 3] = [1, 1, 1];

/// One receive of one message, which a receipt handle stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ReceiptClaim {
    /// Key of the message within its queue.
    pub key: u64,
    /// Sequence number of the receive; a later receive of the message has a higher one.
    pub receive: u64,
}

impl ReceiptClaim {
    /// Returns the handle for this claim on the queue `queue`.
    pub fn encode(self, queue: u64) -> String {
        let mut bytes = Vec::with_capacity(MARK.len() + 24);
        bytes.extend(MARK);
        for part in [queue, self.key, self.receive] {
            bytes.extend(part.to_be_bytes());
        }
        BASE64.encode(bytes)
    }

    /// Decodes a handle issued by the queue `queue`.
    pub fn decode(handle: &str, queue: u64) -> Result<Self, SqsError> {
        let invalid = || {
            SqsError::new(
                ErrorKind::ReceiptHandleIsInvalid,
                format!("the input receipt handle {handle:?} is not one of this queue"),
            )
        };
        let bytes = BASE64.decode(handle).map_err(|_| invalid())?;
        match bytes.strip_prefix(&MARK).map(<[u8]>::as_chunks) {
            Some(([of, key, receive], [])) if u64::from_be_bytes(*of) == queue => {
                Ok(Self { key: u64::from_be_bytes(*key), receive: u64::from_be_bytes(*receive) })
            }
            _ => Err(invalid()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_reads_back_on_its_own_queue_only() {
        let claim = ReceiptClaim { key: 7, receive: u64::MAX - 1 };
        let handle = claim.encode(42);
        assert_eq!(ReceiptClaim::decode(&handle, 42), Ok(claim));
        for (bad, queue) in [(handle.as_str(), 43), ("", 42), ("not a handle", 42), ("AQEB", 42)] {
            let error = ReceiptClaim::decode(bad, queue).expect_err(bad);
            assert_eq!(error.kind, ErrorKind::ReceiptHandleIsInvalid);
        }
    }
}
