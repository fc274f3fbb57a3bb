//! DynamoDB table: lookup, checks and description.

use std::collections::HashMap;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use reco_core::Id;
use reco_core::classify;
use reco_core::item::{ItemDescription, KeyType, Schema};
use reco_store::client::dynamodb_config;
use reco_store::generated_at::read_generated_at;
use reco_store::lists::{self, Adopted, Layout, ListsError};
use reco_store::reader::Reader;
use reco_store::retry::RetryOptions;
use reco_store::service::{ErrorKind, ServiceError};
use reco_store::stored::Stored;
use reco_store::table::{Expiry, NotReady, TableError, TableInfo, describe, describe_expiry};
use reco_store::writer::{Writer, WriterOptions};

use serde::Serialize;

use crate::error::{Error, Kind, Result};

/// Maximum wait for a table that is being created; most take seconds.
const CREATION: Duration = Duration::from_secs(60);
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Table that can hold recommendations.
#[derive(Debug, Clone)]
pub struct Table {
    client: Client,
    /// Table description from DynamoDB.
    pub info: TableInfo,
    /// Item layout of the table.
    pub schema: Schema,
}

/// Type in which list ids are written, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListType {
    /// Type of the ids; `None` keeps each as in the input: a JSON number is a Number, a JSON string
    /// a String.
    pub list_type: Option<KeyType>,
    /// Source of the type: `config`, `table` (its lists), `ids` (as in the input) or `key` (like
    /// the table's key, since its lists cannot be sampled).
    #[serde(rename = "list_type_from")]
    pub from: &'static str,
    /// Note for the operator.
    #[serde(skip)]
    pub warning: Option<String>,
}

impl ListType {
    /// Returns the configured type, whatever the table holds.
    #[must_use]
    pub fn configured(schema: &Schema) -> Self {
        ListType { list_type: schema.list_type, from: "config", warning: None }
    }

    fn adopted(adopted: &Adopted, table: &str, schema: &Schema) -> Self {
        let (list_type, from) = (schema.list_type, "key");
        match adopted {
            Adopted::Configured => ListType::configured(schema),
            Adopted::Open | Adopted::Ids { mixed: false } => ListType::of_ids(),
            Adopted::Table(kind) => ListType::of_table(Some(*kind)),
            Adopted::Ids { mixed: true } => {
                let warning = format!(
                    "table {table} mixes list types: ids are written with the types of the input"
                );
                ListType { warning: Some(warning), ..ListType::of_ids() }
            }
            Adopted::Key(kind, error) => {
                let kind = match kind {
                    KeyType::N => "Numbers",
                    KeyType::S => "Strings",
                };
                let warning = format!(
                    "cannot sample the lists in table {table}, so list ids are written as {kind}, like its key: {error}"
                );
                ListType { list_type, from, warning: Some(warning) }
            }
        }
    }

    /// Returns the types of the input.
    #[must_use]
    pub fn of_ids() -> Self {
        ListType { list_type: None, from: "ids", warning: None }
    }

    /// Returns the type of the table's lists, or those of the input if there are none.
    #[must_use]
    pub fn of_table(found: Option<KeyType>) -> Self {
        let of_table = |kind| ListType { list_type: Some(kind), from: "table", warning: None };
        found.map_or_else(ListType::of_ids, of_table)
    }
}

impl Table {
    /// Finds the table and checks that its key suits recommendations.
    ///
    /// # Errors
    /// Fails if the table does not exist or has unsuitable keys.
    pub async fn open(sdk: &SdkConfig, table: &str, item: &ItemDescription) -> Result<Self> {
        let client = client(sdk);
        let info = ready(&client, table).await?;
        let schema = info.schema(item).map_err(|error| unusable(table, &error))?;
        Ok(Table { client, info, schema })
    }

    /// Returns DynamoDB's description of a table, whatever its keys.
    ///
    /// # Errors
    /// Fails if the call to DynamoDB fails.
    pub async fn describe(sdk: &SdkConfig, table: &str) -> Result<TableInfo> {
        describe(&client(sdk), table).await.map_err(|error| unusable(table, &error))
    }

