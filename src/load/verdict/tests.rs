use super::*;

/// Returns a run without problems: 10 s of 2 slots, 500 users per batch.
fn steady() -> (LoadParameters, LoadMeasures) {
    let parameters = LoadParameters {
        users: 10_000,
        rate: Some(1_000.0),
        wcu: Some(2_000.0),
        concurrency: 2,
        batch_size: 10,
        per_message: 50,
        processors: 8,
        ..LoadParameters::default()
    };
    let measured = LoadMeasures {
        elapsed_s: 10.0,
        sending_s: 10.0,
        sent: 10_000,
        written: 10_000,
        backlog_max: 10,
        invocations: 20,
        duration_ms: 300.0,
        facts_ms: 100.0,
        write_ms: 120.0,
        slots_busy: 0.3,
        wcu: 10_000.0,
        machine_busy: Some(0.25),
        ..LoadMeasures::default()
    };
    (parameters, measured)
}

fn judged(change: impl FnOnce(&mut LoadParameters, &mut LoadMeasures)) -> LoadVerdict {
    let (mut parameters, mut measured) = steady();
    change(&mut parameters, &mut measured);
    verdict(&parameters, &measured)
}

/// Adds a backlog larger than the slots take at once, with slots that are never free.
fn flooded(measured: &mut LoadMeasures) {
    measured.backlog_max = 180;
    measured.slots_busy = 0.97;
    measured.elapsed_s = 20.0;
}

#[test]
fn what_keeps_up_is_no_limit() {
    let verdict = judged(|_, _| {});
    assert_eq!((verdict.stage, verdict.users_per_s), (SaturatedStage::None, 1_000.0));
    assert!(verdict.why.contains("1,000 users per second"), "{}", verdict.why);
    assert_eq!(verdict.caveat, None);
}

#[test]
fn a_throttled_table_at_its_capacity_is_the_limit_whatever_else_is() {
    let verdict = judged(|parameters, measured| {
        flooded(measured);
        parameters.wcu = Some(510.0);
        parameters.concurrency = 8;
        measured.throttled = 4_321;
        measured.facts_ms = 280.0;
        measured.returned = 7;
    });
    assert_eq!(verdict.stage, SaturatedStage::Table);
    assert!(verdict.why.contains("500 WCU/s, 98 % of its 510"), "{}", verdict.why);
    assert!(verdict.why.contains("4,321 writes"), "{}", verdict.why);
    assert!(verdict.change[0].contains("--wcu 1,000"), "{:?}", verdict.change);
    assert!(verdict.change[1].contains("lower --concurrency than 8"), "{:?}", verdict.change);
    assert!(verdict.change[2].starts_with("7 messages came back"), "{:?}", verdict.change);
}

#[test]
fn without_a_rate_the_table_is_told_by_how_long_it_takes() {
    let verdict = judged(|parameters, measured| {
        (parameters.rate, parameters.wcu) = (None, Some(1_000.0));
        measured.throttled = 1;
    });
    assert_eq!(verdict.stage, SaturatedStage::Table);
    assert!(verdict.change[0].contains("10,000 users take 10s"), "{:?}", verdict.change);
    assert_eq!(verdict.change.len(), 1, "2 slots are the fewest there are");
}

/// Many slots, each waiting long for a table that retries leave not quite exhausted.
#[test]
fn slots_that_wait_for_a_throttled_table_are_the_tables() {
    let verdict = judged(|parameters, measured| {
        (parameters.rate, parameters.concurrency, parameters.wcu) = (None, 8, Some(1_250.0));
        (measured.slots_busy, measured.throttled) = (0.87, 878);
        (measured.duration_ms, measured.write_ms) = (17_000.0, 14_000.0);
    });
    assert_eq!(verdict.stage, SaturatedStage::Table);
    assert!(verdict.why.contains("80 % of its 1,250"), "{}", verdict.why);
    assert!(verdict.change[1].contains("lower --concurrency than 8"), "{:?}", verdict.change);
}

#[test]
fn throttles_in_bursts_are_no_limit() {
    let verdict = judged(|_, measured| measured.throttled = 30);
    assert_eq!(verdict.stage, SaturatedStage::None);
    assert!(verdict.why.contains("30 writes were throttled in bursts"), "{}", verdict.why);
}

