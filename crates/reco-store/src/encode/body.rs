//! The body of a `BatchWriteItem` call, written straight from planned items.
//!
//! The SDK's way there is a map of attribute values for every item and a string for every id, most
//! of which is allocating and freeing: 19 of the 27 CPU seconds that a million lists of 100 ids took
//! went into writing, and 11 do without it (benches/README.md).

use reco_core::item::{Action, Attribute, Constant, KeyPart, KeyType, PlannedItem, Schema};
use reco_core::{Id, Recommendation};

/// JSON around the items of a body.
const HEAD: &str = r#"{"RequestItems":{"#;
const TAIL: &str = r#"]},"ReturnConsumedCapacity":"TOTAL"}"#;

/// The body, as JSON: the same value as the SDK makes of [`super::encode`]'s attributes.
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
        // Taken apart whole: what is added to an item or a schema must not be forgotten here.
        let PlannedItem { recommendation, bytes: _, wire: _, action: _, guard: _, list_type: _ } =
            item;
        let Recommendation { user, articles, generated_at } = recommendation;
        let Schema {
            user_attr: _,
            key_prefix: _,
            sort: _,
            list_attr,
            generated_at_attr,
            key_type: _,
            list_type: _,
            time_form,
            constants,
        } = schema;
        self.raw(r#"{"PutRequest":{"Item":{"#);
        self.key(user, schema);
        self.raw(",");
        self.string(list_attr);
        self.raw(r#":{"L":["#);
        for (rank, id) in articles.iter().enumerate() {
            self.comma(rank);
            self.id(id, item.type_of(id));
        }
        self.raw("]}");
        if let Some(time) = generated_at {
            self.raw(",");
            self.string(generated_at_attr);
            self.raw(":");
            self.text(&time_form.text(*time), time_form.kind());
        }
        for Attribute { name, value } in constants {
            self.raw(",");
            self.string(name);
            self.raw(match value {
                Constant::N(_) => r#":{"N":"#,
                Constant::S(_) => r#":{"S":"#,
            });
            self.string(value.text());
            self.raw("}");
        }
        self.raw("}}}");
    }

    /// Of a removal only the key counts.
    fn delete(&mut self, item: &PlannedItem, schema: &Schema) {
        self.raw(r#"{"DeleteRequest":{"Key":{"#);
        self.key(&item.recommendation.user, schema);
        self.raw("}}}");
    }

    fn key(&mut self, user: &Id, schema: &Schema) {
        if !schema.is_shared() {
            self.string(&schema.user_attr);
            self.raw(":");
            return self.id(user, schema.key_type);
        }
        for (index, KeyPart { name, kind, text }) in schema.key_of(user).enumerate() {
            self.comma(index);
            self.string(name);
            self.raw(":");
            self.text(&text, kind);
        }
    }

    fn text(&mut self, text: &str, kind: KeyType) {
        self.raw(match kind {
            KeyType::N => r#"{"N":"#,
            KeyType::S => r#"{"S":"#,
        });
        self.string(text);
        self.raw("}");
    }

    fn id(&mut self, id: &Id, kind: KeyType) {
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

    use reco_core::Time;
    use reco_core::item::SortKey;
    use reco_core::time::TimeForm;

    use super::super::request;
    use super::*;

    /// A client that reaches nobody: requests are looked at before they are sent.
    fn client() -> Client {
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::from_keys("key", "secret", None))
            .endpoint_url("http://127.0.0.1:1")
            .retry_config(RetryConfig::disabled());
        Client::from_conf(config.build())
    }

    /// What the SDK itself would send.
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

        /// Calls are filled by it.
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
