//! The tables of `docs/scaling.md`: the cost of a load by number of users and method, computed from
//! measured constants. A test compares the document with them.

use std::fmt::Write as _;

/// Constants measured on one machine; see `docs/scaling.md`.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Measured {
    /// Bytes per input line.
    line_bytes: f64,
    /// Write capacity units per item.
    item_wcu: f64,
    /// CPU seconds for a million items written to the table directly.
    direct_cpu_s: f64,
    /// CPU seconds for a million lines of other shards, an upper bound: they are only decoded.
    other_shard_cpu_s: f64,
    /// Bytes per list in a queue message.
    queue_bytes: f64,
    /// Bytes per item line in emitted files.
    emit_bytes: f64,
    /// The same after gzip.
    emit_stored_bytes: f64,
    /// CPU seconds for a million items, with facts from a snapshot.
    snapshot_cpu_s: f64,
    /// CPU seconds of the database for a million lists, if it is asked by the run itself.
    database_cpu_s: f64,
    /// Bytes of a snapshot per user.
    snapshot_bytes: f64,
}

/// The figures in `docs/scaling.md`.
const MEASURED: Measured = Measured {
    line_bytes: 913.0,
    item_wcu: 1.0,
    direct_cpu_s: 15.0,
    other_shard_cpu_s: 4.6,
    queue_bytes: 912.0,
    emit_bytes: 1769.0,
    emit_stored_bytes: 506.0,
    snapshot_cpu_s: 25.0,
    database_cpu_s: 36.0,
    snapshot_bytes: 520.0,
};

/// A table's default quota of write units per second, on demand and provisioned alike.
/// AWS: "Service, account, and table quotas in Amazon DynamoDB", Read/write throughput.
const DEFAULT_TABLE_WCU: f64 = 40_000.0;

/// Lists per queue message, the default of `--users-per-message`.
const LISTS_A_MESSAGE: f64 = 50.0;

/// SQS counts every 64 KiB of a call as a request (AWS: Amazon SQS pricing).
const SQS_CHUNK: f64 = 65_536.0;

const GB: f64 = 1e9;

/// Size of a load, from which the costs follow.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Load {
    users: f64,
    measured: Measured,
}

impl Load {
    /// Returns the write capacity units, for every method except ImportTable.
    fn wcu(&self) -> f64 {
        self.users * self.measured.item_wcu
    }

    /// Returns the seconds that the table needs at `wcu_per_s` units per second.
    fn table_s(&self, wcu_per_s: f64) -> f64 {
        self.wcu() / wcu_per_s
    }

    /// Returns the CPU seconds on each of `machines`, which writes its own part and only decodes
    /// the lines of the others.
    fn direct_cpu_s(&self, machines: f64) -> f64 {
        let own = self.users / machines;
        self.millions(own, self.measured.direct_cpu_s)
            + self.millions(self.users - own, self.measured.other_shard_cpu_s)
    }

    /// Returns the number of machines that keep up with a table of `wcu_per_s` units per second;
    /// `None` if each of them needs longer to read the whole input than the table needs to write
    /// it.
    fn machines(&self, wcu_per_s: f64, cores: f64) -> Option<f64> {
        let room = self.table_s(wcu_per_s) * cores;
        let read = self.millions(self.users, self.measured.other_shard_cpu_s);
        let write =
            self.millions(self.users, self.measured.direct_cpu_s - self.measured.other_shard_cpu_s);
        (room > read).then(|| (write / (room - read)).ceil().max(1.0))
    }

    /// Returns the same load with facts from a snapshot. A line of another shard is only decoded, and
    /// no facts are asked for it.
    fn with_snapshot(&self) -> Load {
        let direct_cpu_s = self.measured.snapshot_cpu_s;
        Load { measured: Measured { direct_cpu_s, ..self.measured }, ..*self }
    }

    /// Returns the GB of a snapshot.
    fn snapshot_gb(&self) -> f64 {
        self.users * self.measured.snapshot_bytes / GB
    }

    /// Returns the number of queue messages.
    fn messages(&self) -> f64 {
        (self.users / LISTS_A_MESSAGE).ceil()
    }

    /// Returns the number of SQS requests for sends, receives and deletes of ten messages, billed
    /// by 64 KiB.
    fn sqs_requests(&self) -> f64 {
        let body = LISTS_A_MESSAGE * self.measured.queue_bytes;
        let calls = self.messages() / 10.0;
        let moved = (10.0 * body / SQS_CHUNK).ceil();
        // Send and receive carry the bodies; delete does not.
        calls * (2.0 * moved + 1.0)
    }

    /// Returns the GB of emitted lines, which ImportTable bills and the spill needs on disk.
    fn emit_gb(&self) -> f64 {
        self.users * self.measured.emit_bytes / GB
    }

    /// Returns the GB of files to upload.
    fn emit_stored_gb(&self) -> f64 {
        self.users * self.measured.emit_stored_bytes / GB
    }

    fn millions(&self, users: f64, cpu_s: f64) -> f64 {
        users / 1e6 * cpu_s
    }
}

