//! Counts with their nouns.

use std::fmt::Display;

/// Number type of counts.
pub trait Number: Display + PartialEq + From<u8> {}

impl<N: Display + PartialEq + From<u8>> Number for N {}

/// Formats a count with its noun: `1 message`, `3 messages`. For other plurals use [`amount_of`].
#[must_use]
pub fn amount<N: Number>(number: N, one: &str) -> String {
    amount_of(number, one, &format!("{one}s"))
}

/// Formats a count with a noun whose plural is irregular: `1 entry`, `3 entries`.
#[must_use]
pub fn amount_of<N: Number>(number: N, one: &str, many: &str) -> String {
    let word = if number == N::from(1) { one } else { many };
    format!("{number} {word}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_one() {
        let amounts = [0_usize, 1, 2].map(|number| amount(number, "id"));
        assert_eq!(amounts, ["0 ids", "1 id", "2 ids"]);
        assert_eq!(amount_of(1_u64, "entry", "entries"), "1 entry");
        assert_eq!(amount_of(0_u64, "entry", "entries"), "0 entries");
    }
}
