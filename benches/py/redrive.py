"""Moves the same messages out of a DLQ twice: by boto3's receive, send, delete loop, and by recoctl.

Each side gets a sandbox of its own, filled alike. Both know that the queue is empty by a long poll
of one second that brings nothing, and that second is counted for both. Each latency is what the
sandbox adds to every call, as a network does; at 0 the second is most of what recoctl takes.

Prints both and their ratio; ends with 1 when a message is missing or twice, when recoctl takes
more memory than `--max-rss-mib`, or is less than `--at-least` times as fast at the last latency.
"""

import argparse
import contextlib
import json
import os
import pathlib
import shlex
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import boto3

BATCH = 10


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", required=True, help="the recoctl to measure")
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--users", type=int, default=5, help="users a message")
    parser.add_argument("--ids", type=int, default=20, help="ids a user")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--latency-ms", type=int, nargs="+", default=[0, 5])
    parser.add_argument("--at-least", type=float, default=5.0, help="times as fast as boto3")
    parser.add_argument("--max-rss-mib", type=float, default=64.0)
    parser.add_argument("--json", action="store_true", help="one JSON document instead of a table")
    return parser.parse_args()


@contextlib.contextmanager
def sandbox(binary, latency_ms):
    """Starts an empty sandbox; yields the environment that points at it."""
    command = [binary, "sandbox", "start", "--empty", "--quiet"]
    if latency_ms:
        command += ["--fault", f"*:slow:1:{latency_ms}"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        env = {}
        for line in process.stdout:
            words = shlex.split(line)
            if words[:1] == ["export"]:
                name, _, value = words[1].partition("=")
                env[name] = value
            if "AWS_ENDPOINT_URL" in env and "AWS_EC2_METADATA_DISABLED" in env:
                break
        yield env
    finally:
        process.terminate()
        process.wait()


def client(env):
    return boto3.client(
        "sqs",
        endpoint_url=env["AWS_ENDPOINT_URL"],
        region_name=env["AWS_REGION"],
        aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
    )


def body(number, options):
    """Returns a message of distinct users, with ids of 8 digits."""
    first = number * options.users
    data = [
        [first + user, [10_000_000 + (first + user) * 97 + rank for rank in range(options.ids)]]
        for user in range(options.users)
    ]
    return json.dumps({"data": data}, separators=(",", ":"))


def fill(sqs, options):
    dlq = sqs.create_queue(QueueName="recs-dlq")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dlq, AttributeNames=["QueueArn"])["Attributes"]
    policy = {"deadLetterTargetArn": arn["QueueArn"], "maxReceiveCount": 5}
    source = sqs.create_queue(
        QueueName="recs", Attributes={"RedrivePolicy": json.dumps(policy)}
    )["QueueUrl"]
    for first in range(0, options.messages, BATCH):
        numbers = range(first, min(first + BATCH, options.messages))
        entries = [{"Id": str(n), "MessageBody": body(n, options)} for n in numbers]
        answer = sqs.send_message_batch(QueueUrl=dlq, Entries=entries)
        assert not answer.get("Failed"), answer
    return source, dlq


def depth(sqs, url):
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(found[name]) for name in names)


def boto3_loop(sqs, source, dlq):
    """Runs the usual hand-written loop; returns seconds."""
    began = time.perf_counter()
    while True:
        received = sqs.receive_message(
            QueueUrl=dlq, MaxNumberOfMessages=BATCH, WaitTimeSeconds=1,
            AttributeNames=["All"], MessageAttributeNames=["All"],
        ).get("Messages", [])
        if not received:
            return time.perf_counter() - began
        sent = sqs.send_message_batch(QueueUrl=source, Entries=[
            {"Id": str(at), "MessageBody": message["Body"]} for at, message in enumerate(received)
        ])
        taken = [received[int(entry["Id"])] for entry in sent.get("Successful", [])]
        sqs.delete_message_batch(QueueUrl=dlq, Entries=[
            {"Id": str(at), "ReceiptHandle": message["ReceiptHandle"]}
            for at, message in enumerate(taken)
        ])


