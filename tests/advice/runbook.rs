//! Every command line in a block of the runbook runs, each section on a sandbox of its own.
//!
//! A block that cannot be run has a line `<!-- not run: REASON -->` before it.

use reco_core::classify::Class;
use reco_sandbox::SandboxOptions;
use reco_sandbox::seed::{Mix, SeedOptions};
use reco_sandbox::sqs::Planted;
use serde_json::json;

use super::{paste, settle};
use crate::support::queues::plant;
use crate::support::{self, Harness};

/// Mark of a block that is not run.
const NOT_RUN: &str = "<!-- not run: ";

/// Block of shell lines with the section that it is in.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Block {
    section: String,
    lines: Vec<String>,
    /// Why it is not run.
    not_run: Option<String>,
}

/// Returns the blocks of a page. Every fence must be one of `sh`.
fn blocks(page: &str) -> Vec<Block> {
    let (mut blocks, mut open, mut before) = (Vec::new(), None::<Block>, "");
    let mut section = String::new();
    for line in page.lines() {
        match (&mut open, line.trim_start()) {
            (Some(_), "```") => blocks.extend(open.take()),
            (Some(block), _) => block.lines.push(line.to_owned()),
            (None, fence) if fence.starts_with("```") => {
                assert_eq!(fence, "```sh", "a block is run, so it says that it is of the shell");
                let not_run = before.strip_prefix(NOT_RUN).map(str::to_owned);
                let section = section.clone();
                open = Some(Block { section, lines: Vec::new(), not_run });
            }
            (None, text) => {
                if let Some(title) = text.strip_prefix("## ") {
                    title.clone_into(&mut section);
                }
                if !text.is_empty() {
                    before = line;
                }
            }
        }
    }
    assert_eq!(open, None, "a block is not closed");
    blocks
}

fn runbook() -> Vec<Block> {
    let page = support::repository().join("docs/runbook.md");
    blocks(&std::fs::read_to_string(page).expect("the runbook is readable"))
}

/// A pipeline after an incident, with the files that the runbook names.
fn pipeline() -> Harness {
    let mix = Mix::default().with(Class::Retryable, 10);
    let seed = SeedOptions { mix, ..SeedOptions::default() };
    let harness =
        Harness::sandbox(SandboxOptions { seed: Some(seed), ..SandboxOptions::default() });
    // Users and articles of the examples.
    let lists = |shift: usize, at: Option<&str>| {
        let line = |user: usize| match at {
            None => json!([user, articles(user, shift)]),
            Some(at) => json!({
                "user_id": user, "recommended_note_ids": articles(user, shift), "generated_at": at,
            }),
        };
        (1..=20).map(|user| line(user).to_string()).collect::<Vec<_>>().join("\n")
    };
    let good = lists(0, None);
    harness.write("bad.jsonl", lists(1, Some("2026-11-28T02:20:00Z")));
    for name in ["good.jsonl", "recs.jsonl"] {
        harness.write(name, &good);
        paste(&harness, &format!("gzip --keep {name}")).ended(0);
    }
    harness
}

fn articles(user: usize, shift: usize) -> Vec<usize> {
    (0..8).map(|rank| 1_000 + (user * 7 + rank * 3 + shift) % 150).collect()
}

/// Puts messages into the DLQ that can be written, others for each block.
fn fail_again(harness: &Harness, block: usize) {
    for user in 1..=5 {
        let body = json!({ "data": [[user, articles(user, block * 10 + 20)]] }).to_string();
        let source = Some(harness.the_sandbox().sqs().queue_arn("recs"));
        let planted = Planted { body, dead_letter_source_arn: source, ..Planted::default() };
        plant(harness, "recs-dlq", planted);
    }
}

/// Returns a line with this sandbox's names in the place of the page's.
fn here(harness: &Harness, line: &str) -> String {
    let seeded = &harness.the_sandbox().seed().expect("a seed").messages;
    // One that no redrive moves.
    let one = seeded.iter().find(|message| message.class == Class::Stale).expect("a message");
    let run = || {
        let listed = harness.json(0, ["dlq", "journal", "list"]);
        listed["journals"][0]["run_id"].as_str().expect("a run").to_owned()
    };
    let mut line = line.replace("ec5162f6", &one.id[..8]);
    line = line.replace("user 42", "user 100001");
    line = line.replace(" PRICE", " 1.25").replace("BUCKET/PREFIX", "bucket/prefix");
    if line.contains(" RUN") {
        line = line.replace(" RUN", &format!(" {}", run()));
    }
    // Somebody has to confirm it.
    if line.contains("dlq import ") { format!("{line} --yes") } else { line }
}

