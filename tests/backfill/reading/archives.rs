//! Archives: bytes that compressors and file systems leave around the text.

use std::process::Command;

use super::{create, expected, harness, items};
use crate::support::{Harness, Ran, gzip, zstd};

const LINES: &str = "[1,[10]]\n[2,[20]]\n";

/// Returns a skippable frame as pzstd writes it: the size of the next frame.
fn skippable(magic: u8, frame: &[u8]) -> Vec<u8> {
    let size = u32::try_from(frame.len()).expect("small").to_le_bytes();
    [&[magic, 0x2a, 0x4d, 0x18, 4, 0, 0, 0][..], &size].concat()
}

fn written(harness: &Harness, name: &str, bytes: &[u8]) {
    harness.write(name, bytes);
    let report = harness.json(0, ["backfill", name]);
    assert_eq!(report["entries"]["written"], 2, "{name}");
    assert_eq!(items(harness, "recs"), expected(&[("1", "[10]"), ("2", "[20]")]));
    // Also from a pipe.
    let args = ["backfill", "-", "--output", "json"];
    Ran::of(harness.recoctl(args).write_stdin(bytes)).ended(0);
}

#[test]
fn zstd_with_skippable_frames_and_archives_with_zeros_behind_them_are_read() {
    let harness = harness();
    let frame = zstd(LINES);
    for magic in [0x50, 0x57, 0x5f] {
        let file = [skippable(magic, &frame), frame.clone()].concat();
        written(&harness, "pzstd.zst", &file);
    }
    let (one, two) = (zstd("[1,[10]]\n"), zstd("[2,[20]]\n"));
    let several = [skippable(0x50, &one), one, skippable(0x50, &two), two].concat();
    written(&harness, "several.zst", &several);
    let zeros = vec![0; 100_000];
    written(&harness, "padded.gz", &[gzip(LINES), zeros.clone()].concat());
    written(&harness, "padded.zst", &[frame, zeros.clone()].concat());
    let members = [gzip("[1,[10]]\n"), zeros[..511].to_vec(), gzip("[2,[20]]\n"), zeros].concat();
    written(&harness, "members.gz", &members);
}

#[test]
fn an_archive_that_is_followed_by_something_else_is_no_whole_input() {
    let harness = harness();
    harness.write("in.gz", [gzip(LINES), b"something else".to_vec()].concat());
    let report = harness.json(4, ["backfill", "in.gz"]);
    assert_eq!(report["entries"]["written"], 2);
    assert!(report["inputs"][0]["failure"]["reason"].is_string(), "{report}");
}

#[test]
fn tar_archives_are_refused_by_name_compressed_or_not() {
    let harness = harness();
    harness.write("recs.jsonl", LINES);
    let home = harness.home.path();
    for (flags, name) in [("-cf", "recs.tar"), ("-czf", "recs.tar.gz")] {
        for format in ["--format=gnu", "--format=ustar", "--format=v7"] {
            let mut tar = Command::new("tar");
            tar.current_dir(home).args([format, flags, name, "recs.jsonl"]);
            assert!(tar.status().expect("tar runs").success());
            harness
                .run(["backfill", name])
                .ended(8)
                .says(format!("{name} looks like a tar archive"))
                .says(format!("tar -xOf {name} NAME > FILE"));
        }
    }
    // The command to run fits whatever reads the file.
    for args in [
        vec!["dlq", "import", "recs.tar", "--to", "q"],
        vec!["dlq", "peek", "--dlq", "d", "--id", "@recs.tar"],
        vec!["dlq", "redrive", "--dlq", "d", "--plan", "recs.tar"],
        vec!["verify", "recs.tar"],
    ] {
        let ran = harness.run(&args).says("tar -xOf recs.tar NAME > FILE");
        assert!(!ran.stderr.contains("recoctl backfill"), "{ran:#?}");
    }
    let tar = std::fs::read(home.join("recs.tar")).expect("read");
    Ran::of(harness.recoctl(["backfill", "-"]).write_stdin(tar)).ended(8).says("a tar archive");
    assert_eq!(items(&harness, "recs").len(), 0);
    harness.write("twice.gz", gzip(gzip(LINES)));
    harness.run(["backfill", "twice.gz"]).ended(8).says("gzip within");
}

#[cfg(unix)]
#[test]
fn a_file_whose_name_is_no_utf_8_is_read_and_gone_on_with() {
    use std::os::unix::ffi::OsStrExt;
    let harness = harness();
    create(&harness, "other");
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9.jsonl");
    std::fs::write(harness.home.path().join(name), LINES).expect("written");
    for args in [&["backfill"][..], &["backfill", "--resume"], &["verify"]] {
        let ran = Ran::of(harness.recoctl(args).arg(name)).ended_in([0, 5]);
        assert!(!ran.stderr.contains("cannot be resumed"), "{ran:#?}");
    }
    assert_eq!(items(&harness, "recs"), expected(&[("1", "[10]"), ("2", "[20]")]));
}

#[test]
fn files_of_the_other_commands_open_in_the_same_way() {
    let harness = Harness::sandbox(reco_sandbox::SandboxOptions {
        worker: None,
        ..reco_sandbox::SandboxOptions::default()
    });
    let report = harness.json(0, ["dlq", "export", "out.jsonl"]);
    assert!(report["messages"].as_array().is_some_and(|messages| messages.len() > 3), "{report}");
    let export = std::fs::read(harness.home.path().join("out.jsonl")).expect("read");
    let bom = |bytes: &[u8]| [b"\xef\xbb\xbf", bytes].concat();
    harness.write("bom.jsonl", bom(&export));
    let plain = harness.json(0, ["dlq", "import", "out.jsonl", "--dry-run"]);
    let with_bom = harness.json(0, ["dlq", "import", "bom.jsonl", "--dry-run"]);
    assert_eq!(plain["counts"], with_bom["counts"]);

    let id = report["messages"][0]["message_id"].as_str().expect("an id").to_owned();
    let packed = gzip(format!("\u{feff}{id}\r\n"));
    for (name, bytes) in [("ids", bom(id.as_bytes())), ("ids.gz", packed)] {
        harness.write(name, bytes);
        let at = format!("@{name}");
        let found = harness.json(0, ["dlq", "peek", "--id", at.as_str()]);
        assert_eq!(found["messages"].as_array().map(Vec::len), Some(1), "{name}: {found}");
    }
    harness.write("ids.utf16", b"\xff\xfea\0b\0");
    harness.run(["dlq", "peek", "--id", "@ids.utf16"]).ended(8).says("UTF-16");

    let plan = harness.json(0, ["dlq", "redrive", "--dry-run"]);
    harness.write("plan.json", bom(plan.to_string().as_bytes()));
    let again = harness.json(0, ["dlq", "redrive", "--dry-run", "--plan", "plan.json"]);
    assert_eq!(again["kind"], "dlq.redrive");
}
