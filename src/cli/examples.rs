//! Examples of each command: one source for the help and the man pages.

/// A command line with its purpose, as a comment.
pub type Example = (&'static str, &'static str);

/// Returns the examples of a command, given by its words: `dlq peek`.
#[must_use]
pub fn of(path: &str) -> &'static [Example] {
    match path {
        "" => &[
            ("recoctl sandbox demo", "a tour without an AWS account"),
            ("recoctl config show", "the settings, and where each comes from"),
            ("recoctl dlq classify", "why messages failed, and what to do"),
            ("recoctl metrics --since 3h", "throttles, capacity and queue depth"),
        ],
        "dlq" => &[
            ("recoctl dlq classify", "why messages failed, and what to do"),
            ("recoctl dlq peek --user 42", "the messages that have a list of user 42"),
            ("recoctl dlq redrive --rate 50/s", "send back what can succeed"),
        ],
        "dlq peek" => &[
            ("recoctl dlq peek", "ten messages"),
            ("recoctl dlq peek ec5162f6 --full", "one message with its body"),
            ("recoctl dlq peek --user 42", "those with a list of user 42"),
            ("recoctl dlq peek --where '.users > 100' -n 50", "50 large ones"),
        ],
        "dlq get" => &[
            ("recoctl dlq get ec5162f6", "by a prefix of its id"),
            ("recoctl dlq get ec5162f6 -o json | jq .message.body", "only the body"),
        ],
        "dlq classify" => &[
            ("recoctl dlq classify", "the whole DLQ"),
            ("recoctl dlq classify --newer-than 1h", "the messages of the last hour"),
            ("recoctl dlq classify --logs", "and what ended them"),
            ("recoctl dlq classify --fail-on malformed", "exit 6 if there is any"),
        ],
        "dlq why" => &[
            ("recoctl dlq why ec5162f6", "each attempt at one message"),
            ("recoctl dlq why ec5162f6 --since 2h", "in the log of two hours"),
            ("recoctl dlq why ec5162f6 -o json | jq .messages", "as data"),
        ],
        "dlq rehearse" => &[
            ("recoctl dlq rehearse", "every message of the DLQ"),
            ("recoctl dlq rehearse dlq.jsonl.gz", "the messages of an export"),
            ("recoctl dlq rehearse --lambda-bin bootstrap", "with the new build"),
        ],
        "dlq redrive" => &[
            ("recoctl dlq redrive --dry-run", "show what would be moved"),
            ("recoctl dlq redrive --rate 50/s --canary 1,10,100", "a few first"),
            ("recoctl dlq redrive --salvage --rejects bad.jsonl", "good entries only"),
            ("recoctl dlq redrive --user 42", "the messages of one user"),
        ],
        "dlq export" => &[
            ("recoctl dlq export dlq.jsonl.gz", "every message"),
            ("recoctl dlq export bad.jsonl --class malformed", "for the producer"),
            ("recoctl dlq export old.jsonl --older-than 2d --and-delete", "old ones"),
        ],
        "dlq import" => &[
            ("recoctl dlq import bad.jsonl --dry-run", "show what would be sent"),
            ("recoctl dlq import bad.jsonl --to recs --rate 50/s", "to the source queue"),
        ],
        "dlq purge" => &[
            ("recoctl dlq purge --class malformed --dry-run", "only a plan"),
            ("recoctl dlq purge --class malformed --backup bad.jsonl", "then delete it"),
            ("recoctl dlq purge ec5162f6 --backup one.jsonl", "a single message"),
        ],
        "dlq tasks" => &[
            ("recoctl dlq tasks list", "recent move tasks and their progress"),
            ("recoctl dlq tasks cancel", "stop the running one"),
        ],
        "dlq tasks list" => &[
            ("recoctl dlq tasks list", "recent ones, newest first"),
            ("recoctl dlq tasks list -o json | jq '.tasks[0]'", "only the newest"),
        ],
        "dlq tasks cancel" => &[
            ("recoctl dlq tasks cancel", "of the configured DLQ"),
            ("recoctl dlq tasks cancel --dlq recs-dlq", "of another DLQ"),
        ],
        "dlq journal" => &[
            ("recoctl dlq journal list", "runs on this machine, newest first"),
            ("recoctl dlq journal resume 0123abcd", "finish an interrupted run"),
        ],
        "dlq journal list" => &[
            ("recoctl dlq journal list", "runs on this machine"),
            ("recoctl dlq journal list -o json | jq '.journals[0]'", "the newest"),
        ],
        "dlq journal show" => &[
            ("recoctl dlq journal show 0123abcd", "by a prefix of the run's id"),
            ("recoctl dlq journal show journal.jsonl", "by its path"),
        ],
        "dlq journal outcome" => &[
            ("recoctl dlq journal outcome 0123abcd", "look once"),
            ("recoctl dlq journal outcome 0123abcd --wait 10m", "until all is settled"),
        ],
        "dlq journal resume" => &[
            ("recoctl dlq journal resume 0123abcd", "by a prefix of the run's id"),
            ("recoctl dlq journal resume journal.jsonl", "by its path"),
        ],
        "dlq journal restore" => &[
            ("recoctl dlq journal restore 0123abcd", "to the DLQ they came from"),
            ("recoctl dlq journal restore 0123abcd --to replay", "to another queue"),
        ],
        "backfill" => &[
            ("recoctl backfill recs.jsonl.gz --dry-run", "sizes, WCU and time"),
            ("recoctl backfill recs.jsonl.gz --wcu 50% --verify", "write and check"),
            ("recoctl backfill recs.jsonl.gz --resume", "go on after Ctrl-C"),
        ],
        "verify" => &[
            ("recoctl verify recs.jsonl.gz", "a sample of 1,000 users"),
            ("recoctl verify recs.jsonl.gz --users all --rcu 500", "every user"),
        ],
        "user" => &[
            ("recoctl user 4711", "the list, and its fate"),
            ("recoctl user 4711 --in recs.jsonl.gz --in-dlq", "also there"),
            ("recoctl user 4711 -o json | jq .standing", "in one word"),
        ],
        "metrics" => &[
            ("recoctl metrics", "the last hour"),
            ("recoctl metrics --since 2d --period 1h", "two days, hour by hour"),
        ],
        "facts" => &[
            ("recoctl facts check", "can the filter use this database?"),
            ("recoctl facts snapshot --out facts.sqlite", "copy it to a file"),
        ],
        "facts check" => &[
            ("recoctl facts check", "the configured database"),
            ("recoctl facts check --facts sqlite:facts.sqlite", "a file"),
        ],
        "facts snapshot" => &[
            ("recoctl facts snapshot --out facts.sqlite", "copy it to a file"),
            ("recoctl facts snapshot --out lab.sqlite --env lab", "of another environment"),
        ],
        "config" => &[
            ("recoctl config show", "the settings, and where each comes from"),
            ("recoctl config trust recoctl.toml", "accept a file of this directory"),
        ],
        "config show" => &[
            ("recoctl config show", "the settings, and where each comes from"),
            ("recoctl config show --env staging", "those of another environment"),
        ],
        "config trust" => &[
            ("recoctl config trust recoctl.toml", "the file in this directory"),
            ("recoctl config trust ops/recoctl.toml", "another file"),
        ],
        "sandbox" => &[
            ("recoctl sandbox demo", "a tour without an AWS account"),
            ("recoctl sandbox start", "keep one running for other terminals"),
        ],
        "sandbox start" => &[
            ("recoctl sandbox start", "a seeded pipeline on a free port"),
            ("recoctl sandbox start --wcu 20", "a table that throttles"),
            ("recoctl sandbox start --empty --port 4566", "no queues, no table"),
        ],
        "sandbox demo" => &[
            ("recoctl sandbox demo", "show and run the main commands"),
            ("recoctl sandbox demo --no-color", "without color"),
        ],
        "sandbox load" => &[
            ("recoctl sandbox load", "find out what saturates first"),
            ("recoctl sandbox load -o json | jq .verdict", "its verdict"),
        ],
        "completions" => &[
            ("recoctl completions bash > recoctl.bash", "to be sourced in ~/.bashrc"),
            ("recoctl completions zsh > ~/.zfunc/_recoctl", "a directory of $fpath"),
        ],
        "man" => &[
            ("recoctl man dlq redrive", "opens the pager on a terminal"),
            ("recoctl man --out-dir man", "write all pages to a directory"),
        ],
        _ => &[],
    }
}
