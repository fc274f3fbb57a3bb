//! Test data and the expected table, from an independent implementation of the rules.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

pub const USERS: i64 = 2_000;
pub const ARTICLES: i64 = 5_000;
const AUTHORS: i64 = 97;

/// Lists in the table, by user.
pub type Lists = BTreeMap<i64, Vec<i64>>;

/// Returns the facts as SQL; [`kept`] implements the same in Rust.
pub fn sql() -> String {
    format!(
        "CREATE TABLE users(id INTEGER PRIMARY KEY, status VARCHAR(20));
        CREATE TABLE articles(id INTEGER PRIMARY KEY, status VARCHAR(20), author_id INTEGER);
        CREATE TABLE `reads`(user_id INTEGER, article_id INTEGER, PRIMARY KEY (user_id, article_id));
        CREATE TABLE mutes(user_id INTEGER, author_id INTEGER, PRIMARY KEY (user_id, author_id));
        INSERT INTO users
            SELECT seq, IF(seq % 10 = 0, 'suspended', 'active') FROM seq_1_to_{USERS};
        INSERT INTO articles SELECT seq, IF(seq % 20 = 0, 'draft', 'published'), seq % {AUTHORS}
            FROM seq_1_to_{ARTICLES};
        INSERT INTO `reads` SELECT u.seq, (u.seq * 37 + r.seq * 101) % {ARTICLES} + 1
            FROM seq_1_to_{USERS} u, seq_1_to_20 r;
        INSERT INTO mutes SELECT u.seq, (u.seq + m.seq * 13) % {AUTHORS}
            FROM seq_1_to_{USERS} u, seq_1_to_5 m;"
    )
}

/// One message: a list for each of its users, and their generation time.
#[derive(Clone)]
pub struct Message {
    pub id: String,
    pub generated_at: i64,
    pub lists: Vec<(i64, Vec<i64>)>,
}

impl Message {
    /// Returns the `seq`-th message: 50 users, the last ten of whom are the first ten of the next
    /// message. Later messages are not always newer.
    pub fn number(seq: i64) -> Self {
        let first = seq * 40 % (USERS - 100) + 1;
        let list = |user: i64| {
            let article =
                |rank: i64| (user * 331 + seq * 7 + rank * rank * 13) % (ARTICLES + 50) + 1;
            (user, (0..20).map(article).collect())
        };
        Message {
            id: format!("message-{seq}"),
            generated_at: 1_700_000_000 + seq * 7 % 101,
            lists: (first..first + 50).map(list).collect(),
        }
    }

    pub fn record(&self) -> Value {
        let data: Vec<Value> = self.lists.iter().map(|(user, list)| json!([user, list])).collect();
        record(&self.id, &json!({ "data": data, "generated_at": self.generated_at }).to_string())
    }
}

pub fn record(id: &str, body: &str) -> Value {
    json!({
        "messageId": id,
        "receiptHandle": format!("handle-{id}"),
        "body": body,
        "attributes": { "SentTimestamp": "1700000000000", "ApproximateReceiveCount": "1" },
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:recs",
        "awsRegion": "us-east-1",
    })
}

/// Filters a list by the rules; `None` if it is not written.
fn kept(user: i64, list: &[i64]) -> Option<Vec<i64>> {
    if !(1..=USERS).contains(&user) || user % 10 == 0 {
        return None;
    }
    let read: BTreeSet<i64> = (1..=20).map(|r| (user * 37 + r * 101) % ARTICLES + 1).collect();
    let muted: BTreeSet<i64> = (1..=5).map(|m| (user + m * 13) % AUTHORS).collect();
    let mut left = Vec::new();
    for &article in list {
        let known = (1..=ARTICLES).contains(&article) && article % 20 != 0;
        let author = article % AUTHORS;
        let unwanted = author == user || muted.contains(&author) || read.contains(&article);
        if known && !unwanted && !left.contains(&article) {
            left.push(article);
        }
    }
    (!left.is_empty()).then_some(left)
}

/// The last list of each user that has one, of messages in the order in which they came.
pub fn last<'a>(messages: impl IntoIterator<Item = &'a Message>) -> Lists {
    let lists = messages.into_iter().flat_map(|message| &message.lists);
    lists.filter_map(|(user, list)| Some((*user, kept(*user, list)?))).collect()
}
