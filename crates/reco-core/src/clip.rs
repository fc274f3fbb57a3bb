//! Pieces of input, short enough for a message: an id may be megabytes long.

use std::borrow::Cow;

/// Characters of an id that messages show.
pub const ID_CHARS: usize = 80;

/// The first `chars` characters of a text, and an ellipsis where there are more.
#[must_use]
pub fn clip(text: &str, chars: usize) -> Cow<'_, str> {
    match text.char_indices().nth(chars) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

/// An id as messages show it.
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
