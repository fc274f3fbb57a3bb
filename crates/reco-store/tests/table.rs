//! Descriptions of suitable and unsuitable tables.

mod support;

use aws_sdk_dynamodb::types::ScalarAttributeType::{B, N, S};
use reco_core::item::{DescriptionError, ItemDescription, KeyType};
use reco_store::service::ErrorKind;
use reco_store::table::{Billing, IndexInfo, SchemaNames, TableError, TableInfo, describe};
use support::{create_table, dynamodb};

#[tokio::test]
async fn the_key_type_decides_how_ids_are_written() {
    let client = dynamodb().await;
    for (name, attribute, kind) in [("numbers", N, KeyType::N), ("strings", S, KeyType::S)] {
        create_table(&client, name, &[("user_id", attribute)]).await;
        let table = describe(&client, name).await.unwrap();
        assert_eq!((table.name.as_str(), table.key_type), (name, Some(kind)));
        assert_eq!(table.billing, Billing::OnDemand { max_wcu: None });
        assert!(table.arn.ends_with(&format!("table/{name}")), "{}", table.arn);
        let schema = table.schema(&ItemDescription::default()).unwrap();
        assert_eq!((schema.key_type, schema.list_type), (kind, None));
        let strings = SchemaNames { list_type: Some(KeyType::S), ..SchemaNames::default() };
        let strings = strings.over(&ItemDescription::default()).unwrap();
        assert_eq!(table.schema(&strings).unwrap().list_type, Some(KeyType::S));
    }
}

#[tokio::test]
async fn an_unfit_table_is_refused_with_its_reason() {
    let client = dynamodb().await;
    create_table(&client, "sorted", &[("user_id", N), ("day", S)]).await;
    create_table(&client, "other", &[("uid", N)]).await;
    create_table(&client, "binary", &[("user_id", B)]).await;
    let mut errors = Vec::new();
    for name in ["sorted", "other", "binary"] {
        let table = describe(&client, name).await.unwrap();
        errors.push(table.schema(&ItemDescription::default()).unwrap_err());
    }
    assert!(matches!(&errors[0], TableError::SortKey { sort_key, .. } if sort_key == "day"));
    assert!(matches!(&errors[1], TableError::KeyName { actual, .. } if actual == "uid"));
    assert!(matches!(&errors[2], TableError::BinaryKey { .. }));
    let renamed = ItemDescription { key: Some("uid".to_owned()), ..Default::default() };
    assert_eq!(
        describe(&client, "other").await.unwrap().schema(&renamed).unwrap().user_attr,
        "uid"
    );
}

#[tokio::test]
async fn names_must_differ() {
    let client = dynamodb().await;
    create_table(&client, "recs", &[("user_id", N)]).await;
    let table = describe(&client, "recs").await.unwrap();
    for (list, time) in [("user_id", "t"), ("l", "user_id"), ("x", "x")] {
        let item = ItemDescription {
            list: Some(list.to_owned()),
            time: Some(time.to_owned()),
            ..ItemDescription::default()
        };
        let refused = table.schema(&item);
        let same = matches!(refused, Err(TableError::Item(DescriptionError::SameName(_))));
        assert!(same, "{list} {time}");
    }
}

#[tokio::test]
async fn a_missing_table_is_named() {
    let client = dynamodb().await;
    let error = describe(&client, "nowhere").await.unwrap_err();
    let TableError::Service(service) = &error else { panic!("{error}") };
    assert_eq!(service.kind, ErrorKind::NotFound);
    assert!(error.to_string().contains("\"nowhere\""), "{error}");
}

fn index_on(keys: &[&str]) -> IndexInfo {
    IndexInfo {
        name: keys.join("-"),
        keys: keys.iter().map(|key| (*key).to_owned()).collect(),
        global: true,
        wcu: None,
        max_wcu: None,
        warm_wcu: None,
    }
}

/// Creates a table description with indexes of these keys.
fn indexed(keys: &[&[&str]]) -> TableInfo {
    TableInfo {
        name: "recs".to_owned(),
        arn: String::new(),
        status: "ACTIVE".to_owned(),
        key_name: "user_id".to_owned(),
        key_type: Some(KeyType::N),
        sort_key: None,
        sort_type: None,
        id: String::new(),
        billing: Billing::OnDemand { max_wcu: Some(900) },
        warm_wcu: Some(4000),
        indexes: keys.iter().map(|keys| index_on(keys)).collect(),
        item_count: None,
    }
}

#[test]
fn items_are_in_the_indexes_whose_keys_they_have() {
    let table = indexed(&[&["generated_at"], &["model", "generated_at"], &["country"]]);
    let schema = table.schema(&ItemDescription::default()).unwrap();
    assert_eq!(table.indexes_of(&schema, true), 1);
    let schema = schema.with_constants(["model=v7".parse().unwrap()]).unwrap();
    assert_eq!(table.indexes_of(&schema, true), 2);
    assert_eq!(table.indexes_of(&schema, false), 0, "what has no time is in none of them");
}

#[test]
fn capacity_is_what_limits_writes() {
    let on_demand = indexed(&[]).capacity();
    assert_eq!((on_demand.limit(), on_demand.warm), (Some(900.0), Some(4000.0)));
    let billing = Billing::Provisioned { wcu: Some(50), rcu: Some(5) };
    let provisioned = TableInfo { billing, ..indexed(&[]) }.capacity();
    assert_eq!((provisioned.limit(), provisioned.provisioned), (Some(50.0), Some(50.0)));
}

