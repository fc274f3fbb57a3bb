//! Item sizes by the documented rules, and items that a table cannot hold.

use proptest::prelude::*;
use reco_core::item::{
    Action, Attribute, AttributeError, ItemError, KeyType, MAX_ITEM_BYTES, NameTaken, Schema, wcu,
};
use reco_core::{Id, Recommendation};

use crate::rec;

/// Bytes of the default attribute names, `user_id` and `recommended_note_ids`, and 3 for the list.
const FRAME: usize = 7 + 20 + 3;

fn numbers() -> Schema {
    Schema::with_key_type(KeyType::N)
}

fn strings() -> Schema {
    Schema::with_key_type(KeyType::S)
}

fn size(schema: &Schema, list: &Recommendation) -> usize {
    schema.plan(list.clone()).unwrap().bytes
}

/// Returns the size of a number alone: that of a one-element list, less everything around it.
fn number(id: impl Into<Id>) -> usize {
    let of = |articles| Recommendation { user: 0u64.into(), articles, generated_at: None };
    size(&numbers(), &of(vec![id.into()])) - size(&numbers(), &of(vec![])) - 1
}

#[test]
fn a_hundred_ids_cost_what_the_documentation_says() {
    let eight = rec(12_345u64, 10_000_001..10_000_101);
    assert_eq!(size(&strings(), &eight), FRAME + 5 + 100 * (8 + 1));
    assert_eq!(size(&strings(), &eight), 935);
    // 99 ids have 8 significant digits (4 + 1 bytes), 10000100 has 6 (3 + 1).
    assert_eq!(size(&numbers(), &eight), FRAME + 4 + 99 * (5 + 1) + (4 + 1));
    assert!(size(&numbers(), &eight).abs_diff(631) < 7);
    let nine = rec(12_345u64, 100_000_001..100_000_101);
    assert_eq!(size(&strings(), &nine), 1035);
    let wcu_of = |schema: Schema, list: &Recommendation| schema.plan(list.clone()).unwrap().wcu();
    assert_eq!(wcu_of(numbers(), &eight), 1);
    assert_eq!(wcu_of(strings(), &eight), 1);
    assert_eq!(wcu_of(strings(), &nine), 2);
}

#[test]
fn numbers_cost_by_significant_digits() {
    let sizes = [
        (0u64, 1),
        (1, 2),
        (10, 2),
        (12, 2),
        (100, 2),
        (123, 3),
        (1234, 3),
        (12_345, 4),
        (1_000_000, 2),
        (10_000_001, 5),
        (u64::MAX, 11),
    ];
    for (value, bytes) in sizes {
        assert_eq!(number(value), bytes, "{value}");
        assert_eq!(number(value.to_string().as_str()), bytes, "{value} as a string");
    }
    assert_eq!(number(-1i64), 3, "a negative number costs one byte more");
    assert_eq!(number("12345678901234567890123456789012345678"), 20, "38 digits");
}

#[test]
fn the_time_costs_its_name_and_number_only_when_there_is_one() {
    let mut list = rec(1u64, [2]);
    let without = size(&numbers(), &list);
    list.generated_at = Some(1_700_000_123.into());
    assert_eq!(size(&numbers(), &list), without + "generated_at".len() + 6);
}

#[test]
fn names_count_in_utf_8_bytes() {
    let schema = Schema { user_attr: "ü".to_owned(), list_attr: "l".to_owned(), ..strings() };
    assert_eq!(size(&schema, &rec("ab", [])), 2 + 2 + 1 + 3);
}

#[test]
fn write_units_round_up_to_a_kilobyte() {
    let cases = [(0, 1), (1, 1), (1024, 1), (1025, 2), (2048, 2), (MAX_ITEM_BYTES, 400)];
    for (bytes, units) in cases {
        assert_eq!(wcu(bytes), units, "{bytes} bytes");
    }
}

#[test]
fn the_largest_item_passes_and_one_byte_more_does_not() {
    let fill = |bytes: usize| {
        let text = "x".repeat(bytes - FRAME - 1 - 1);
        let articles = vec![Id::from(text.as_str())];
        strings().plan(Recommendation { user: "u".into(), articles, generated_at: None })
    };
    assert_eq!(fill(MAX_ITEM_BYTES).unwrap().bytes, MAX_ITEM_BYTES);
    let error = fill(MAX_ITEM_BYTES + 1).unwrap_err();
    assert_eq!(error, ItemError::TooLarge { bytes: MAX_ITEM_BYTES + 1, articles: 1 });
}

