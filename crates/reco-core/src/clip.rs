//! Clips input for use in messages: an id may be megabytes long.

use std::borrow::Cow;

/// Maximum characters of an id in a message.
pub const ID_CHARS: usize = 80;

/// Returns the first `chars` characters of a text, followed by an ellipsis if there are more.
#[must_use]
pub fn clip(text: &str, chars: usize) -> Cow<'_, str> {
    match text.char_indices().nth(chars) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

/// Clips an id to [`ID_CHARS`].
#[must_use]
pub fn clip_id(text: &str) -> Cow<'_, str> {
    clip(text, ID_CHARS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(clip("", 3), "");
        assert_eq!(clip("äöü", 3), "äöü");
        assert_eq!(clip("äöüx", 3), "äöü…");
        assert_eq!(clip_id(&"x".repeat(3_000_000)).chars().count(), ID_CHARS + 1);
    }
}
