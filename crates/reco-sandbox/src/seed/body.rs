//! Message bodies, good and bad.

use super::cast::Cast;
use serde_json::{Value, json};

/// Returns a queue message for these users, each with a plausible list.
pub fn good(cast: &mut Cast, users: &[i64], generated_at: Option<i64>) -> Value {
    let entries = users.iter().map(|user| entry(*user, &cast.ranked(*user))).collect();
    message(entries, generated_at)
}

pub fn message(entries: Vec<Value>, generated_at: Option<i64>) -> Value {
    match generated_at {
        Some(at) => json!({ "data": entries, "generated_at": at }),
        None => json!({ "data": entries }),
    }
}

pub fn entry(user: i64, articles: &[i64]) -> Value {
    json!([user, articles])
}

/// Returns good content in one of the shapes and envelopes it arrives in, picked by `number`.
pub fn wrapped(
    number: usize,
    cast: &mut Cast,
    users: &[i64],
    at: Option<i64>,
) -> (String, &'static str) {
    match number % 17 {
        3 => (sns(&good(cast, users, at)), "came through SNS"),
        7 => (event_bridge(&good(cast, users, at)), "came through EventBridge"),
        11 => {
            (lambda_destination(&good(cast, users, at)), "came from a Lambda's failure destination")
        }
        13 => (item(cast, users[0], at), "one user's item"),
        15 => (entry(users[0], &cast.ranked(users[0])).to_string(), "a lone pair"),
        _ => (good(cast, users, at).to_string(), "throttled in the incident"),
    }
}

/// Returns whether the shape picked by `number` holds a single user.
pub fn is_single(number: usize) -> bool {
    matches!(number % 17, 13 | 15)
}

fn item(cast: &mut Cast, user: i64, generated_at: Option<i64>) -> String {
    let mut item = json!({ "user_id": user, "recommended_note_ids": cast.ranked(user) });
    if let Some(at) = generated_at {
        item["generated_at"] = at.into();
    }
    item.to_string()
}

fn sns(inner: &Value) -> String {
    json!({
        "Type": "Notification",
        "MessageId": "6f1b2f3c-5a53-5c8e-9b0e-0c5a5d2a9a77",
        "TopicArn": "arn:aws:sns:us-east-1:000000000000:recs-fanout",
        "Message": inner.to_string(),
        "Timestamp": "2026-01-15T02:10:31.518Z",
        "SignatureVersion": "1",
    })
    .to_string()
}

fn event_bridge(inner: &Value) -> String {
    json!({
        "version": "0",
        "id": "0d079340-135a-c8c6-95c2-41fb8f496c53",
        "detail-type": "RecommendationsReady",
        "source": "batch.inference",
        "account": "000000000000",
        "time": "2026-01-15T02:10:31Z",
        "region": "us-east-1",
        "resources": [],
        "detail": inner,
    })
    .to_string()
}

fn lambda_destination(inner: &Value) -> String {
    json!({
        "version": "1.0",
        "timestamp": "2026-01-15T02:10:31.518Z",
        "requestContext": {
            "requestId": "e4b46cbf-b738-xmpl-8880-a18cdf61200e",
            "functionArn": "arn:aws:lambda:us-east-1:000000000000:function:recs-writer:$LATEST",
            "condition": "RetriesExhausted",
            "approximateInvokeCount": 3,
        },
        "requestPayload": inner,
        "responseContext": { "statusCode": 200, "functionError": "Unhandled" },
        "responsePayload": { "errorMessage": "Task timed out after 3.00 seconds" },
    })
    .to_string()
}