class Peak(threading.Thread):
    """Peak RSS (VmHWM) of a process, polled until its end: wait4 would also count the memory of this
    program, from which the process is forked."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.status, self.kib = pathlib.Path(f"/proc/{pid}/status"), 0
        self.start()

    def run(self):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError, StopIteration):
            while True:
                lines = self.status.read_text().splitlines()
                self.kib = int(next(line.split()[1] for line in lines if line.startswith("VmHWM")))
                time.sleep(0.005)

    def mib(self):
        self.join(1)
        return self.kib / 1024


def recoctl(binary, env):
    """Runs the whole process; returns seconds, CPU seconds and peak RSS in MiB."""
    with tempfile.TemporaryDirectory() as home:
        env = {**env, "HOME": home, "PATH": os.environ["PATH"], "RECOCTL_QUEUE": "recs"}
        command = [binary, "dlq", "redrive", "--engine", "client", "--facts", "none",
                   "--output", "json", "--quiet"]
        began = time.perf_counter()
        process = subprocess.Popen(
            command, env=env, cwd=home, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        peak = Peak(process.pid)
        report = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        code = os.waitstatus_to_exitcode(status)
        assert code == 0, f"recoctl ended with {code}"
        moved = json.loads(report)["counts"]["moved"]
        return seconds, usage.ru_utime + usage.ru_stime, peak.mib(), moved


def check(sqs, source, dlq, options, who):
    left, arrived = depth(sqs, dlq), depth(sqs, source)
    assert (left, arrived) == (0, options.messages), f"{who}: {left} left, {arrived} arrived"


def one_round(options, latency_ms):
    with sandbox(options.bin, latency_ms) as env:
        sqs = client(env)
        source, dlq = fill(sqs, options)
        plain = boto3_loop(sqs, source, dlq)
        check(sqs, source, dlq, options, "boto3")
    with sandbox(options.bin, latency_ms) as env:
        sqs = client(env)
        source, dlq = fill(sqs, options)
        seconds, cpu, rss, moved = recoctl(options.bin, env)
        assert moved == options.messages, f"recoctl says that it moved {moved}"
        check(sqs, source, dlq, options, "recoctl")
    return {"boto3_s": plain, "recoctl_s": seconds, "recoctl_cpu_s": cpu, "recoctl_rss_mib": rss,
            "ratio": plain / seconds}


def measure(options, latency_ms):
    rounds = []
    for _ in range(options.rounds):
        rounds.append(one_round(options, latency_ms))
        print(f"{latency_ms} ms, round {len(rounds)}: {rounds[-1]['ratio']:.1f} times", file=sys.stderr)
    median = {name: statistics.median(r[name] for r in rounds) for name in rounds[0]}
    median["recoctl_rss_mib"] = max(r["recoctl_rss_mib"] for r in rounds)
    return {"latency_ms": latency_ms, **median}


def show(figures, options):
    each = options.messages
    print(f"latency {figures['latency_ms']} ms a call")
    for name in ("boto3", "recoctl"):
        seconds = figures[f"{name}_s"]
        line = f"  {name:10} {seconds:7.2f} s  {each / seconds:9,.0f} messages/s"
        if name == "recoctl":
            line += f"   CPU {figures['recoctl_cpu_s']:.2f} s, peak RSS {figures['recoctl_rss_mib']:.1f} MiB"
        print(line)
    print(f"  {'ratio':10} {figures['ratio']:7.1f}")


def main():
    options = arguments()
    figures = [measure(options, latency_ms) for latency_ms in options.latency_ms]
    if options.json:
        print(json.dumps({"messages": options.messages, "rounds": options.rounds, "medians": figures}))
    else:
        size = len(body(0, options))
        print(f"{options.messages:,} messages of about {size:,} bytes, median of {options.rounds} rounds")
        for one in figures:
            show(one, options)
    too_slow = figures[-1]["ratio"] < options.at_least
    too_big = max(one["recoctl_rss_mib"] for one in figures) > options.max_rss_mib
    if too_slow:
        print(f"too slow: {options.at_least} times was asked for", file=sys.stderr)
    if too_big:
        print(f"too big: {options.max_rss_mib} MiB were allowed", file=sys.stderr)
    sys.exit(too_slow or too_big)


main()