    /// Returns when these users' lists were generated; users without a list are absent.
    ///
    /// # Errors
    /// Fails if the call to DynamoDB fails.
    pub async fn generated_at<'a>(
        &self,
        users: impl IntoIterator<Item = &'a Id>,
    ) -> Result<HashMap<Id, classify::Held>> {
        let name = &self.info.name;
        read_generated_at(&self.client, name, &self.schema, users)
            .await
            .map_err(|error| service(&format!("cannot read from table {name}"), &error))
    }

    /// Returns a user's item; `None` if there is none.
    ///
    /// # Errors
    /// Fails if the call to DynamoDB fails.
    pub async fn stored(&self, user: &Id, expiry: &Expiry) -> Result<Option<Stored>> {
        let name = &self.info.name;
        reco_store::stored::read(&self.client, name, &self.schema, user, expiry)
            .await
            .map_err(|error| service(&format!("cannot read from table {name}"), &error))
    }

    /// Returns the table's TTL settings.
    ///
    /// # Errors
    /// Fails if the call to DynamoDB fails.
    pub async fn expiry(&self) -> std::result::Result<Expiry, ServiceError> {
        describe_expiry(&self.client, &self.info.name).await
    }

    /// Returns a reader that consumes at most `rcu` read capacity units per second; `None` is no
    /// limit.
    #[must_use]
    pub fn reader(&self, retry: RetryOptions, rcu: Option<f64>) -> Reader {
        let (client, schema) = (self.client.clone(), self.schema.clone());
        Reader::new(client, &self.info.name, schema, retry, rcu)
    }

    /// Returns the item layout with the type of the table's lists.
    #[must_use]
    pub fn layout(&self) -> Layout {
        Layout::new(self.client.clone(), &self.info.name, self.schema.clone())
    }

    /// Adopts the list type that [`lists::adopt`] decides. `remedy` is the hint on setting the type
    /// if the attribute does not hold a list of ids.
    ///
    /// # Errors
    /// Fails if the attribute is not a list of ids or cannot be read.
    pub async fn adopt_list_type(&mut self, remedy: &'static str) -> Result<ListType> {
        let name = &self.info.name;
        let adopted = lists::adopt(&self.client, name, &self.schema).await;
        let adopted = adopted.map_err(|error| foreign(name, &error, remedy))?;
        self.schema.list_type = adopted.list_type(&self.schema);
        Ok(ListType::adopted(&adopted, name, &self.schema))
    }

    /// Returns whether the table has items, but none that was sampled has a time. A table that also
    /// holds other items, or may not be sampled, is given the benefit of the doubt.
    ///
    /// # Errors
    /// Fails if the call to DynamoDB fails.
    pub async fn lacks_times(&self) -> Result<bool> {
        if self.schema.is_shared() {
            return Ok(false);
        }
        let name = &self.info.name;
        match lists::sample_times(&self.client, name, &self.schema).await {
            Ok((items, timed)) => Ok(items > 0 && timed == 0),
            Err(error) if error.kind == ErrorKind::Denied => Ok(false),
            Err(error) => Err(service(&format!("cannot read from table {name}"), &error)),
        }
    }

    /// Returns the client for the table.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Returns a writer for the table.
    #[must_use]
    pub fn writer(&self, options: WriterOptions) -> Writer {
        Writer::new(self.client.clone(), &self.info.name, self.schema.clone(), options)
    }
}

/// Hint on setting the list type, for commands with the flag.
pub const BY_FLAG: &str =
    "--list-type N or S replaces it with lists, once all readers support them";

/// Hint on setting the list type, for the Lambda and commands that follow its policy.
pub const BY_POLICY: &str = "item.list_type = \"N\" or \"S\" in the policy replaces it with lists, once all readers support them";

/// Returns the error for a table whose attribute is not a list of ids. `remedy` is [`BY_FLAG`] or
/// [`BY_POLICY`].
pub fn foreign(table: &str, error: &ListsError, remedy: &'static str) -> Error {
    match error {
        ListsError::Service(error) => service(&format!("cannot read from table {table}"), error),
        foreign => Error::config(format!("cannot use table {table}")).because(foreign).hint(remedy),
    }
}

/// Describes a table, waiting until it has been created.
async fn ready(client: &Client, table: &str) -> Result<TableInfo> {
    created(async || describe(client, table).await).await.map_err(|error| unusable(table, &error))
}

/// Polls the description until the table is no longer being created; returns the last one at the
/// timeout.
async fn created<E>(
    look: impl AsyncFn() -> std::result::Result<TableInfo, E>,
) -> std::result::Result<TableInfo, E> {
    let begun = tokio::time::Instant::now();
    loop {
        let info = look().await?;
        if info.not_ready() != Some(NotReady::Creating) || begun.elapsed() >= CREATION {
            return Ok(info);
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

fn client(sdk: &SdkConfig) -> Client {
    Client::from_conf(dynamodb_config(sdk).build())
}

fn unusable(table: &str, error: &TableError) -> Error {
    let what = format!("cannot use table {table}");
    match error {
        TableError::Service(error) => service(&what, error),
        TableError::NotReady { status: NotReady::Creating, .. } => {
            Error::service(what).because(error).hint("run the same command again then")
        }
        other => Error::config(what).because(other),
    }
}

fn service(what: &str, error: &ServiceError) -> Error {
    let kind = match error.kind {
        ErrorKind::NotFound => Kind::Config,
        ErrorKind::Denied | ErrorKind::Credentials => Kind::Credentials,
        _ => Kind::Service,
    };
    Error::new(kind, what).because(error)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use reco_store::table::Billing;

    use super::*;

    fn described(status: &str) -> TableInfo {
        TableInfo {
            name: "recs".to_owned(),
            arn: String::new(),
            status: status.to_owned(),
            key_name: "user_id".to_owned(),
            key_type: Some(KeyType::N),
            sort_key: None,
            sort_type: None,
            id: String::new(),
            billing: Billing::OnDemand { max_wcu: None },
            warm_wcu: None,
            indexes: Vec::new(),
            item_count: Some(0),
        }
    }

    /// Polls a table that is in creation for `creating` polls; also returns the number of polls.
    async fn looks(creating: u32) -> (u32, Result<Schema, TableError>) {
        let looks = Cell::new(0);
        let look = async || {
            looks.set(looks.get() + 1);
            let status = if looks.get() <= creating { "CREATING" } else { "ACTIVE" };
            Ok::<_, TableError>(described(status))
        };
        let info = created(look).await.expect("it answers");
        (looks.get(), info.schema(&ItemDescription::default()))
    }

    #[tokio::test(start_paused = true)]
    async fn a_table_that_is_being_made_is_waited_for_a_minute() {
        assert_eq!(looks(0).await.0, 1);
        let (seen, schema) = looks(30).await;
        assert!(seen == 31 && schema.is_ok(), "{schema:?}");
        let (seen, schema) = looks(u32::MAX).await;
        assert_eq!(seen, 61);
        let error = unusable("recs", &schema.expect_err("not yet"));
        let told = format!("{error:?}");
        assert!(told.contains("still being created"), "{told}");
        assert_eq!(error.kind, Kind::Service);
    }
}
