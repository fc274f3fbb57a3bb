//! One write call: limited, forwarded, its actual cost settled and metered, its answer reduced to
//! what the client asked for.

use super::DynamoDb;
use super::engine::replace_body;
use super::limiter::{Cost, Resource};
use super::meter::{Consumed, consumed_of};
use super::plan::{self, Admission, Fields, Pricing, WriteBatch};
use super::throttle;
use crate::http::{Request, Response, StatusCode};
use serde::Serialize;
use serde_json::value::to_raw_value;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

/// The calls that write items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// `PutItem`.
    Put,
    /// `UpdateItem`.
    Update,
    /// `DeleteItem`.
    Delete,
    /// `BatchWriteItem`.
    Batch,
}

impl Operation {
    /// Returns the write operation of that name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Put, Self::Update, Self::Delete, Self::Batch]
            .into_iter()
            .find(|operation| operation.name() == name)
    }

    /// Returns the operation's name, which is also the `Operation` dimension of its metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Put => "PutItem",
            Self::Update => "UpdateItem",
            Self::Delete => "DeleteItem",
            Self::Batch => "BatchWriteItem",
        }
    }
}

/// Detail of `ConsumedCapacity` requested by the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AskedCapacity {
    Nothing,
    Total,
    Indexes,
}

/// A call that was throttled entirely: the number of writes by table and index.
struct ThrottledCall(BTreeMap<Resource, usize>);

impl DynamoDb {
    pub(super) async fn write(&self, operation: Operation, mut request: Request) -> Response {
        let parsed = serde_json::from_slice::<Fields>(request.body()).ok();
        let Some((mut fields, asked)) = parsed.and_then(|fields| {
            let asked = asked(&fields)?;
            Some((fields, asked))
        }) else {
            // Not a valid write call; the engine reports what is wrong with it.
            return self.engine.pass(request).await;
        };
        let admission = match self.admit(operation, &mut fields) {
            Ok(admission) => admission,
            Err(ThrottledCall(resources)) => {
                for (resource, writes) in &resources {
                    self.meter.throttled(self.cause, resource, *writes);
                }
                let tables: BTreeSet<&str> =
                    resources.keys().map(|resource| resource.table.as_str()).collect();
                for table in tables {
                    self.meter.refused(table, operation.name());
                }
                return throttle::exception(self.cause, resources.keys());
            }
        };
        for (resource, writes) in &admission.lacking {
            self.meter.throttled(self.cause, resource, *writes);
        }
        set(&mut fields, "ReturnConsumedCapacity", "INDEXES");
        *request.body_mut() = serde_json::to_vec(&fields).unwrap_or_default().into();
        let started = Instant::now();
        let response = self.engine.forward(request).await;
        let consumed = self.settle(&admission, &response);
        for spent in &consumed {
            self.meter.consumed(spent);
            self.meter.latency(&spent.table, operation.name(), started.elapsed());
        }
        finish(response, asked, admission.throttled)
    }

    /// Takes the call's cost from the buckets. For a batch, keeps only the admitted writes in
    /// `fields`.
    fn admit(&self, operation: Operation, fields: &mut Fields) -> Result<Admission, ThrottledCall> {
        if operation == Operation::Batch {
            return self.admit_batch(fields);
        }
        let Some(costs) = self.single(operation, fields) else {
            return Ok(Admission::default());
        };
        if let Some(limiter) = &self.limiter {
            let once = |resource| (resource, 1);
            limiter
                .take(&costs, Instant::now())
                .map_err(|lacking| ThrottledCall(lacking.into_iter().map(once).collect()))?;
        }
        let expected = costs.into_iter().map(|Cost { resource, units, .. }| (resource, units));
        Ok(Admission { expected: expected.collect(), ..Admission::default() })
    }

    fn admit_batch(&self, fields: &mut Fields) -> Result<Admission, ThrottledCall> {
        let split = self.limiter.as_ref().and_then(|limiter| {
            let batch: WriteBatch = get(fields, "RequestItems")?;
            plan::split(&batch, self.database(), limiter, Instant::now())
        });
        let Some(split) = split else {
            return Ok(Admission::default());
        };
        if split.admitted.is_empty() {
            return Err(ThrottledCall(split.lacking));
        }
        set(fields, "RequestItems", &split.admitted);
        Ok(split)
    }

    /// Returns the expected costs of a call that writes one item, or `None` when the engine will
    /// refuse it.
    fn single(&self, operation: Operation, fields: &Fields) -> Option<Vec<Cost>> {
        let table: String = get(fields, "TableName")?;
        let pricing = Pricing::of_table(plan::table_name(&table), self.database())?;
        Some(match operation {
            Operation::Put => {
                let item = get(fields, "Item")?;
                pricing.costs(Some(&item), plan::item_wcu(&item))
            }
            // The actual cost is known, and settled, only afterwards.
            _ => pricing.costs(None, 1.0),
        })
    }

