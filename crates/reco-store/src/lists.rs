//! What type the lists that a table holds are of: a backfill should not change it unnoticed.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use reco_core::item::{KeyType, Schema};

use crate::retry::{self, RetryOptions};
use crate::service::ServiceError;

/// Items looked at.
pub const SAMPLE: i32 = 25;

/// What the sampled lists are made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// No list was found.
    Nothing,
    /// Every element is of this type.
    One(KeyType),
    /// Some elements are Numbers and some Strings, or some are neither.
    Mixed,
    /// The attribute is a set (`NS`, `SS`, `BS`): it has no order.
    Set(&'static str),
}

/// Looks at the list attribute of a few items (`Scan`).
///
/// # Errors
/// In the service's own words.
pub async fn sample(client: &Client, table: &str, schema: &Schema) -> Result<Held, ServiceError> {
    let retry = RetryOptions { max_attempts: 5, ..RetryOptions::default() };
    let answer = retry::read("Scan", table, &retry, || {
        client
            .scan()
            .table_name(table)
            .limit(SAMPLE)
            .projection_expression("#list")
            .expression_attribute_names("#list", &schema.list_attr)
            .send()
    })
    .await?;
    let lists = answer.items().iter().filter_map(|item| item.get(&schema.list_attr));
    Ok(lists.map(held).fold(Held::Nothing, Held::and))
}

fn held(value: &AttributeValue) -> Held {
    match value {
        AttributeValue::L(elements) => elements.iter().map(element).fold(Held::Nothing, Held::and),
        AttributeValue::Ns(_) => Held::Set("NS"),
        AttributeValue::Ss(_) => Held::Set("SS"),
        AttributeValue::Bs(_) => Held::Set("BS"),
        _ => Held::Mixed,
    }
}

fn element(value: &AttributeValue) -> Held {
    match value {
        AttributeValue::N(_) => Held::One(KeyType::N),
        AttributeValue::S(_) => Held::One(KeyType::S),
        _ => Held::Mixed,
    }
}

impl Held {
    /// Both together; a set is the worst that can be found.
    fn and(self, other: Held) -> Held {
        match (self, other) {
            (Held::Set(kind), _) | (_, Held::Set(kind)) => Held::Set(kind),
            (Held::Nothing, other) | (other, Held::Nothing) => other,
            (Held::One(one), Held::One(other)) if one == other => Held::One(one),
            _ => Held::Mixed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn n(text: &str) -> AttributeValue {
        AttributeValue::N(text.to_owned())
    }

    fn s(text: &str) -> AttributeValue {
        AttributeValue::S(text.to_owned())
    }

    fn of(lists: Vec<AttributeValue>) -> Held {
        lists.iter().map(held).fold(Held::Nothing, Held::and)
    }

    #[test]
    fn lists_are_of_one_type_or_mixed() {
        let list = AttributeValue::L;
        assert_eq!(of(vec![]), Held::Nothing);
        assert_eq!(of(vec![list(vec![])]), Held::Nothing);
        assert_eq!(of(vec![list(vec![]), list(vec![n("1")])]), Held::One(KeyType::N));
        assert_eq!(of(vec![list(vec![s("1")]), list(vec![s("x")])]), Held::One(KeyType::S));
        assert_eq!(of(vec![list(vec![n("1"), s("1")])]), Held::Mixed);
        assert_eq!(of(vec![list(vec![n("1")]), list(vec![s("1")])]), Held::Mixed);
        assert_eq!(of(vec![s("[1,2]")]), Held::Mixed);
    }

    #[test]
    fn one_set_is_enough_to_be_refused() {
        let sets = [
            (AttributeValue::Ns(vec!["1".to_owned()]), "NS"),
            (AttributeValue::Ss(vec!["a".to_owned()]), "SS"),
        ];
        for (set, kind) in sets {
            let list = AttributeValue::L(vec![n("1")]);
            assert_eq!(of(vec![list.clone(), set.clone(), s("x")]), Held::Set(kind));
            assert_eq!(of(vec![set, list]), Held::Set(kind));
        }
    }
}
