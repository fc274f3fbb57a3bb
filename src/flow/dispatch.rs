//! A message on its way: as it was received, and as it goes out.

use reco_core::message::Message;
use reco_core::settle::Outgoing;

/// A message to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispatch {
    /// As it was received.
    pub message: Message,
    /// The body that is sent, where it is another.
    pub out: Option<String>,
}

impl Dispatch {
    /// What is sent.
    #[must_use]
    pub fn outgoing(&self) -> Outgoing<'_> {
        Outgoing { original: &self.message, body: self.out.as_ref().unwrap_or(&self.message.body) }
    }
}

/// What has the id of a message.
pub trait Named {
    /// The id.
    fn id(&self) -> &str;
}

impl Named for Message {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Named for Dispatch {
    fn id(&self) -> &str {
        &self.message.id
    }
}
