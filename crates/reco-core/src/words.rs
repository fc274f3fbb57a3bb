//! Counted things, in words.

/// A number of things: `1 message`, `3 messages`. What does not end in `s` is given with
/// [`amount_of`].
#[must_use]
pub fn amount(number: usize, one: &str) -> String {
    amount_of(number, one, &format!("{one}s"))
}

/// A number of things whose plural is another word: `1 entry`, `3 entries`.
#[must_use]
pub fn amount_of(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_one() {
        let amounts = [0, 1, 2].map(|number| amount(number, "id"));
        assert_eq!(amounts, ["0 ids", "1 id", "2 ids"]);
        assert_eq!(amount_of(1, "entry", "entries"), "1 entry");
        assert_eq!(amount_of(0, "entry", "entries"), "0 entries");
    }
}