/// Returns good entries and one that is broken in a way producers break them.
pub fn partial(number: usize, cast: &mut Cast, at: Option<i64>) -> (String, &'static str) {
    let users = cast.users(2..=4);
    let mut entries: Vec<Value> =
        users.iter().map(|user| entry(*user, &cast.ranked(*user))).collect();
    let (bad, about) = match number % 4 {
        0 => (json!([null, cast.articles(3..=5)]), "an entry without a user"),
        1 => (json!([cast.user(), [50_000_001, null, 50_000_003]]), "an article id that is null"),
        2 => (json!([cast.user(), cast.articles(3..=5), 0.87]), "an entry of three parts"),
        _ => (json!([cast.user(), "50000001,50000002"]), "article ids as one string"),
    };
    let place = cast.rng.usize(0..=entries.len());
    entries.insert(place, bad);
    (message(entries, at).to_string(), about)
}

/// Returns a message that is broken as a whole.
pub fn malformed(number: usize, cast: &mut Cast) -> (String, &'static str) {
    let users = cast.users(2..=3);
    let whole = good(cast, &users, None).to_string();
    match number % 6 {
        0 => (whole[..whole.len() * 2 / 3].to_owned(), "cut off by its producer"),
        1 => (json!({ "data": "see attachment" }).to_string(), "`data` is a string"),
        2 => (format!(r#"{{"data": [[{}, [NaN]]]}}"#, users[0]), "NaN, which JSON does not have"),
        3 => (json!({ "user_id": users[0] }).to_string(), "an item without its list"),
        4 => {
            (json!({ "data": [[null, []], [true, [1]]] }).to_string(), "no entry of it can be read")
        }
        _ => (format!("Traceback (most recent call last):\n  {whole}"), "a stack trace"),
    }
}

/// Returns a message of another system.
pub fn foreign(number: usize) -> (String, &'static str) {
    match number % 4 {
        0 => (
            json!({ "Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "recs-landing" })
                .to_string(),
            "a test event of S3",
        ),
        // Characters that a terminal acts on: CSI as one C1 character, a bidi override, DEL.
        1 => (
            "{\"alarm\":\"disk \u{9b}31mfull\u{7f}\",\"host\":\"\u{202e}1-bd\",\"note\":\"\\u001b[2J\"}"
                .to_owned(),
            "control characters",
        ),
        2 => (
            json!({ "orderId": 481_516, "lines": [{ "sku": "A-23", "count": 42 }] }).to_string(),
            "an order",
        ),
        _ => ("\"ping\"".to_owned(), "a ping"),
    }
}

/// Returns a message for unknown users, sometimes with a suspended one.
pub fn unknown_users(number: usize, cast: &mut Cast, at: Option<i64>) -> (String, &'static str) {
    let mut users: Vec<i64> = (0..cast.rng.usize(1..=4)).map(|_| cast.unknown_user()).collect();
    let mut about = "users that no database knows";
    if number % 3 == 1 {
        users.push(cast.suspended_user());
        about = "users unknown and suspended";
    }
    (good(cast, &users, at).to_string(), about)
}

/// Returns a message of which nothing is left once filtered.
pub fn empty(number: usize, cast: &mut Cast, at: Option<i64>) -> (String, &'static str) {
    if number % 3 == 2 {
        return (message(vec![], at).to_string(), "no entries at all");
    }
    let users = cast.users(1..=3);
    let mut entries = Vec::new();
    for user in users {
        let articles = if number.is_multiple_of(3) {
            let articles = cast.articles(4..=9);
            cast.has_read(user, &articles);
            articles
        } else {
            vec![cast.withdrawn()]
        };
        entries.push(entry(user, &articles));
    }
    let about =
        if number.is_multiple_of(3) { "everything was read already" } else { "articles withdrawn" };
    (message(entries, at).to_string(), about)
}

/// Returns a message of more than `limit` bytes that repeats the same users.
pub fn oversize(cast: &mut Cast, users: &[i64], limit: usize, at: Option<i64>) -> String {
    let mut entries = Vec::new();
    let mut bytes = 0;
    for user in users.iter().cycle() {
        if bytes > limit {
            break;
        }
        let entry = entry(*user, &cast.articles(100..=100));
        bytes += entry.to_string().len();
        entries.push(entry);
    }
    message(entries, at).to_string()
}