    /// Corrects the buckets by the consumption that the engine reports, and returns it.
    fn settle(&self, admission: &Admission, response: &Response) -> Vec<Consumed> {
        let consumed = if response.status() == StatusCode::OK {
            consumed_of(response.body())
        } else if is_failed_condition(response) {
            // A failed condition still costs its write, and none in an index (AWS: WCU of
            // conditional writes).
            let (tables, indexes): (BTreeMap<_, _>, BTreeMap<_, _>) =
                admission.expected.iter().partition(|(resource, _)| resource.index.is_none());
            self.refund(
                indexes.into_iter().map(|(index, taken)| (index.clone(), -taken)).collect(),
            );
            let spent = |(resource, units): (&Resource, &f64)| {
                self.meter.condition_failed(&resource.table);
                Consumed::of_table(&resource.table, *units)
            };
            return tables.into_iter().map(spent).collect();
        } else {
            Vec::new()
        };
        let mut extra: BTreeMap<Resource, f64> = BTreeMap::new();
        for (resource, taken) in &admission.expected {
            *extra.entry(resource.clone()).or_default() -= taken;
        }
        for spent in &consumed {
            *extra.entry(Resource::table(&spent.table)).or_default() += spent.table_units;
            for (index, units) in &spent.index_units {
                *extra.entry(Resource::index(&spent.table, index)).or_default() += units;
            }
        }
        self.refund(extra);
        consumed
    }

    fn refund(&self, extra: BTreeMap<Resource, f64>) {
        if let Some(limiter) = &self.limiter {
            limiter.settle(&extra, Instant::now());
        }
    }
}

fn is_failed_condition(response: &Response) -> bool {
    #[derive(serde::Deserialize)]
    struct TypedError {
        #[serde(rename = "__type")]
        kind: String,
    }
    serde_json::from_slice::<TypedError>(response.body())
        .is_ok_and(|error| error.kind.ends_with("ConditionalCheckFailedException"))
}

/// Returns the requested mode, or `None` for one that DynamoDB does not know.
fn asked(fields: &Fields) -> Option<AskedCapacity> {
    let Some(raw) = fields.get("ReturnConsumedCapacity") else {
        return Some(AskedCapacity::Nothing);
    };
    match serde_json::from_str::<Option<String>>(raw.get()).ok()?.as_deref() {
        None | Some("NONE") => Some(AskedCapacity::Nothing),
        Some("TOTAL") => Some(AskedCapacity::Total),
        Some("INDEXES") => Some(AskedCapacity::Indexes),
        Some(_) => None,
    }
}

/// Adds the throttled writes to the answer, and reduces its capacity report to what was asked for.
fn finish(mut response: Response, asked: AskedCapacity, throttled: WriteBatch) -> Response {
    if response.status() != StatusCode::OK
        || (asked == AskedCapacity::Indexes && throttled.is_empty())
    {
        return response;
    }
    let Ok(mut fields) = serde_json::from_slice::<Fields>(response.body()) else {
        return response;
    };
    if !throttled.is_empty() {
        set(&mut fields, "UnprocessedItems", &throttled);
    }
    match asked {
        AskedCapacity::Nothing => {
            fields.remove("ConsumedCapacity");
        }
        AskedCapacity::Total => {
            let total = get::<serde_json::Value>(&fields, "ConsumedCapacity").map(totals_only);
            if let Some(total) = total {
                set(&mut fields, "ConsumedCapacity", &total);
            }
        }
        AskedCapacity::Indexes => {}
    }
    if let Ok(body) = serde_json::to_vec(&fields) {
        replace_body(&mut response, body.into());
    }
    response
}

fn totals_only(mut capacity: serde_json::Value) -> serde_json::Value {
    let strip = |one: &mut serde_json::Value| {
        if let Some(one) = one.as_object_mut() {
            one.retain(|name, _| name == "TableName" || name == "CapacityUnits");
        }
    };
    match &mut capacity {
        serde_json::Value::Array(tables) => tables.iter_mut().for_each(strip),
        one => strip(one),
    }
    capacity
}

fn get<T: serde::de::DeserializeOwned>(fields: &Fields, name: &str) -> Option<T> {
    fields.get(name).and_then(|raw| serde_json::from_str(raw.get()).ok())
}

fn set<T: Serialize + ?Sized>(fields: &mut Fields, name: &str, value: &T) {
    if let Ok(raw) = to_raw_value(value) {
        fields.insert(name.to_owned(), raw);
    }
}
