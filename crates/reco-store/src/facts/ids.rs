//! Ids as SQL text. Only what cannot be anything but a literal is ever put into a statement.

use reco_core::Id;

use super::database::hex;

/// How ids are written into a statement: integers as such or quoted, texts always by their bytes in
/// hexadecimal, so that no text whatever can be anything but a literal.
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

    /// A text as a literal, compared as the column's collation says.
    fn text(self, text: &str) -> String {
        match self {
            Quoting::Strings => format!("CAST(x'{}' AS TEXT)", hex(text)),
            Quoting::All => format!("_utf8mb4 x'{}'", hex(text)),
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
            let fits = !text.is_empty() && text.len() <= quoting.max_text();
            fits.then(|| Literal::Text(quoting.text(&text)))
        }
    }
}

enum Literal {
    Integer(String),
    Text(String),
}

/// Longest list in bytes. A statement holds two lists at most, and SQLite by default takes
/// statements of up to a million bytes.
const MAX_LIST: usize = 256 * 1024;

/// Comma-separated lists of at most `size` literals. Integers and strings go into different lists,
/// because one string in a list of integers makes
/// MySQL compare all of it as floating point.
pub(super) fn lists<'a>(
    ids: impl IntoIterator<Item = &'a Id>,
    size: usize,
    quoting: Quoting,
) -> Vec<String> {
    let (mut integers, mut texts) = (Lists::new(size), Lists::new(size));
    for id in ids {
        match literal(id, quoting) {
            Some(Literal::Integer(text)) => integers.push(&text),
            Some(Literal::Text(text)) => texts.push(&text),
            None => {}
        }
    }
    integers.full.append(&mut texts.full);
    integers.full
}

struct Lists {
    size: usize,
    in_last: usize,
    full: Vec<String>,
}

impl Lists {
    fn new(size: usize) -> Self {
        Lists { size, in_last: 0, full: Vec::new() }
    }

    fn push(&mut self, literal: &str) {
        match self.full.last_mut() {
            Some(last) if self.in_last < self.size && last.len() + literal.len() < MAX_LIST => {
                last.push(',');
                last.push_str(literal);
                self.in_last += 1;
            }
            _ => {
                self.full.push(literal.to_owned());
                self.in_last = 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_and_strings_never_share_a_list() {
        let ids = [Id::from(7_i64), Id::from("u-1"), Id::from("8"), Id::from(-3_i64)];
        let text = "CAST(x'752d31' AS TEXT)";
        assert_eq!(lists(&ids, 500, Quoting::Strings), ["7,8,-3", text]);
        assert_eq!(lists(&ids, 500, Quoting::All), ["'7','8','-3'", "_utf8mb4 x'752d31'"]);
    }

    #[test]
    fn lists_are_cut_at_the_size() {
        let ids: Vec<Id> = (0..5_i64).map(Id::from).collect();
        assert_eq!(lists(&ids, 2, Quoting::Strings), ["0,1", "2,3", "4"]);
    }

    #[test]
    fn long_ids_make_shorter_lists() {
        let ids: Vec<Id> = (0..3000).map(|n| Id::from(format!("{n:0>200}x").as_str())).collect();
        let lists = lists(&ids, 5000, Quoting::Strings);
        assert_eq!(lists.iter().map(|list| list.split(',').count()).sum::<usize>(), 3000);
        assert!(lists.len() > 1 && lists.iter().all(|list| list.len() <= MAX_LIST));
    }

    #[test]
    fn integers_past_64_signed_bits_are_texts() {
        let hex = hex("18446744073709551615");
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
                assert_eq!(inner, hex(text), "{text:?}");
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
    }
}