/// What has to have happened before a block of a section.
fn before(section: &str, block: usize) -> &'static [&'static str] {
    match section {
        "A bad batch" if block == 0 => &["recoctl backfill bad.jsonl"],
        _ => &[],
    }
}

/// Exit codes of a line that works; 5 where an earlier line of the block has left nothing.
fn codes(line: &str) -> &'static [i32] {
    const EXPECTED: [(&str, &[i32]); 8] = [
        // A short poll may miss a message, and then it says that not all were seen.
        ("dlq peek --user", &[0, 4]),
        // The line before it has moved what there is.
        ("redrive --unwrap --class retryable", &[0, 5]),
        // These bodies are broken in other ways.
        ("--transform", &[4]),
        // The run has ended.
        ("journal resume", &[5]),
        // A message of the DLQ is in the file, too.
        ("user 100001", &[0]),
        // The wrong lists are still there.
        ("verify bad.jsonl --same", &[0, 6]),
        // Those of the right file were put in their place before.
        ("--replace-written-between", &[0, 5]),
        ("--shard 2/8", &[0, 5]),
    ];
    EXPECTED.iter().find(|(part, _)| line.contains(part)).map_or(&[0], |(_, codes)| codes)
}

/// Runs the blocks of a section, one after the other.
fn run(blocks: &[Block]) {
    let harness = pipeline();
    for (at, block) in blocks.iter().enumerate().filter(|(_, block)| block.not_run.is_none()) {
        if block.lines.iter().any(|line| line.contains(" redrive ")) {
            fail_again(&harness, at);
        }
        for line in before(&block.section, at) {
            paste(&harness, line).ended(0);
        }
        for line in &block.lines {
            let line = here(&harness, line);
            let ran = paste(&harness, &line);
            let fine = ran.code.is_some_and(|code| codes(&line).contains(&code));
            assert!(fine, "{line}: {ran:#?}");
            settle(&harness);
        }
    }
}

/// Runs every other section, so that two threads share them.
fn run_half(half: usize) {
    let blocks = runbook();
    let sections = blocks.chunk_by(|one, next| one.section == next.section);
    for (_, blocks) in sections.enumerate().filter(|(at, _)| at % 2 == half) {
        run(blocks);
    }
}

#[test]
fn the_first_half_of_the_runbooks_blocks_runs() {
    run_half(0);
}

#[test]
fn the_second_half_of_the_runbooks_blocks_runs() {
    run_half(1);
}

#[test]
fn the_runbook_uses_what_an_incident_needs_and_says_why_a_block_is_not_run() {
    let blocks = runbook();
    let lines: Vec<&str> =
        blocks.iter().flat_map(|block| &block.lines).map(String::as_str).collect();
    for used in [
        "dlq classify --logs",
        "dlq why ",
        "--canary ",
        "--wait",
        "dlq journal outcome ",
        "dlq rehearse",
        "user 42 --in ",
        "--reason ",
    ] {
        assert!(lines.iter().any(|line| line.contains(used)), "{used}");
    }
    for block in &blocks {
        assert!(block.lines.iter().all(|line| line.starts_with("recoctl ")), "{block:?}");
        if let Some(reason) = &block.not_run {
            assert!(reason.len() > " -->".len() + 10, "{block:?}");
        }
    }
}

#[test]
fn blocks_are_found_with_their_sections_and_marks() {
    let page =
        "## One\n\n```sh\na\nb\n```\ntext\n\n<!-- not run: it takes days -->\n```sh\nc\n```\n";
    let found = blocks(page);
    assert_eq!((found[0].section.as_str(), found[0].lines.len()), ("One", 2));
    assert_eq!(found[0].not_run, None);
    assert_eq!(found[1].not_run.as_deref(), Some("it takes days -->"));
}
