//! Types of lists by what a table holds.

use std::collections::HashMap;

use super::*;

fn n(text: &str) -> AttributeValue {
    AttributeValue::N(text.to_owned())
}

fn s(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn of(lists: Vec<AttributeValue>) -> HeldLists {
    lists.iter().map(held).fold(HeldLists::Nothing, HeldLists::and)
}

#[test]
fn lists_are_of_one_type_or_mixed() {
    let list = AttributeValue::L;
    assert_eq!(of(vec![]), HeldLists::Nothing);
    assert_eq!(of(vec![list(vec![])]), HeldLists::Nothing);
    assert_eq!(of(vec![list(vec![]), list(vec![n("1")])]), HeldLists::One(KeyType::N));
    assert_eq!(of(vec![list(vec![s("1")]), list(vec![s("x")])]), HeldLists::One(KeyType::S));
    assert_eq!(of(vec![list(vec![n("1"), s("1")])]), HeldLists::Both);
    assert_eq!(of(vec![list(vec![n("1")]), list(vec![s("1")])]), HeldLists::Both);
    assert_eq!(of(vec![AttributeValue::Null(true)]), HeldLists::Nothing);
}

#[test]
fn what_is_no_list_of_ids_is_foreign() {
    let map = AttributeValue::M(HashMap::from([("id".to_owned(), n("1"))]));
    let foreign = [
        (AttributeValue::Ns(vec!["1".to_owned()]), "a set (NS)"),
        (AttributeValue::Ss(vec!["a".to_owned()]), "a set (SS)"),
        (AttributeValue::L(vec![map.clone()]), "a list of maps"),
        (AttributeValue::L(vec![n("1"), map.clone()]), "a list of maps"),
        (s("[1,2]"), "a text"),
        (map, "a map"),
    ];
    for (value, found) in foreign {
        let list = AttributeValue::L(vec![n("1")]);
        assert_eq!(
            of(vec![list.clone(), value.clone(), s("x")]),
            HeldLists::Foreign(found.to_owned())
        );
        let schema = Schema { list_type: None, ..Schema::with_key_type(KeyType::N) };
        let error = of(vec![value, list]).adopted(&schema).expect_err("refused").to_string();
        assert!(error.contains(found), "{error}");
    }
}