#[test]
fn each_index_has_capacity_of_its_own_and_the_tightest_decides() {
    let schema = indexed(&[]).schema(&ItemDescription::default()).unwrap();
    let billing = |wcu| Billing::Provisioned { wcu: Some(wcu), rcu: Some(5) };
    let provisioned = |table: i64, indexes: &[(bool, i64)]| {
        let index = |(global, wcu): &(bool, i64)| IndexInfo {
            global: *global,
            wcu: global.then_some(*wcu),
            ..index_on(&["generated_at"])
        };
        let (billing, indexes) = (billing(table), indexes.iter().map(index).collect());
        let table = TableInfo { billing, indexes, ..indexed(&[]) };
        table.capacity_of(&schema, true).limit()
    };
    assert_eq!(provisioned(100, &[]), Some(100.0));
    // 100 items per second, each written twice.
    assert_eq!(provisioned(100, &[(true, 100)]), Some(200.0));
    assert_eq!(provisioned(100, &[(true, 100), (true, 100)]), Some(300.0));
    // The index accepts 20 items per second.
    assert_eq!(provisioned(100, &[(true, 20)]), Some(40.0));
    // A local index uses the table's capacity.
    assert_eq!(provisioned(100, &[(false, 0)]), Some(100.0));
    // Indexes that do not contain the items do not count.
    let indexed_by = |key: &str| TableInfo { billing: billing(100), ..indexed(&[&[key]]) };
    assert_eq!(indexed_by("country").capacity_of(&schema, true).limit(), Some(100.0));
    // An index on the time costs nothing for items without one.
    assert_eq!(indexed_by("generated_at").capacity_of(&schema, false).limit(), Some(100.0));
}

#[test]
fn an_on_demand_tables_indexes_have_limits_of_their_own() {
    let schema = indexed(&[]).schema(&ItemDescription::default()).unwrap();
    let mut table = indexed(&[&["generated_at"]]);
    assert_eq!(table.capacity_of(&schema, true).on_demand_max, Some(1800.0));
    assert_eq!(table.capacity_of(&schema, true).warm, Some(8000.0));
    table.indexes[0].max_wcu = Some(100);
    assert_eq!(table.capacity_of(&schema, true).on_demand_max, Some(200.0));
    table.billing = Billing::OnDemand { max_wcu: None };
    table.warm_wcu = None;
    assert_eq!(table.capacity_of(&schema, true).on_demand_max, Some(200.0));
    assert_eq!(table.capacity_of(&schema, true).warm, Some(8000.0), "4,000 each, as of new ones");
}

#[tokio::test]
async fn keys_are_made_as_the_policy_says_where_their_types_allow_it() {
    let client = dynamodb().await;
    create_table(&client, "numbered", &[("pk", S), ("version", N)]).await;
    create_table(&client, "simple", &[("user_id", N)]).await;
    create_table(&client, "blob", &[("pk", S), ("sk", B)]).await;
    let item = |toml: &str| {
        let policy = reco_core::policy::Policy::from_toml(&format!("[item]\n{toml}"));
        policy.expect(toml).item
    };
    let numbered = describe(&client, "numbered").await.unwrap();
    assert_eq!(
        (numbered.sort_key.as_deref(), numbered.sort_type),
        (Some("version"), Some(KeyType::N))
    );
    let schema = |toml: &str| numbered.schema(&item(toml));
    let head = "key = \"pk\"\nkey_prefix = \"USER#\"\nsort_key = \"version\"\n";
    let laid_out = schema(&format!("{head}sort_value = \"2\"")).unwrap();
    let key = reco_store::encode::key_of(&reco_core::Id::from("ann"), &laid_out);
    assert_eq!(key["pk"].as_s().unwrap(), "USER#ann");
    assert_eq!(key["version"].as_n().unwrap(), "2");
    let user = reco_store::encode::user_of(&key, &laid_out);
    assert_eq!(user, Some(reco_core::Id::from("ann")));
    // The sort key is the user id, which must then be a number.
    let by_user = schema(&format!("{head}sort_prefix = \"\"")).unwrap();
    assert!(by_user.check_user(&reco_core::Id::from("ann")).is_err());
    assert!(by_user.check_user(&reco_core::Id::from(7_i64)).is_ok());
    for wrong in ["sort_value = \"RECS\"", "sort_prefix = \"RECS#\""] {
        let refused = schema(&format!("{head}{wrong}"));
        assert!(matches!(refused, Err(TableError::NotNumeric { .. })), "{refused:?}");
    }
    let simple = describe(&client, "simple").await.unwrap();
    let refused = simple.schema(&item("key_prefix = \"USER#\""));
    assert!(matches!(refused, Err(TableError::NotNumeric { .. })), "{refused:?}");
    let refused = simple.schema(&item("sort_key = \"sk\"\nsort_value = \"R\""));
    assert!(matches!(refused, Err(TableError::SortKeyName { actual: None, .. })), "{refused:?}");
    let blob = describe(&client, "blob").await.unwrap();
    let refused = blob.schema(&item("key = \"pk\"\nsort_key = \"sk\"\nsort_value = \"R\""));
    assert!(matches!(refused, Err(TableError::BinarySortKey { .. })), "{refused:?}");
}
