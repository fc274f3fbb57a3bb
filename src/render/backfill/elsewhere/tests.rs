use super::super::tests::{rendered, report};
use super::*;
use reco_ops::backfill::sink::emit::{Commands, PartCompression};

fn sent() -> BackfillReport {
    let queue = QueueReport {
        queue: "reco-source".to_owned(),
        messages: 250,
        users: 12_100,
        bytes: 11_534_336,
        calls: 27,
        perhaps_twice: 10,
        repeated_users: 42,
    };
    let destination = BackfillDestination::Queue;
    BackfillReport { destination, queue: Some(queue), stopped: None, inputs: vec![], ..report() }
}

fn emitted() -> BackfillReport {
    let command = |name: &str| format!("aws {name} ...");
    let commands = Commands {
        upload: command("s3 sync"),
        import_table: command("dynamodb import-table"),
        describe_import: command("dynamodb describe-import"),
        start_bulk_put_items: command("dynamodb start-bulk-put-items"),
        describe_bulk_operation: command("dynamodb describe-bulk-operation"),
    };
    let emit = EmitReport {
        removals: 0,
        directory: "out".to_owned(),
        manifest: "out/manifest.json".to_owned(),
        compression: PartCompression::Gzip,
        parts: 3,
        items: 12_100,
        bytes: 734_003_200,
        stored_bytes: 104_857_600,
        commands,
    };
    let shard = "2/8".parse().ok();
    let destination = BackfillDestination::Files;
    BackfillReport {
        destination,
        emit: Some(emit),
        shard,
        stopped: None,
        inputs: vec![],
        ..report()
    }
}

#[test]
fn what_went_to_a_queue() {
    insta::assert_snapshot!("queue_at_80", rendered(&sent(), 80));
    insta::assert_snapshot!("queue_at_140", rendered(&sent(), 140));
    let dry = BackfillReport { dry_run: true, ..sent() };
    insta::assert_snapshot!("queue_dry", rendered(&dry, 80));
}

#[test]
fn what_went_to_files_and_what_to_do_with_them() {
    let mut report = emitted();
    report.counts.lines.other_shard = 80_000;
    report.counts.entries.other_shard = 84_700;
    insta::assert_snapshot!("emit_at_80", rendered(&report, 80));
    insta::assert_snapshot!("emit_at_140", rendered(&report, 140));
}

#[test]
fn files_that_were_not_written_are_not_said_to_be() {
    let nothing = |stopped: bool| {
        let mut report = BackfillReport { emit: None, ..emitted() };
        report.stopped = super::super::tests::report().stopped.filter(|_| stopped);
        (report.counts.lines.left, report.counts.entries.left) =
            (report.counts.lines.written, report.counts.entries.written);
        (report.counts.lines.written, report.counts.entries.written) = (0, 0);
        let text = rendered(&report, 80);
        assert_eq!(
            text.contains("run it again: the directory holds no partial output"),
            stopped,
            "{text}"
        );
        text.lines().next().map(str::to_owned)
    };
    let because = "files are published all or none, and the run did not finish";
    assert_eq!(nothing(true), Some(format!("nothing emitted: {because} (1m 2s)")));
    let because = "no items to emit";
    assert_eq!(nothing(false), Some(format!("nothing emitted: {because} (1m 2s)")));
}

#[test]
fn one_of_a_thing_is_told_as_one() {
    let mut report = emitted();
    if let Some(emit) = &mut report.emit {
        emit.parts = 1;
    }
    assert!(rendered(&report, 80).contains("to out in 1 part in"));
}