#[test]
fn ids_must_fit_the_types_of_the_table() {
    let list = |user: Id, article: Id| Recommendation {
        user,
        articles: vec![1u64.into(), article],
        generated_at: None,
    };
    let told = |schema: &Schema, list| {
        schema.plan(list).map_or_else(|e| e.to_string(), |_| "fits".to_owned())
    };
    let mixed = Schema { list_type: Some(KeyType::S), ..numbers() };
    let cases = [
        told(&numbers(), list(7u64.into(), 8u64.into())),
        told(&numbers(), list("7".into(), "8".into())),
        told(&numbers(), list("07".into(), 8u64.into())),
        told(&numbers(), list("u7".into(), 8u64.into())),
        told(&numbers(), list(7u64.into(), "a8".into())),
        told(&mixed, list(7u64.into(), "a8".into())),
        told(&mixed, list("u".into(), 8u64.into())),
        told(&strings(), list(7u64.into(), "a8".into())),
        told(&strings(), list("k".repeat(2048).as_str().into(), 1u64.into())),
        told(&strings(), list("k".repeat(2049).as_str().into(), 1u64.into())),
    ];
    insta::assert_snapshot!(cases.join("\n"));
}

proptest! {
    #[test]
    fn significant_digits_are_those_of_the_trimmed_text(value in any::<i128>(), shift in 0u32..30) {
        let value = (value >> 40) / 10i128.pow(shift) * 10i128.pow(shift.min(8));
        let text = value.unsigned_abs().to_string();
        let digits = text.trim_end_matches('0').len();
        let expected = digits.div_ceil(2) + 1 + usize::from(value < 0);
        prop_assert_eq!(number(Id::from(value)), expected);
    }
}

fn attribute(text: &str) -> Attribute {
    text.parse().unwrap()
}

#[test]
fn an_attribute_is_a_number_where_it_is_plainly_one() {
    let cases = [
        ("a=7", "a:N=7"),
        ("a=-0.25", "a:N=-0.25"),
        ("a=0", "a:N=0"),
        ("a=-0", "a:S=-0"),
        ("a=007", "a:S=007"),
        ("a=1e5", "a:S=1e5"),
        ("a=.5", "a:S=.5"),
        ("a=5.", "a:S=5."),
        ("a=", "a:S="),
        ("a=v7", "a:S=v7"),
        ("a=b=c", "a:S=b=c"),
        ("a:S=7", "a:S=7"),
        ("a:N=7", "a:N=7"),
        ("a:b=7", "a:b:N=7"),
        (
            "a=123456789012345678901234567890123456789",
            "a:S=123456789012345678901234567890123456789",
        ),
    ];
    for (given, read) in cases {
        assert_eq!(attribute(given).to_string(), read, "{given}");
    }
    assert_eq!("a".parse::<Attribute>(), Err(AttributeError::NoValue));
    assert_eq!("=7".parse::<Attribute>(), Err(AttributeError::NoName));
    assert_eq!(":N=7".parse::<Attribute>(), Err(AttributeError::NoName));
    assert_eq!("a:N=x".parse::<Attribute>(), Err(AttributeError::NotNumeric("x".to_owned())));
}

#[test]
fn attributes_of_a_run_count_in_every_items_size() {
    let list = rec(7u64, [1, 2]);
    let plain = size(&numbers(), &list);
    // Trailing zeros do not count: 1700000000 has two digits.
    let attributes = [("t=1700000000", 1 + 2), ("u=0.50", 1 + 2), ("v=-12", 1 + 3), ("w=ü", 1 + 2)];
    for (text, bytes) in attributes {
        let schema = numbers().with_constants([attribute(text)]).unwrap();
        assert_eq!(size(&schema, &list) - plain, bytes, "{text}");
    }
    let huge = attribute(&format!("x={}", "y".repeat(MAX_ITEM_BYTES)));
    let schema = numbers().with_constants([huge]).unwrap();
    assert!(matches!(schema.plan(list), Err(ItemError::TooLarge { .. })));
}

#[test]
fn no_attribute_has_the_name_of_another() {
    for text in ["user_id=1", "recommended_note_ids=1", "generated_at=1"] {
        let taken = numbers().with_constants([attribute(text)]).unwrap_err();
        assert_eq!(taken, NameTaken(attribute(text).name));
    }
    assert!(numbers().with_constants([attribute("a=1"), attribute("a=2")]).is_err());
}

#[test]
fn a_removal_is_planned_by_its_key_alone() {
    let planned = numbers().plan_delete(Id::from("42"), Some(9.into())).unwrap();
    assert_eq!((planned.action, planned.bytes, planned.wcu()), (Action::Delete, 7 + 2, 1));
    let key = ItemError::KeyNotNumeric(Id::from("ann"));
    assert_eq!(numbers().plan_delete(Id::from("ann"), None), Err(key));
    assert!(strings().plan_delete(Id::from("ann"), None).is_ok());
    let long = "x".repeat(2049);
    assert_eq!(
        strings().plan_delete(Id::from(long.as_str()), None),
        Err(ItemError::KeyTooLong { bytes: 2049 })
    );
}