#[test]
fn full_slots_are_told_apart_by_what_they_wait_for() {
    let stage = |facts: f64, write: f64| {
        judged(|_, measured| {
            flooded(measured);
            (measured.facts_ms, measured.write_ms) = (facts, write);
        })
    };
    assert_eq!(stage(160.0, 100.0).stage, SaturatedStage::Database);
    assert_eq!(stage(100.0, 160.0).stage, SaturatedStage::Table);
    let function = stage(100.0, 100.0);
    assert_eq!(function.stage, SaturatedStage::Function);
    // 10,000 users in 20 s by 2 slots that were busy 97 % of the time are 258 a second each.
    assert!(function.change[0].contains("--concurrency 4"), "{:?}", function.change);
    let unpaced = judged(|parameters, measured| {
        flooded(measured);
        parameters.rate = None;
    });
    assert!(unpaced.change[0].contains("with 8, the table's 2,000 WCU"), "{:?}", unpaced.change);
}

#[test]
fn messages_that_wait_beside_idle_slots_are_the_queues() {
    let verdict = judged(|_, measured| measured.backlog_max = 500);
    assert_eq!(verdict.stage, SaturatedStage::Queue);
    let verdict = judged(|_, measured| (measured.elapsed_s, measured.sending_s) = (20.0, 20.0));
    assert_eq!(verdict.stage, SaturatedStage::Queue);
    assert!(verdict.why.contains("500 of 1,000 users"), "{}", verdict.why);
}

#[test]
fn a_run_that_was_cut_off_with_messages_left_did_not_keep_up() {
    let verdict = judged(|_, measured| {
        flooded(measured);
        (measured.elapsed_s, measured.backlog_max, measured.left) = (10.0, 0, 20);
    });
    assert_eq!(verdict.stage, SaturatedStage::Function);
}

#[test]
fn handling_that_goes_on_long_after_sending_did_not_keep_up() {
    let busy = |elapsed_s: f64| {
        judged(|_, measured| {
            (measured.elapsed_s, measured.slots_busy, measured.backlog_max) = (elapsed_s, 0.9, 19);
        })
    };
    assert_eq!(busy(10.7).stage, SaturatedStage::None, "two rounds of 300 ms");
    assert_eq!(busy(10.8).stage, SaturatedStage::Function);
}

/// As measured by a CI run: the last message was picked up 50 ms after it was sent, longer than two
/// rounds of 20 ms, and there was no backlog.
#[test]
fn idle_slots_may_take_a_moment_to_pick_up_the_last_message() {
    let idle = |after_s: f64| {
        judged(|_, measured| {
            (measured.elapsed_s, measured.backlog_max) = (10.0 + after_s, 0);
            (measured.duration_ms, measured.slots_busy) = (19.0, 0.008);
        })
    };
    assert_eq!(idle(0.052).stage, SaturatedStage::None);
    assert_eq!(idle(1.0).stage, SaturatedStage::None);
    let late = idle(1.5);
    assert_eq!(late.stage, SaturatedStage::Queue);
    assert!(late.why.contains("continued for 1.5 s after the last was sent"), "{}", late.why);
}

#[test]
fn nothing_handled_is_nothing_known() {
    let verdict = judged(|_, measured| measured.invocations = 0);
    assert_eq!(
        (verdict.stage, verdict.why.contains("nothing could be measured")),
        (SaturatedStage::None, true)
    );
    assert_eq!(
        super::verdict(&LoadParameters::default(), &LoadMeasures::default()).users_per_s,
        0.0
    );
}

#[test]
fn a_machine_that_is_used_up_is_said_unless_the_table_is_the_limit() {
    let busy = |measured: &mut LoadMeasures| measured.machine_busy = Some(0.94);
    let caveat = judged(|_, measured| busy(measured)).caveat.expect("said");
    assert!(caveat.contains("8 CPUs were 94 % busy"), "{caveat}");
    let full = judged(|parameters, measured| {
        busy(measured);
        parameters.wcu = Some(1_000.0);
        measured.throttled = 1;
    });
    assert_eq!((full.stage, full.caveat), (SaturatedStage::Table, None));
}