/// Returns the tables of the document as Markdown.
fn tables(measured: Measured) -> String {
    let loads = [1e6, 1e7, 1e8, 1e9].map(|users| (users, Load { users, measured }));
    let mut text = String::new();
    let mut table = |head: &[&str], row: &dyn Fn(&Load) -> Vec<String>| {
        let _ = writeln!(text, "| users | {} |", head.join(" | "));
        let _ = writeln!(text, "|---:|{}", "---:|".repeat(head.len()));
        for (users, load) in &loads {
            let _ = writeln!(text, "| {} | {} |", amount(*users), row(load).join(" | "));
        }
        text.push('\n');
    };
    let quotas = [DEFAULT_TABLE_WCU, 10.0 * DEFAULT_TABLE_WCU];
    table(
        &[
            "input",
            "WCU",
            "at 40,000 WCU/s",
            "at 400,000 WCU/s",
            "CPU, one machine",
            "machines of 2 cores for 40,000",
            "machines of 8 cores for 400,000",
        ],
        &|load| {
            let usual = load.machines(quotas[0], 2.0);
            let raised = load.machines(quotas[1], 8.0);
            let machines = |n: Option<f64>| n.map_or_else(|| "none".to_owned(), |n| format!("{n}"));
            vec![
                gigabytes(load.users * load.measured.line_bytes / GB),
                amount(load.wcu()),
                time(load.table_s(quotas[0])),
                time(load.table_s(quotas[1])),
                time(load.direct_cpu_s(1.0)),
                machines(usual),
                machines(raised),
            ]
        },
    );
    table(
        &[
            "snapshot",
            "CPU, one machine",
            "machines of 2 cores for 40,000",
            "machines of 8 cores for 400,000",
            "without a snapshot: CPU of the database",
        ],
        &|load| {
            let with = load.with_snapshot();
            let machines = |wcu, cores| match with.machines(wcu, cores) {
                Some(machines) => format!("{machines}"),
                None => "none".to_owned(),
            };
            let millions = |cpu_s| time(load.millions(load.users, cpu_s));
            vec![
                gigabytes(load.snapshot_gb()),
                time(with.direct_cpu_s(1.0)),
                machines(quotas[0], 2.0),
                machines(quotas[1], 8.0),
                millions(load.measured.database_cpu_s),
            ]
        },
    );
    table(&["messages", "SQS requests"], &|load| {
        vec![amount(load.messages()), amount(load.sqs_requests())]
    });
    table(&["lines, and disk for the spill", "to upload (gzip)"], &|load| {
        vec![gigabytes(load.emit_gb()), gigabytes(load.emit_stored_gb())]
    });
    text
}

/// Formats a number like `1M` or `1.2B`, with at most three digits.
fn amount(number: f64) -> String {
    let (number, unit) = match number {
        n if n >= 1e9 => (n / 1e9, "B"),
        n if n >= 1e6 => (n / 1e6, "M"),
        n if n >= 1e3 => (n / 1e3, "K"),
        n => (n, ""),
    };
    format!("{}{unit}", rounded(number))
}

fn gigabytes(number: f64) -> String {
    if number >= 1000.0 {
        format!("{} TB", rounded(number / 1000.0))
    } else {
        format!("{} GB", rounded(number))
    }
}

fn time(seconds: f64) -> String {
    match seconds {
        s if s >= 48.0 * 3600.0 => format!("{} d", rounded(s / 86_400.0)),
        s if s >= 2.0 * 3600.0 => format!("{} h", rounded(s / 3600.0)),
        s if s >= 120.0 => format!("{} min", rounded(s / 60.0)),
        s => format!("{} s", rounded(s)),
    }
}

fn rounded(number: f64) -> String {
    if number >= 20.0 || number.fract() == 0.0 {
        format!("{number:.0}")
    } else {
        format!("{number:.1}")
    }
}

const ROUND: Measured = Measured {
    line_bytes: 1000.0,
    direct_cpu_s: 50.0,
    other_shard_cpu_s: 5.0,
    queue_bytes: 1000.0,
    emit_bytes: 2000.0,
    snapshot_cpu_s: 100.0,
    database_cpu_s: 40.0,
    snapshot_bytes: 500.0,
    ..MEASURED
};

const MILLION: Load = Load { users: 1e6, measured: ROUND };

#[test]
fn machines_share_the_writing_and_each_reads_everything() {
    let load = MILLION;
    assert_eq!(load.direct_cpu_s(1.0), 50.0);
    assert_eq!(load.direct_cpu_s(2.0), 25.0 + 2.5);
    // The table needs 25 s; one machine of 2 cores needs 25 s.
    assert_eq!(load.machines(40_000.0, 2.0), Some(1.0));
    // The table needs 10 s: 20 s of CPU on each machine, of which 5 go to reading; 45 s of writing
    // remain.
    assert_eq!(load.machines(100_000.0, 2.0), Some(3.0));
    assert_eq!(load.machines(400_000.0, 2.0), None, "2.5 s of the table, 5 CPU to read");
}

#[test]
fn a_snapshot_costs_the_machines_that_write_and_not_those_that_read() {
    let load = MILLION.with_snapshot();
    assert_eq!(load.direct_cpu_s(1.0), 100.0);
    assert_eq!(load.direct_cpu_s(2.0), 50.0 + 2.5);
    // The table needs 25 s: 50 s of CPU on each machine, of which 5 go to reading; 95 s of writing
    // remain.
    assert_eq!(load.machines(40_000.0, 2.0), Some(3.0));
    assert_eq!(load.snapshot_gb(), 0.5);
}

#[test]
fn requests_are_counted_by_their_size() {
    let load = MILLION;
    assert_eq!(load.messages(), 20_000.0);
    // Ten messages of 50 KB are 8 chunks each for send and receive, and a delete.
    assert_eq!(load.sqs_requests(), 2000.0 * 17.0);
    assert_eq!(load.emit_gb(), 2.0);
}

#[test]
fn the_document_holds_these_tables() {
    let document = include_str!("../../../docs/scaling.md");
    let (begin, end) = ("<!-- begin tables -->\n\n", "<!-- end tables -->");
    let held = document.split_once(begin).and_then(|(_, rest)| rest.split_once(end));
    let (held, _) = held.expect("the document marks its tables");
    let expected = tables(MEASURED);
    assert!(held == expected, "docs/scaling.md has drifted; its tables are to be:\n\n{expected}");
}
