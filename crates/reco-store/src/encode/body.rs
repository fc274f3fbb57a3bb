//! The body of a `BatchWriteItem` call, written straight from planned items.
//!
//! The SDK needs a map of attribute values for every item and a string for every id, most of which
//! is allocating and freeing: writing a million lists of 100 ids took 19 of 27 CPU seconds that
//! way, and takes 11 this way (benches/README.md).

use std::collections::BTreeMap;
use std::convert::Infallible;

use reco_core::Id;
use reco_core::item::{Action, Attributes, Constant, KeyType, PlannedItem, Schema};

/// JSON around the items of a body.
const HEAD: &str = r#"{"RequestItems":{"#;
const TAIL: &str = r#"]},"ReturnConsumedCapacity":"TOTAL"}"#;

/// Returns the body as JSON: the same value that the SDK makes of [`super::encode`]'s attributes.
#[must_use]
pub fn batch_body(table: &str, items: &[PlannedItem], schema: &Schema) -> Vec<u8> {
    let wire: usize = items.iter().map(|item| item.wire + 1).sum();
    let mut body = Body(Vec::with_capacity(HEAD.len() + table.len() + 4 + wire + TAIL.len()));
    body.raw(HEAD);
    body.string(table);
    body.raw(":[");
    for (index, item) in items.iter().enumerate() {
        body.comma(index);
        match item.action {
            Action::Put => body.put(item, schema),
            Action::Delete => body.delete(item, schema),
        }
    }
    body.raw(TAIL);
    body.0
}

/// JSON under construction.
struct Body(Vec<u8>);

