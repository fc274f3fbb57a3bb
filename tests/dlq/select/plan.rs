//! What is moved of the selected messages: only after a question, by a plan, to another queue.

use super::*;

#[test]
fn everything_moves_only_when_it_is_confirmed_or_narrowed() {
    let arranged = arrange("");
    arranged.harness.run(["dlq", "redrive", "--class", "all"]).ended(7);
    let snapshot = arranged.sqs().snapshot("recs-dlq").expect("the queue");
    assert!(snapshot.messages.iter().all(|message| message.receive_count == 0));
    arranged.harness.json(0, ["dlq", "redrive", "--class", "all", "--older-than", "4h30m"]);
    assert_eq!(arranged.names("recs"), set(["older"]));
    arranged.harness.json(0, ["dlq", "redrive", "--class", "all", "--engine", "client", "--yes"]);
    assert_eq!(arranged.names("recs-dlq"), set([]));
}

#[test]
fn a_plan_moves_exactly_what_was_planned() {
    for suffix in ["", ".fifo"] {
        let mut arranged = arrange(suffix);
        let plan = arranged.harness.json(0, ["dlq", "redrive", "--dry-run"]);
        let path = arranged.harness.write("plan.json", plan.to_string());
        let path = path.to_str().expect("a path").to_owned();
        assert_eq!(plan["counts"]["planned"], 3);
        // Meanwhile one of them moves elsewhere, and one arrives that would have been planned as
        // well.
        let young = arranged.ids["young"].clone();
        arranged.harness.json(0, ["dlq", "redrive", "--id", &young]);
        arranged.plant("later", "[9, [10]]", 30, "9");
        let other = arranged.harness.write("policy.toml", "[rules]\nno_duplicates = false\n");
        let flags = ["dlq", "redrive", "--plan", &path, "--policy", other.to_str().expect("text")];
        arranged.harness.run(flags).ended(7).says("a different policy");
        let report = arranged.harness.json(4, ["dlq", "redrive", "--plan", &path]);
        assert_eq!(report["missing"], json!([young]), "{suffix}");
        assert_eq!(report["counts"]["moved"], 2, "{suffix}");
        assert_eq!(arranged.names("recs"), set(["newer", "object", "young"]), "{suffix}");
        assert_eq!(arranged.names("recs-dlq"), set(["broken", "later", "older"]), "{suffix}");
        let both = ["dlq", "redrive", "--plan", &path, "--class", "all"];
        arranged.harness.run(both).ended(2);
    }
}

#[test]
fn another_destination_takes_the_messages_when_it_is_of_the_same_type() {
    for suffix in ["", ".fifo"] {
        let mut arranged = arrange(suffix);
        let fifo: &[(&str, &str)] = if suffix.is_empty() { &[] } else { &[("FifoQueue", "true")] };
        let elsewhere = format!("elsewhere{suffix}");
        arranged.sqs().create_queue(&elsewhere, fifo).expect("created");
        let other_type = if suffix.is_empty() { "other.fifo" } else { "other" };
        let other: &[(&str, &str)] = if suffix.is_empty() { &[("FifoQueue", "true")] } else { &[] };
        arranged.sqs().create_queue(other_type, other).expect("created");
        // The DLQ is enough when the destination is given.
        arranged.harness.set("RECOCTL_QUEUE", "");
        arranged.harness.set("RECOCTL_DLQ", &format!("recs-dlq{suffix}"));
        let own = format!("recs-dlq{suffix}");
        for wrong in [other_type, own.as_str(), "nowhere"] {
            let redrive = ["dlq", "redrive", "--to", wrong];
            arranged.harness.run(redrive).ended(3);
        }
        let report = arranged.harness.json(0, ["dlq", "redrive", "--to", &elsewhere]);
        assert_eq!(report["source"], json!(elsewhere));
        assert_eq!(arranged.names("elsewhere"), set(["newer", "object", "young"]));
        assert_eq!(arranged.names("recs"), set([]));
    }
}
