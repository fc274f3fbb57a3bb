//! Ids as SQL text. Only what cannot be anything but a literal is ever put into a statement.

use reco_core::{Id, hex};

/// Format of ids in a statement: integers as such or quoted, texts always by their bytes in
/// hexadecimal, so that any text can only be a literal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quoting {
    /// SQLite: a column without a type compares a quoted integer as text.
    Strings,
    /// MySQL: a number compared with a string column makes it read the whole table, while a
    /// quoted integer serves the index of integer and string columns alike (MySQL manual, "Type
    /// Conversion in Expression Evaluation"; held by a test).
    All,
}

impl Quoting {
    /// Longest text that is asked for, in bytes: no key of a database is longer, and one that a
    /// statement cannot hold would take all others with it.
    const fn max_text(self) -> usize {
        match self {
            Quoting::Strings => 64 * 1024,
            // InnoDB: "The index key prefix length limit is 3072 bytes".
            Quoting::All => 3072,
        }
    }

    /// An id as a literal for comparing keys: any text at all, and of the column's own kind.
    pub(super) fn key(self, id: &Id) -> String {
        match id {
            Id::Int(number) => number.to_string(),
            Id::Uint(number) => number.to_string(),
            Id::Str(text) => self.text(text),
        }
    }

    /// A text as a literal, compared as the column's collation says: in MySQL by its introducer, without
    /// which it would be binary.
    fn text(self, text: &str) -> String {
        match self {
            Quoting::Strings => format!("CAST(x'{}' AS TEXT)", hex(text.as_bytes())),
            Quoting::All => format!("_utf8mb4 x'{}'", hex(text.as_bytes())),
        }
    }
}

/// The id as an SQL literal. `None` when it is longer than any key: such an id is not asked and so
/// stays unknown.
fn literal(id: &Id, quoting: Quoting) -> Option<Literal> {
    match (id.as_integer().map(i64::try_from), quoting) {
        (Some(Ok(number)), Quoting::Strings) => Some(Literal::Integer(number.to_string())),
        (Some(Ok(number)), Quoting::All) => Some(Literal::Integer(format!("'{number}'"))),
        _ => {
            let text = id.text();
            is_asked(id, quoting).then(|| Literal::Text(quoting.text(&text)))
        }
    }
}

/// Returns whether a lookup asks for this id.
pub(super) fn is_asked(id: &Id, quoting: Quoting) -> bool {
    match id {
        Id::Str(text) => !text.is_empty() && text.len() <= quoting.max_text(),
        Id::Int(_) | Id::Uint(_) => true,
    }
}

enum Literal {
    Integer(String),
    Text(String),
}

/// Ids as literals. Integers and strings stay apart, because one string in a list of integers makes
/// MySQL compare all of it as floating point.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Literals {
    integers: Vec<String>,
    texts: Vec<String>,
}

