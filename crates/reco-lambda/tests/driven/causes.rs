//! The causes that the log of the real binary tells of a batch whose messages end in different ways: none
//! is wrong. `two_hundred` has those that a whole batch shares.

use std::time::Duration;

use reco_core::cause::{Cause, Record, read};
use reco_sandbox::cloudwatch::Cloudwatch;
use reco_sandbox::logs::{FunctionLogs, Logs};
use reco_sandbox::runtime::FunctionLog;
use serde_json::{Value, json};

use crate::kit::{AMPLE, World, event};

const GROUP: &str = "/aws/lambda/recs-writer";
/// Messages of a batch.
const MESSAGES: usize = 20;
/// Time of an invocation that runs out of it: the binary keeps a second for its answer.
const SHORT: Duration = Duration::from_secs(2);

/// A world whose function logs as in Lambda.
struct Logged {
    world: World,
    logs: Logs,
}

impl Logged {
    async fn with(wcu: Option<f64>) -> Self {
        let mut world = World::with_facts("none", wcu, &[]).await;
        let logs = Logs::default();
        let log = FunctionLogs::of(logs.clone(), "recs-writer");
        world.binary.log = FunctionLog::Sandbox(Cloudwatch::new(), log);
        Logged { world, logs }
    }

    /// Waits until a line is logged: the binary's output comes through a pipe.
    async fn logged(&self, term: &str) {
        for _ in 0..500 {
            if self.logs.lines(GROUP).iter().any(|line| line.contains(term)) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{term} is not logged: {:?}", self.logs.lines(GROUP));
    }

    /// The causes of each message that any line names.
    fn causes(&self) -> Vec<(String, Cause)> {
        let mut record = Record::of((0..MESSAGES).map(id));
        for (at, line) in (0..).zip(self.logs.lines(GROUP)) {
            record.enter(at, read(&line));
        }
        let attempts = (0..MESSAGES).flat_map(|number| record.attempts(&id(number)));
        attempts
            .map(|attempt| {
                assert_eq!(attempt.attempt, Some(3), "{attempt:?}");
                (attempt.message_id, attempt.cause)
            })
            .collect()
    }
}

fn id(number: usize) -> String {
    format!("00000000-0000-4000-8000-{number:012x}")
}

fn batch(body: impl Fn(usize) -> String) -> String {
    let record = |number: usize| {
        json!({
            "messageId": id(number), "body": body(number),
            "attributes": { "ApproximateReceiveCount": "3" },
        })
    };
    event(&(0..MESSAGES).map(record).collect::<Vec<Value>>())
}

fn sound() -> String {
    batch(|user| format!("[{user},[1,2]]"))
}

#[tokio::test]
async fn throttled_writes_name_the_table() {
    let logged = Logged::with(Some(1.0)).await;
    logged.world.start().await.invoke(sound(), SHORT).await.unwrap();
    logged.logged("batch done").await;
    let causes = logged.causes();
    let mut returned = 0;
    for (id, cause) in &causes {
        match cause {
            Cause::ThrottledWrites { .. } => {
                assert_eq!(cause.words(), "throttled writes to table recs", "{id}");
                returned += 1;
            }
            // It was written.
            other => assert_eq!(*other, Cause::NoFailureReported, "{id}"),
        }
    }
    assert!(returned >= MESSAGES / 2 && causes.len() == MESSAGES, "{causes:?}");
}

#[tokio::test]
async fn bodies_are_told_apart_and_none_is_logged() {
    let logged = Logged::with(None).await;
    let mut environment = logged.world.start().await;
    let bodies = batch(|number| match number % 4 {
        0 => "{poison-body".to_owned(),
        1 => r#"{"data":[["secret-user",[5]]]}"#.to_owned(),
        2 => r#"{"secret-order":1}"#.to_owned(),
        _ => r#"{"data":[[1,[5]],[2]]}"#.to_owned(),
    });
    environment.invoke(bodies, AMPLE).await.unwrap();
    logged.logged("batch done").await;
    let causes = logged.causes();
    assert_eq!(causes.len(), MESSAGES);
    for (number, (_, cause)) in causes.iter().enumerate() {
        let expected = ["malformed", "refused-item", "foreign", "bad-entries"][number % 4];
        assert_eq!(cause.name(), expected, "{number}");
    }
    let all = logged.logs.lines(GROUP).join("\n");
    assert!(!all.contains("secret") && !all.contains("poison-body"), "{all}");
}