impl Body {
    fn put(&mut self, item: &PlannedItem, schema: &Schema) {
        self.raw(r#"{"PutRequest":{"Item":{"#);
        let Ok(()) = item.describe(schema, self);
        self.raw("}}}");
    }

    /// A deletion consists of the key only.
    fn delete(&mut self, item: &PlannedItem, schema: &Schema) {
        self.raw(r#"{"DeleteRequest":{"Key":{"#);
        let Ok(()) = schema.describe_key(&item.recommendation.user, self);
        self.raw("}}}");
    }

    /// Writes an attribute's name, the colon after it and the comma before it.
    fn name(&mut self, name: &str) {
        if self.0.last() != Some(&b'{') {
            self.raw(",");
        }
        self.string(name);
        self.raw(":");
    }

    fn ids(&mut self, ids: &[Id], type_of: impl Fn(&Id) -> KeyType) {
        self.raw(r#"{"L":["#);
        for (rank, id) in ids.iter().enumerate() {
            self.comma(rank);
            self.value(id, type_of(id));
        }
        self.raw("]}");
    }

    fn text(&mut self, text: &str, kind: KeyType) {
        self.raw(match kind {
            KeyType::N => r#"{"N":"#,
            KeyType::S => r#"{"S":"#,
        });
        self.string(text);
        self.raw("}");
    }

    fn value(&mut self, id: &Id, kind: KeyType) {
        match id {
            Id::Int(number) => self.number(*number, kind),
            Id::Uint(number) => self.number(*number, kind),
            Id::Str(text) => self.text(text, kind),
        }
    }

    fn number(&mut self, number: impl itoa::Integer, kind: KeyType) {
        self.raw(match kind {
            KeyType::N => r#"{"N":""#,
            KeyType::S => r#"{"S":""#,
        });
        self.raw(itoa::Buffer::new().format(number));
        self.raw(r#""}"#);
    }

    fn comma(&mut self, index: usize) {
        if index > 0 {
            self.raw(",");
        }
    }

    fn string(&mut self, text: &str) {
        serde_json::to_writer(&mut self.0, text).expect("a Vec takes all, and strings are JSON");
    }

    fn raw(&mut self, json: &str) {
        self.0.extend_from_slice(json.as_bytes());
    }
}

impl Attributes for Body {
    type Error = Infallible;

    fn id(&mut self, name: &str, id: &Id, kind: KeyType) -> Result<(), Infallible> {
        self.name(name);
        self.value(id, kind);
        Ok(())
    }

    fn list(
        &mut self,
        name: &str,
        ids: &[Id],
        type_of: impl Fn(&Id) -> KeyType,
    ) -> Result<(), Infallible> {
        self.name(name);
        self.ids(ids, type_of);
        Ok(())
    }

    fn scalar(&mut self, name: &str, value: &Constant) -> Result<(), Infallible> {
        self.name(name);
        self.text(value.text(), value.kind());
        Ok(())
    }
}

/// Returns the attributes of the item as a JSON object, sorted by name.
#[must_use]
pub fn sorted_attributes(item: &PlannedItem, schema: &Schema) -> Vec<u8> {
    let mut sorted = Sorted::default();
    let Ok(()) = item.describe(schema, &mut sorted);
    let mut body = Body(Vec::with_capacity(item.wire));
    body.raw("{");
    for (name, value) in &sorted.0 {
        body.name(name);
        body.0.extend_from_slice(value);
    }
    body.raw("}");
    body.0
}

/// Attributes by name, each value as JSON.
#[derive(Default)]
struct Sorted(BTreeMap<String, Vec<u8>>);

impl Sorted {
    fn insert(&mut self, name: &str, value: impl FnOnce(&mut Body)) -> Result<(), Infallible> {
        let mut body = Body(Vec::new());
        value(&mut body);
        self.0.insert(name.to_owned(), body.0);
        Ok(())
    }
}

impl Attributes for Sorted {
    type Error = Infallible;

    fn id(&mut self, name: &str, id: &Id, kind: KeyType) -> Result<(), Infallible> {
        self.insert(name, |body| body.value(id, kind))
    }

    fn list(
        &mut self,
        name: &str,
        ids: &[Id],
        type_of: impl Fn(&Id) -> KeyType,
    ) -> Result<(), Infallible> {
        self.insert(name, |body| body.ids(ids, type_of))
    }

    fn scalar(&mut self, name: &str, value: &Constant) -> Result<(), Infallible> {
        self.insert(name, |body| body.text(value.text(), value.kind()))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use aws_credential_types::Credentials;
    use aws_sdk_dynamodb::Client;
    use aws_sdk_dynamodb::config::retry::RetryConfig;
    use aws_sdk_dynamodb::config::{BehaviorVersion, Config, Region};
    use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
    use proptest::prelude::*;
    use serde_json::Value;

    use reco_core::item::{Attribute, SortKey};
    use reco_core::time::TimeForm;
    use reco_core::{Recommendation, Time};

    use super::super::request;
    use super::*;

    /// A client without a server: tests inspect its requests before they are sent.
    fn client() -> Client {
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::from_keys("key", "secret", None))
            .endpoint_url("http://127.0.0.1:1")
            .retry_config(RetryConfig::disabled());
        Client::from_conf(config.build())
    }

    /// Returns the body that the SDK itself would send.
    async fn by_the_sdk(client: &Client, items: &[PlannedItem], schema: &Schema) -> Value {
        let requests = items.iter().map(|item| request(item, schema)).collect();
        let seen = Arc::new(Mutex::new(Value::Null));
        let see = Arc::clone(&seen);
        let call = client
            .batch_write_item()
            .request_items("recs", requests)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .customize()
            .mutate_request(move |request| {
                let body = request.body().bytes().expect("it is in memory");
                *see.lock().expect("no panic") = serde_json::from_slice(body).expect("JSON");
            });
        call.send().await.expect_err("nobody is there");
        seen.lock().expect("no panic").clone()
    }

    fn id() -> impl Strategy<Value = Id> {
        prop_oneof![
            any::<i64>().prop_map(Id::from),
            any::<u64>().prop_map(Id::from),
            (0_i64..100_000_000).prop_map(Id::from),
            "\\PC{1,8}".prop_map(|text| Id::from(text.as_str())),
            "[\\x00-\\x20\"\\\\\u{7f}-\u{a0}]{1,4}".prop_map(|text| Id::from(text.as_str())),
        ]
    }

    fn item() -> impl Strategy<Value = PlannedItem> {
        let articles = prop::collection::vec(id(), 0..20);
        let action = prop_oneof![3 => Just(Action::Put), 1 => Just(Action::Delete)];
        let list_type = prop::option::of(prop_oneof![Just(KeyType::N), Just(KeyType::S)]);
        let time = prop::option::of(any::<i64>().prop_map(Time::from_millis));
        (id(), articles, time, action, list_type).prop_map(
            |(user, articles, generated_at, action, list_type)| {
                let recommendation = Recommendation { user, articles, generated_at };
                PlannedItem { recommendation, bytes: 0, wire: 0, action, guard: None, list_type }
            },
        )
    }

    fn constant() -> impl Strategy<Value = Attribute> {
        let value = prop_oneof![
            any::<i64>().prop_map(Constant::seconds),
            "\\PC{0,8}".prop_map(Constant::S),
        ];
        ("const \\PC{1,9}", value).prop_map(|(name, value)| Attribute { name, value })
    }

    fn schema() -> impl Strategy<Value = Schema> {
        let kind = || prop_oneof![Just(KeyType::N), Just(KeyType::S)];
        let constants = prop::collection::vec(constant(), 0..3);
        let form = prop_oneof![
            Just(TimeForm::Seconds),
            Just(TimeForm::Milliseconds),
            Just(TimeForm::Iso8601)
        ];
        let sort = ("\\PC{0,9}", any::<bool>()).prop_map(|(text, with_user)| SortKey {
            name: "sort".to_owned(),
            kind: KeyType::S,
            text,
            with_user,
        });
        let keys = ("\\PC{0,9}", prop::option::of(sort));
        let list_type = prop::option::of(kind());
        ("\\PC{1,9}", kind(), list_type, constants, keys, form).prop_map(
            |(name, key_type, list_type, constants, (key_prefix, sort), time_form)| Schema {
                user_attr: format!("user {name}"),
                key_prefix: if key_type == KeyType::S { key_prefix } else { String::new() },
                sort,
                list_attr: format!("list {name}"),
                generated_at_attr: format!("time {name}"),
                list_type,
                time_form,
                constants,
                ..Schema::with_key_type(key_type)
            },
        )
    }

    proptest! {
        #[test]
        fn the_body_says_what_the_sdk_would_say(
            items in prop::collection::vec(item(), 1..6),
            schema in schema(),
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let expected =
                runtime.expect("starts").block_on(by_the_sdk(&client(), &items, &schema));
            let body: Value = serde_json::from_slice(&batch_body("recs", &items, &schema)).expect("JSON");
            prop_assert_eq!(body, expected);
        }

        /// Emitted items equal written items attribute by attribute, and are sorted by name.
        #[test]
        fn sorted_attributes_are_those_of_the_body(item in item(), schema in schema()) {
            let item = PlannedItem { action: Action::Put, ..item };
            let body = batch_body("recs", std::slice::from_ref(&item), &schema);
            let body: Value = serde_json::from_slice(&body).expect("JSON");
            let line = sorted_attributes(&item, &schema);
            let line: Value = serde_json::from_slice(&line).expect("JSON");
            prop_assert_eq!(&line, &body["RequestItems"]["recs"][0]["PutRequest"]["Item"]);
            let names: Vec<&String> = line.as_object().expect("an object").keys().collect();
            prop_assert!(names.is_sorted(), "{:?}", names);
        }

        /// The writer fills its calls by this size.
        #[test]
        fn an_item_adds_what_was_planned(item in item(), schema in schema()) {
            let Recommendation { user, articles, generated_at } = item.recommendation;
            let planned = match item.action {
                Action::Put => schema.plan(Recommendation { user, articles, generated_at }),
                Action::Delete => schema.plan_delete(user, generated_at),
            };
            // Some ids do not fit the types of some tables.
            if let Ok(item) = planned {
                let empty = batch_body("recs", &[], &schema).len();
                let body = batch_body("recs", std::slice::from_ref(&item), &schema);
                prop_assert_eq!(body.len(), empty + item.wire);
            }
        }
    }
}
