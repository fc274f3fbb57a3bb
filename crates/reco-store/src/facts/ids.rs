//! Ids as SQL text. Only what cannot be anything but a literal is ever put into a statement.

use reco_core::Id;

/// Longest string id that is asked, in bytes.
const MAX_TEXT: usize = 255;

/// How integers are written into a statement; strings are always quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quoting {
    /// SQLite: a column without a type compares a quoted integer as text.
    Strings,
    /// MySQL: a number compared with a string column makes it read the whole table, while a
    /// quoted integer serves the index of integer and string columns alike (MySQL manual, "Type
    /// Conversion in Expression Evaluation"; held by a test).
    All,
}

/// The id as an SQL literal. `None` when it is neither an integer within 64 bits nor within the
/// strict alphabet: such an id is not asked and so stays unknown.
fn literal(id: &Id, quoting: Quoting) -> Option<Literal> {
    match (id.as_integer().map(i64::try_from), quoting) {
        (Some(Ok(number)), Quoting::Strings) => Some(Literal::Integer(number.to_string())),
        (Some(Ok(number)), Quoting::All) => Some(Literal::Integer(format!("'{number}'"))),
        _ => {
            let text = id.text();
            let sound = !text.is_empty() && text.len() <= MAX_TEXT && text.bytes().all(in_alphabet);
            sound.then(|| Literal::Text(format!("'{text}'")))
        }
    }
}

enum Literal {
    Integer(String),
    Text(String),
}

/// Letters, digits and marks that no SQL dialect gives a meaning inside quotes: no quote, no
/// backslash, no `%`, nothing outside ASCII (MySQL reads some multi-byte sequences as quotes).
fn in_alphabet(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-.:@/+=~".contains(&byte)
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
        assert_eq!(lists(&ids, 500, Quoting::Strings), ["7,8,-3", "'u-1'"]);
        assert_eq!(lists(&ids, 500, Quoting::All), ["'7','8','-3'", "'u-1'"]);
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
    fn integers_past_64_signed_bits_are_quoted_whole() {
        assert_eq!(lists(&[Id::from(u64::MAX)], 9, Quoting::Strings), ["'18446744073709551615'"]);
    }

    #[test]
    fn what_could_leave_its_quotes_is_not_asked() {
        let long = "x".repeat(MAX_TEXT + 1);
        let hostile = [
            "' OR 1=1 --",
            "a\\",
            "a'b",
            "a\"b",
            "a;b",
            "a b",
            "a%",
            "caf\u{e9}",
            "\u{ff07}",
            "a\0",
            "a\n",
            "{users}",
            "a`b",
            "a/*b",
            "a#b",
            // Bytes that GBK and Shift-JIS read as one letter with the quote or backslash after.
            "\u{bf}'",
            "\u{7e97}\u{27}",
            &long,
        ];
        for text in hostile {
            for quoting in [Quoting::Strings, Quoting::All] {
                assert!(lists(&[Id::from(text)], 9, quoting).is_empty(), "{text:?} was asked");
            }
        }
    }
}
