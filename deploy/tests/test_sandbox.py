"""Every command of recoctl under the operator policies of the template, in recoctl's own sandbox, which
holds access keys to policy documents."""

import json
import os
import re
import subprocess
import tempfile
import unittest

from sandboxed import operators
from where import REPOSITORY

DONE = 0
NOTHING = 5  # nothing to do
CODES = (DONE, 4, NOTHING, 6, 9)  # whatever is no error of the service

# What changes nothing, and so needs the read policy alone.
LOOKING = [
    ["dlq", "peek"],
    ["dlq", "get", "0123abcd"],
    ["dlq", "classify", "--all"],
    ["dlq", "rehearse"],
    ["dlq", "redrive", "--dry-run"],
    ["dlq", "redrive", "--class", "all", "--dry-run"],
    ["dlq", "purge", "--class", "malformed", "--dry-run"],
    ["dlq", "export", "looked.jsonl"],
    ["dlq", "import", "looked.jsonl", "--dry-run"],
    ["dlq", "journal", "list"],
    ["backfill", "recs.jsonl", "--dry-run"],
    ["backfill", "recs.jsonl", "--dry-run", "--ttl", "3d", "--ttl-anyway"],
    ["backfill", "recs.jsonl", "--emit", "dynamodb-json", "emitted"],
    ["verify", "recs.jsonl"],
    ["user", "1"],
    ["user", "1", "--in", "recs.jsonl", "--in-dlq"],
    ["metrics"],
    ["facts", "check"],
    ["facts", "snapshot", "--out", "facts.copy"],
    ["config", "show"],
    ["dlq", "classify", "--logs"],
    ["dlq", "why", "0123abcd"],
]
# What changes something. RUN stands for the newest journal.
ACTING = [
    ["dlq", "export", "kept.jsonl", "--class", "foreign", "--and-delete", "--yes"],
    ["dlq", "import", "kept.jsonl", "--to", "recs-dlq", "--yes"],
    ["dlq", "purge", "--class", "malformed", "--backup", "backup.jsonl", "--yes"],
    ["dlq", "redrive", "--rate", "200", "--reason", "INC-4711"],
    ["dlq", "journal", "show", "RUN"],
    ["dlq", "journal", "outcome", "RUN"],
    ["dlq", "journal", "resume", "RUN"],
    ["dlq", "journal", "restore", "RUN", "--yes"],
    ["dlq", "redrive", "--class", "all", "--engine", "native", "--yes"],
    ["dlq", "tasks", "list"],
    ["dlq", "tasks", "cancel"],
    ["backfill", "recs.jsonl"],
    ["backfill", "recs.jsonl", "--if-newer", "--generated-at", "2026-01-01T00:00:00Z"],
    ["backfill", "recs.jsonl", "--via", "queue"],
]
# Local ones: they ask AWS nothing.
LOCAL = {"completions", "man", "help", "sandbox", "config trust"}


