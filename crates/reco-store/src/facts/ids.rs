//! Ids as SQL text. Only what cannot be anything but a literal is ever put into a statement.

use reco_core::Id;

/// Longest string id that is asked, in bytes.
const MAX_TEXT: usize = 255;

/// The id as an SQL literal: a bare integer within 64 bits, else a quoted string. `None` when the
/// id is outside the strict alphabet: such an id is not asked and so stays unknown.
fn literal(id: &Id) -> Option<Literal> {
    match id.as_integer().map(i64::try_from) {
        Some(Ok(number)) => Some(Literal::Integer(number.to_string())),
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
/// because a mixed list makes MySQL compare as floating point and pass by the index.
pub(super) fn lists<'a>(ids: impl IntoIterator<Item = &'a Id>, size: usize) -> Vec<String> {
    let (mut integers, mut texts) = (Lists::new(size), Lists::new(size));
    for id in ids {
        match literal(id) {
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
        assert_eq!(lists(&ids, 500), ["7,8,-3", "'u-1'"]);
    }

    #[test]
    fn lists_are_cut_at_the_size() {
        let ids: Vec<Id> = (0..5_i64).map(Id::from).collect();
        assert_eq!(lists(&ids, 2), ["0,1", "2,3", "4"]);
    }

    #[test]
    fn long_ids_make_shorter_lists() {
        let ids: Vec<Id> = (0..3000).map(|n| Id::from(format!("{n:0>200}x").as_str())).collect();
        let lists = lists(&ids, 5000);
        assert_eq!(lists.iter().map(|list| list.split(',').count()).sum::<usize>(), 3000);
        assert!(lists.len() > 1 && lists.iter().all(|list| list.len() <= MAX_LIST));
    }

    #[test]
    fn integers_past_64_signed_bits_are_quoted_whole() {
        assert_eq!(lists(&[Id::from(u64::MAX)], 9), ["'18446744073709551615'"]);
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
            &long,
        ];
        for text in hostile {
            assert!(lists(&[Id::from(text)], 9).is_empty(), "{text:?} was asked");
        }
    }
}
