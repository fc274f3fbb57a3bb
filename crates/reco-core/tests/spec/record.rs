//! Ids: equality by text, exact numbers, lengths.

use std::hash::{DefaultHasher, Hash, Hasher};

use proptest::prelude::*;
use reco_core::Id;

fn hash(id: &Id) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}

#[test]
fn ids_are_equal_when_their_text_is() {
    assert_eq!(Id::from(7u64), Id::from("7"));
    assert_eq!(hash(&Id::from(7u64)), hash(&Id::from("7")));
    for other in ["07", "+7", "7 ", " 7", "7.0", "-7", "٧"] {
        assert_ne!(Id::from(7u64), Id::from(other), "{other:?}");
    }
    assert_ne!(Id::from(0u64), Id::from("-0"));
}

#[test]
fn only_canonical_integers_of_38_digits_are_numbers() {
    let longest = "9".repeat(38);
    assert_eq!(Id::from(longest.as_str()).as_integer(), longest.parse().ok());
    for text in ["", "-", "-0", "00", "01", "1e3", "1_000", "x", &"9".repeat(39)] {
        assert_eq!(Id::from(text).as_integer(), None, "{text:?}");
    }
}

#[test]
fn json_keeps_both_ends_of_64_bits_exactly() {
    for text in ["18446744073709551615", "-9223372036854775808", "9007199254740993", "0"] {
        let id: Id = serde_json::from_str(text).unwrap();
        assert_eq!(id.to_string(), text);
        assert_eq!(serde_json::to_string(&id).unwrap(), text);
    }
}

#[test]
fn json_refuses_what_would_not_be_exact() {
    let past_64_bits = ["18446744073709551616", "-9223372036854775809"];
    let others = ["1.0", "1e3", "-0", "true", "null", "\"\"", "[1]", "{}", "NaN", "07"];
    for text in past_64_bits.into_iter().chain(others) {
        assert!(serde_json::from_str::<Id>(text).is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn text_length_is_the_length_of_the_text(number in any::<i128>(), text in ".*") {
        for id in [Id::from(number), Id::from(number % 1_000_000), Id::from(text.as_str())] {
            prop_assert_eq!(id.text_len(), id.text().len());
        }
    }

    #[test]
    fn equality_and_hash_follow_the_text(a in -200i64..200, b in -200i64..200) {
        let ids = [Id::from(a), Id::from(b), Id::from(a.to_string().as_str()), Id::from(b.to_string().as_str())];
        for (x, y) in ids.iter().flat_map(|x| ids.iter().map(move |y| (x, y))) {
            prop_assert_eq!(x == y, x.text() == y.text());
            prop_assert!(x != y || hash(x) == hash(y));
        }
    }

    #[test]
    fn numbers_of_any_length_survive_as_text(text in "-?[1-9][0-9]{0,37}") {
        let number = Id::from(text.as_str()).as_integer().unwrap();
        prop_assert_eq!(number.to_string(), text);
    }
}