impl Literals {
    /// The literals of ids; those that cannot be asked are left out.
    pub(super) fn of<'a>(ids: impl IntoIterator<Item = &'a Id>, quoting: Quoting) -> Self {
        let mut literals = Literals::default();
        for id in ids {
            match literal(id, quoting) {
                Some(Literal::Integer(text)) => literals.integers.push(text),
                Some(Literal::Text(text)) => literals.texts.push(text),
                None => {}
            }
        }
        literals
    }

    /// Bytes of all of them as one list.
    pub(super) fn bytes(&self) -> usize {
        self.integers.iter().chain(&self.texts).map(|text| text.len() + 1).sum()
    }

    /// Comma-separated lists of at most so many literals and bytes. A literal that is longer by
    /// itself is in none.
    pub(super) fn lists(&self, most: usize, bytes: usize) -> Vec<String> {
        let mut lists = Vec::new();
        for literals in [&self.integers, &self.texts] {
            let (mut list, mut count) = (String::new(), 0);
            for literal in literals.iter().filter(|literal| literal.len() <= bytes) {
                let full = count >= most.max(1) || list.len() + 1 + literal.len() > bytes;
                if count > 0 && full {
                    lists.push(std::mem::take(&mut list));
                    count = 0;
                }
                if count > 0 {
                    list.push(',');
                }
                list.push_str(literal);
                count += 1;
            }
            if count > 0 {
                lists.push(list);
            }
        }
        lists
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: usize = 100_000;

    fn lists(ids: &[Id], most: usize, quoting: Quoting) -> Vec<String> {
        Literals::of(ids, quoting).lists(most, ROOM)
    }

    #[test]
    fn integers_and_strings_never_share_a_list() {
        let ids = [Id::from(7_i64), Id::from("u-1"), Id::from("8"), Id::from(-3_i64)];
        let text = "CAST(x'752d31' AS TEXT)";
        assert_eq!(lists(&ids, 500, Quoting::Strings), ["7,8,-3", text]);
        assert_eq!(lists(&ids, 500, Quoting::All), ["'7','8','-3'", "_utf8mb4 x'752d31'"]);
    }

    #[test]
    fn lists_are_cut_at_the_number_and_at_the_bytes() {
        let ids: Vec<Id> = (0..5_i64).map(Id::from).collect();
        assert_eq!(lists(&ids, 2, Quoting::Strings), ["0,1", "2,3", "4"]);
        let literals = Literals::of(&ids, Quoting::Strings);
        assert_eq!(literals.lists(500, 3), ["0,1", "2,3", "4"]);
        assert_eq!(literals.lists(500, 4), ["0,1", "2,3", "4"]);
        assert_eq!(literals.lists(500, 5), ["0,1,2", "3,4"]);
        assert_eq!(literals.lists(500, 0), [""; 0]);
        let ids = [Id::from(1_i64), Id::from(100_i64), Id::from(2_i64)];
        assert_eq!(Literals::of(&ids, Quoting::Strings).lists(9, 2), ["1", "2"]);
    }

    #[test]
    fn integers_past_64_signed_bits_are_texts() {
        let hex = hex(b"18446744073709551615");
        let expected = format!("CAST(x'{hex}' AS TEXT)");
        assert_eq!(lists(&[Id::from(u64::MAX)], 9, Quoting::Strings), [expected]);
    }

    #[test]
    fn no_text_can_leave_its_literal() {
        let long = "x".repeat(300);
        let texts = [
            "' OR 1=1 --",
            "a\\",
            "a'b",
            "a\"b",
            "a;b",
            "Ann Lee",
            "a%",
            "Jos\u{e9}",
            "\u{ff07}",
            "a\0",
            "a\n",
            "{users}",
            "a`b",
            "a/*b",
            "a#b",
            "\u{7528}\u{6237}",
            // Bytes that GBK and Shift-JIS read as one letter with the quote or backslash after.
            "\u{bf}'",
            "\u{7e97}\u{27}",
            &long,
        ];
        for text in texts {
            for quoting in [Quoting::Strings, Quoting::All] {
                let asked = lists(&[Id::from(text)], 9, quoting).concat();
                let inner = asked.split('\'').nth(1).unwrap_or_default();
                assert_eq!(inner, hex(text.as_bytes()), "{text:?}");
                assert!(inner.bytes().all(|byte| byte.is_ascii_hexdigit()), "{asked}");
                assert_eq!(asked.matches('\'').count(), 2, "{asked}");
            }
        }
    }

    #[test]
    fn what_no_key_is_as_long_as_is_not_asked() {
        let long = "x".repeat(3073);
        assert!(lists(&[Id::from(long.as_str())], 9, Quoting::All).is_empty());
        assert_eq!(lists(&[Id::from(long.as_str())], 9, Quoting::Strings).len(), 1);
        assert!(!is_asked(&Id::from(long.as_str()), Quoting::All));
        assert!(is_asked(&Id::from(long.as_str()), Quoting::Strings));
        for quoting in [Quoting::Strings, Quoting::All] {
            assert!(is_asked(&Id::from(u64::MAX), quoting));
            assert!(!is_asked(&Id::from(""), quoting));
        }
    }
}
