//! `dlq rehearse` of random messages, beside what the function then does with them.

use std::collections::HashMap;

use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use reco_lambda::handle;
use reco_sandbox::sqs::Planted;

use super::{LONG, Setting};
use crate::support::Ran;

impl Setting {
    /// Message by message, a rehearsal foretells what the function does, and so does its class.
    pub(super) fn through_a_rehearsal(&mut self) {
        let bodies: HashMap<String, String> = (0..)
            .map(|number: u32| format!("{number:08x}-0000-4000-8000-000000000000"))
            .zip(self.lines())
            .collect();
        let sqs = self.harness.the_sandbox().sqs();
        sqs.create_queue("rehearsed-dlq", &[]).expect("created");
        for (id, body) in &bodies {
            let planted =
                Planted { body: body.clone(), message_id: Some(id.clone()), ..Planted::default() };
            sqs.plant("rehearsed-dlq", planted).expect("planted");
        }
        self.create_table("rehearsed");
        self.create_table("played");
        let command = ["dlq", "rehearse", "--dlq", "rehearsed-dlq", "--table", "rehearsed"];
        let mut command = self.harness.recoctl(command);
        let ran = Ran::of(command.args(["--output", "json"]).timeout(LONG));
        let report = ran.report();
        let messages = report["messages"].as_array().expect("messages");
        assert_eq!(messages.len(), bodies.len());
        let function = self.function("played");
        for message in messages {
            let id = message["message_id"].as_str().expect("an id");
            assert_eq!(message["agrees"], true, "{message}: {}", bodies[id]);
            let mut record = SqsMessage::default();
            record.message_id = Some(id.to_owned());
            record.body = Some(bodies[id].clone());
            let mut event = SqsEvent::default();
            event.records.push(record);
            let deadline = tokio::time::Instant::now() + LONG;
            let handled = handle(&function, event, deadline);
            let report = self.harness.runtime.block_on(handled).expect("handled").report;
            let returned =
                matches!(message["actual"].as_str(), Some("returned" | "partly-written"));
            assert_eq!(returned, !report.failures.is_empty(), "{message}: {report:?}");
            let lists = message["lists"].as_u64().expect("a number");
            // Under `only_newer`, the same list of the same time may be there already.
            let as_told =
                if self.only_newer { lists >= report.written } else { lists == report.written };
            assert!(as_told, "{message}: {report:?}");
        }
        assert_eq!((&report["disagreements"], ran.code), (&0.into(), Some(0)));
        assert!(self.table("rehearsed").is_empty(), "the table is only read");
    }
}