class Running(unittest.TestCase):
    """A sandbox that holds the keys of operators to their policies."""

    EXTRA = []

    def setUp(self):
        self.home = self.enterContext(tempfile.TemporaryDirectory())
        keys = {
            "reader": ("OperatorReadPolicy",),
            "writer": ("OperatorReadPolicy", "OperatorWritePolicy"),
            "purger": ("OperatorReadPolicy", "OperatorPurgePolicy"),
        }
        arguments = []
        for key, names in keys.items():
            path = os.path.join(self.home, f"{key}.json")
            with open(path, "w", encoding="utf-8") as file:
                file.write(operators(*names))
            arguments += ["--iam-policy", f"{key}={path}"]
        self.process = subprocess.Popen(
            [os.environ["RECOCTL"], "sandbox", "start", "--output", "json", *arguments, *self.EXTRA],
            env={"PATH": os.environ["PATH"], "HOME": self.home},
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.addCleanup(self.stop)
        told = ""
        while True:
            line = self.process.stdout.readline()
            self.assertTrue(line, f"the sandbox does not start: {told}")
            told += line
            try:
                started = json.loads(told)
                break
            except json.JSONDecodeError:
                continue
        self.environment = {
            each["name"]: each["value"] for each in started["variables"]
        }
        recs = (REPOSITORY / "examples/recs.jsonl").read_text(encoding="utf-8")
        with open(os.path.join(self.home, "recs.jsonl"), "w", encoding="utf-8") as file:
            file.write(recs)

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()

    def run_as(self, key, arguments):
        if "RUN" in arguments:
            listed = self.run_as(key, ["dlq", "journal", "list", "--output", "json"])
            run = re.search(r'"run(?:_id)?": *"([^"]+)"', listed.stdout)
            self.assertTrue(run, listed.stdout)
            arguments = [run[1] if each == "RUN" else each for each in arguments]
        environment = self.environment | {
            "PATH": os.environ["PATH"],
            "HOME": self.home,
            "XDG_STATE_HOME": self.home,
            "XDG_CONFIG_HOME": self.home,
            "NO_COLOR": "1",
            "AWS_ACCESS_KEY_ID": key,
        }
        return subprocess.run(
            [os.environ["RECOCTL"], *arguments],
            env=environment,
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=180,
        )

    def allowed(self, key, arguments):
        done = self.run_as(key, arguments)
        told = done.stdout + done.stderr
        self.assertIn(done.returncode, CODES, f"{arguments}: {told}")
        self.assertNotRegex(told, "AccessDenied|not authorized", arguments)

    def refused(self, key, action, arguments):
        done = self.run_as(key, arguments)
        told = done.stdout + done.stderr
        self.assertNotEqual(done.returncode, 0, f"{arguments}: {told}")
        self.assertIn(action, told, arguments)


class Policies(Running):
    def test_every_command_is_tried(self):
        tried = {" ".join(words(arguments)) for arguments in LOOKING + ACTING}
        self.assertEqual(commands([]) - {name for name in commands([]) if local(name)}, tried)

    def test_who_may_look_can_run_whatever_changes_nothing(self):
        for arguments in LOOKING:
            with self.subTest(" ".join(arguments)):
                self.allowed("reader", arguments)

    def test_who_may_act_can_run_everything(self):
        for arguments in LOOKING[:7] + ACTING:
            with self.subTest(" ".join(arguments)):
                self.allowed("writer", arguments)

    def test_who_may_look_is_refused_what_changes_something(self):
        for action, arguments in [
            ("sqs:SendMessage", ["dlq", "redrive", "--rate", "200"]),
            ("sqs:ListMessageMoveTasks", ["dlq", "redrive", "--class", "all", "--engine", "native", "--yes"]),
            ("sqs:DeleteMessage", ["dlq", "purge", "--class", "malformed", "--backup", "b.jsonl", "--yes"]),
            ("sqs:ListMessageMoveTasks", ["dlq", "tasks", "list"]),
            ("dynamodb:BatchWriteItem", ["backfill", "recs.jsonl"]),
            ("dynamodb:PutItem", ["backfill", "recs.jsonl", "--if-newer", "--generated-at", "2026-01-01T00:00:00Z"]),
        ]:  # fmt: skip
            with self.subTest(" ".join(arguments)):
                self.refused("reader", action, arguments)

    def test_to_purge_unseen_takes_the_policy_for_it(self):
        purge = ["dlq", "purge", "--all-now", "--yes"]
        self.refused("writer", "sqs:PurgeQueue", purge)
        self.allowed("purger", purge)


class Throttled(Running):
    """What a throttled write has hit is the cause that recoctl names, wherever it does."""

    EXTRA = ["--wcu", "2", "--throttle-as", "key-range"]

    def test_the_limit_that_was_hit_is_named(self):
        with open(os.path.join(self.home, "many.jsonl"), "w", encoding="utf-8") as file:
            for user in range(12):
                line = {"user_id": user, "recommended_note_ids": [1], "generated_at": 1800000000}
                file.write(json.dumps(line) + "\n")
        # One by one: of a batch, some pass, and then there is no exception that says why.
        load = ["backfill", "many.jsonl", "--if-newer", "--facts", "none", "--output", "json"]
        done = self.run_as("writer", load)
        self.assertEqual(done.returncode, 0, done.stderr)
        throttling = json.dumps(json.loads(done.stdout)["writes"]["throttling"])
        self.assertIn("TableWriteKeyRangeThroughputExceeded", throttling)
        self.assertNotIn("Provisioned", throttling)


class Late(Running):
    """Counts that lag and metrics that come late: recoctl goes by what it receives."""

    EXTRA = ["--count-lag", "600", "--metrics-lag", "1800"]

    def test_an_empty_dlq_is_seen_to_be_empty_whatever_its_count_says(self):
        self.allowed("writer", ["dlq", "peek"])
        purge = ["dlq", "purge", "--class", "all", "--backup", "all.jsonl", "--yes"]
        self.allowed("writer", purge)
        again = self.run_as("writer", ["dlq", "purge", "--class", "all", "--backup", "b.jsonl", "--yes"])
        told = again.stdout + again.stderr
        # A count that says otherwise may be of messages that others hold: it is told, not believed.
        self.assertIn(again.returncode, (4, NOTHING), told)
        self.assertIn("no messages in recs-dlq", told)
        self.assertIn("counted as visible by SQS but not delivered", told)

    def test_metrics_that_have_not_come_are_no_zeros(self):
        table = self.run_as("reader", ["metrics"]).stdout
        row = next(line for line in table.splitlines() if line.startswith("consumed WCU/s"))
        bars = row.split()[2]
        self.assertTrue(bars.endswith("·" * 25) and not bars.startswith("·" * 20), row)


def words(arguments):
    """The command's own words."""
    groups = {"dlq", "journal", "tasks", "facts", "config"}
    taken = []
    for word in arguments:
        taken.append(word)
        if word not in groups:
            break
    return taken


def commands(path):
    """Every command that is no group, by the help."""
    done = subprocess.run(
        [os.environ["RECOCTL"], *path, "--help"], capture_output=True, text=True, check=True
    )
    section = re.search(r"^Commands:\n(.*?)\n\n", done.stdout, flags=re.S | re.M)
    if not section:
        return {" ".join(path)}
    names = re.findall(r"^  ([a-z]+) ", section[1], flags=re.M)
    return set().union(*(commands([*path, name]) for name in names if name != "help"))


def local(name):
    return name in LOCAL or name.split()[0] in LOCAL


if __name__ == "__main__":
    unittest.main()
