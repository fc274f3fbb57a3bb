//! Frames between parent and child: a tag, a length, a payload.

use std::io::{Read, Result, Write};

/// Preamble that the child writes before its first frame. Any output before it is skipped.
pub(super) const PREAMBLE: &[u8] = b"\0recoctl jq\n";

/// Tag of a child that is spent: its other requests go to the next child.
pub(super) const SPENT: u8 = b'z';

/// Maximum payload: a message of 1 MiB with every byte escaped, and its attributes.
const LONGEST: usize = 32 << 20;

/// Request from the parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum JqRequest {
    /// Compile this expression; always the first request.
    Compile,
    /// Evaluate the expression as a condition on this JSON value.
    Matches,
    /// Rewrite this body.
    Rewrite,
}

/// Response from the child.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JqResponse {
    /// Compiled, not matched, or body unchanged.
    No,
    /// Matched.
    Yes,
    /// Rewritten body.
    Text(String),
    /// Error message.
    Failed(String),
}

impl JqRequest {
    pub(super) fn tag(self) -> u8 {
        match self {
            JqRequest::Compile => b'c',
            JqRequest::Matches => b'm',
            JqRequest::Rewrite => b'r',
        }
    }

    pub(super) fn of(tag: u8) -> Option<Self> {
        [JqRequest::Compile, JqRequest::Matches, JqRequest::Rewrite]
            .into_iter()
            .find(|ask| ask.tag() == tag)
    }
}

impl JqResponse {
    pub(super) fn frame(&self) -> Vec<u8> {
        match self {
            JqResponse::No => frame(b'n', &[]),
            JqResponse::Yes => frame(b'y', &[]),
            JqResponse::Text(text) => frame(b't', text.as_bytes()),
            JqResponse::Failed(why) => frame(b'f', why.as_bytes()),
        }
    }

    pub(super) fn of(tag: u8, payload: Vec<u8>) -> Option<Self> {
        let text = || String::from_utf8(payload).ok();
        match tag {
            b'n' => Some(JqResponse::No),
            b'y' => Some(JqResponse::Yes),
            b't' => text().map(JqResponse::Text),
            b'f' => text().map(JqResponse::Failed),
            _ => None,
        }
    }
}

/// Builds a frame.
pub(super) fn frame(tag: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = Vec::with_capacity(payload.len() + 9);
    frame.push(tag);
    frame.extend_from_slice(&(payload.len() as u64).to_le_bytes());
    frame.extend_from_slice(payload);
    frame
}

/// Reads one frame; `None` at the end of the stream or if the data is not a frame.
pub(super) fn read(from: &mut impl Read) -> Option<(u8, Vec<u8>)> {
    let (mut tag, mut length) = ([0; 1], [0; 8]);
    from.read_exact(&mut tag).ok()?;
    from.read_exact(&mut length).ok()?;
    let length = usize::try_from(u64::from_le_bytes(length)).ok().filter(|n| *n <= LONGEST)?;
    let mut payload = vec![0; length];
    from.read_exact(&mut payload).ok()?;
    Some((tag[0], payload))
}

/// Returns whether a payload is small enough to send.
pub(super) fn fits(payload: &[u8]) -> bool {
    payload.len() <= LONGEST
}

/// Skips everything up to and including the preamble; returns false if there is none.
pub(super) fn skip_to_preamble(from: &mut impl Read) -> bool {
    let (mut seen, mut byte) = (0, [0; 1]);
    while seen < PREAMBLE.len() {
        if from.read_exact(&mut byte).is_err() {
            return false;
        }
        // The first byte occurs only once in the preamble, so a mismatch can only restart it.
        seen = match byte[0] {
            b if b == PREAMBLE[seen] => seen + 1,
            b if b == PREAMBLE[0] => 1,
            _ => 0,
        };
    }
    true
}

/// Writes all bytes and flushes.
pub(super) fn write(to: &mut impl Write, bytes: &[u8]) -> Result<()> {
    to.write_all(bytes)?;
    to.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_read_back_and_broken_ones_end_the_stream() {
        for answer in [
            JqResponse::No,
            JqResponse::Yes,
            JqResponse::Text("ü".into()),
            JqResponse::Failed(String::new()),
        ] {
            let frame = answer.frame();
            let (tag, payload) = read(&mut frame.as_slice()).expect("a frame");
            assert_eq!(JqResponse::of(tag, payload), Some(answer));
            assert_eq!(read(&mut &frame[..frame.len() - 1]), None, "cut short");
        }
        let mut absurd = frame(b't', b"x");
        absurd[1..9].copy_from_slice(&u64::MAX.to_le_bytes());
        assert_eq!(read(&mut absurd.as_slice()), None);
        assert_eq!(JqResponse::of(b'?', Vec::new()), None);
        assert_eq!(JqResponse::of(b't', vec![0xff]), None);
    }

    #[test]
    fn what_comes_before_the_preamble_is_skipped() {
        let stream = [b"running 1 test\n\0rec\0".as_slice(), PREAMBLE, b"rest"].concat();
        let mut stream = stream.as_slice();
        assert!(skip_to_preamble(&mut stream));
        assert_eq!(stream, b"rest");
        assert!(!skip_to_preamble(&mut b"\0recoctl".as_slice()));
    }
}
