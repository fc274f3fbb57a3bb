"""Measure `recoctl backfill` against the wire, against boto3, and against its own parts.

    benches/backfill                 builds, makes the input once, prints the table (Markdown)
    benches/backfill --memory        peak memory from 50 MB to 5 GB of input instead
    benches/backfill --json FILE     keeps the figures as well

Run by benches/backfill, which prepares the programs and the interpreter with boto3.

All programs of a run get the same file and the same kind of endpoint: a fresh null endpoint each
(see README.md), whose count of items must be the number of lines, or the run fails.
"""

import argparse
import contextlib
import json
import os
import platform
import resource
import shutil
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import asdict, dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
MB = 1_000_000


@dataclass
class Row:
    """Measurements of one program."""

    name: str
    items: int
    wall_s: float
    cpu_s: float
    rss_mib: float
    endpoint_cpu_s: float | None = None

    @property
    def rate(self) -> float:
        return self.items / self.wall_s

    @property
    def cpu_per_million(self) -> float:
        return self.cpu_s / self.items * 1e6


def say(text: str) -> None:
    print(f"backfill bench: {text}", file=sys.stderr, flush=True)


def environment(args, url: str | None = None) -> dict[str, str]:
    """Returns an environment without the user's configuration and checkpoints."""
    state = args.work / "state"
    shutil.rmtree(state, ignore_errors=True)
    keep = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
    env = keep | {
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "HOME": str(state),
        "XDG_STATE_HOME": str(state),
        "RECOCTL_FACTS": "none",
    }
    if url:
        env |= {"AWS_ENDPOINT_URL_DYNAMODB": url, "RECOCTL_TABLE": "bench"}
    if url and url.startswith("https:"):
        # The bench's own authority, as rustls and boto3 are told of one.
        certificate = str(certificates(args)[0])
        env |= {"SSL_CERT_FILE": certificate, "AWS_CA_BUNDLE": certificate}
    return env


def certificates(args) -> tuple[Path, Path, Path]:
    """Returns an authority, a certificate for localhost by it and its key, made for this bench."""
    here = args.work / "tls"
    ca, cert, key = here / "ca.pem", here / "cert.pem", here / "key.pem"
    if not cert.exists():
        here.mkdir(parents=True, exist_ok=True)
        quiet = {"check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        new = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        subprocess.run(["openssl", "req", "-x509", *new, "-days", "3650", "-subj", "/CN=recoctl-bench-ca",
                        "-keyout", here / "ca.key", "-out", ca], **quiet)
        subprocess.run(["openssl", "req", *new, "-subj", "/CN=recoctl-bench", "-keyout", key,
                        "-out", here / "csr.pem"], **quiet)
        (here / "ext").write_text("subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\n")
        subprocess.run(["openssl", "x509", "-req", "-in", here / "csr.pem", "-CA", ca, "-CAkey",
                        here / "ca.key", "-CAcreateserial", "-days", "3650", "-extfile", here / "ext",
                        "-out", cert], **quiet)
    return ca, cert, key


def finished(child: subprocess.Popen) -> tuple[int, resource.struct_rusage, float]:
    """Waits for a program's end: its status, what it used, and its peak memory in MiB.

    The peak is the program's own (VmHWM). What wait4 reports has the memory of this interpreter in
    it, whose fork the program was before it was started.
    """
    peak = 0
    while True:
        with contextlib.suppress(OSError, IndexError):
            status = Path(f"/proc/{child.pid}/status").read_text()
            peak = max(peak, int(status.split("VmHWM:")[1].split()[0]))
        pid, status, usage = os.wait4(child.pid, os.WNOHANG)
        if pid:
            child.returncode = os.waitstatus_to_exitcode(status)
            return child.returncode, usage, peak / 1024
        time.sleep(0.01)


def run(name: str, command: list, env: dict[str, str], items: int, inner: bool = False) -> Row:
    """Runs a program to its end. With `inner`, items and wall time are taken from the JSON that it
    prints, because it prepares its requests before it starts the clock."""
    say(name)
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        begun = time.monotonic()
        child = subprocess.Popen([str(part) for part in command], stdout=out, stderr=err, env=env)
        _, usage, peak = finished(child)
        wall = time.monotonic() - begun
        out.seek(0)
        err.seek(0)
        if child.returncode:
            sys.exit(f"{name} failed ({child.returncode}): {err.read().decode()[-2000:]}")
        if inner:
            figures = json.loads(out.read())
            wall, items = figures["seconds"], figures["items"]
    return Row(name, items, wall, usage.ru_utime + usage.ru_stime, peak)


@contextlib.contextmanager
def endpoint(args, tls: bool = False, latency_ms: int | None = None):
    """Starts a null endpoint; yields its URL and a function that stops it and returns the number of
    items taken and CPU seconds."""
    latency = args.latency_ms if latency_ms is None else latency_ms
    command = [args.bins / "null-endpoint", "--latency-ms", str(latency)]
    trust = None
    if tls:
        ca, cert, key = certificates(args)
        command += ["--tls-cert", cert, "--tls-key", key]
        trust = ssl.create_default_context(cafile=ca)
    command += ["--unprocessed", str(args.unprocessed)]
    command += ["--wcu", str(args.wcu)] if args.wcu else []
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        url = child.stdout.readline().removeprefix("listening on ").strip()

        def end() -> tuple[int, float]:
            with urllib.request.urlopen(url, context=trust) as answer:
                items = json.load(answer)["items"]
            child.kill()
            _, _, usage = os.wait4(child.pid, 0)
            child.returncode = 0
            return items, usage.ru_utime + usage.ru_stime

        yield url, end
    finally:
        if child.returncode is None:
            child.kill()
            child.wait()


def written(args, name: str, items: int, command, inner: bool = False, **way) -> Row:
    """Runs a program that writes to an endpoint, and checks that every item arrived."""
    with endpoint(args, **way) as (url, end):
        row = run(name, command(url), environment(args, url), items, inner)
        taken, row.endpoint_cpu_s = end()
    if taken != row.items:
        sys.exit(f"{name}: {row.items} items were to arrive, the endpoint counted {taken}")
    return row


def pairs(args, lines: int) -> Path:
    """Returns the path of the input, which is generated once."""
    path = args.work / f"pairs-{lines}x{args.ids}.jsonl"
    if not path.exists():
        say(f"making {path}")
        part = path.with_suffix(".part")
        with part.open("wb") as out:
            command = [args.bins / "gen-pairs", "--lines", str(lines), "--ids", str(args.ids)]
            subprocess.run(command, stdout=out, check=True)
        part.rename(path)
    return path


def backfill(path: Path, args, *more) -> list:
    command = [args.bins / "recoctl", "--output", "json", "backfill", path]
    return [*command, "--concurrency", args.recoctl_concurrency, *more]


def posting(args, program: str):
    """Returns the command of a program that generates its own requests."""
    return lambda url: [
        args.bins / program, url, "--items", args.lines, "--ids", args.ids,
        "--concurrency", args.concurrency]


def compare(args) -> list[Row]:
    path, lines = pairs(args, args.lines), args.lines
    rows = [
        written(args, "recoctl backfill", lines, lambda url: backfill(path, args)),
        written(args, "wire limit", lines, posting(args, "wire-limit"), inner=True),
        written(args, "recoctl's writer alone", lines, posting(args, "writer-limit"), inner=True),
        run("recoctl backfill --dry-run", backfill(path, args, "--dry-run"), environment(args),
            lines),
        run("serde_json typed parse", [args.bins / "parse-limit", path], environment(args), lines,
            inner=True),
    ]
    # As it meets DynamoDB: over TLS, from the same region and from another one.
    for latency in (0, 10, 50):
        name = f"recoctl backfill, TLS, {latency} ms a call" if latency else "recoctl backfill, TLS"
        rows.append(written(args, name, lines, lambda url: backfill(path, args), tls=True,
                            latency_ms=latency))
    for threads in (1, args.boto3_threads) if args.boto3_lines else ():
        name = f"boto3 batch_writer, {threads} thread{'s'[: threads > 1]}"
        command = [sys.executable, HERE / "boto3_batch_writer.py", path,
                   "--lines", args.boto3_lines, "--threads", threads]
        rows.append(written(args, name, args.boto3_lines,
                            lambda url, command=command: command, inner=True))
    return [*rows, real(args)]


def real(args) -> Row:
    """MovieLens with all facts: the number of items must match an independent computation."""
    script = REPOSITORY / "tests" / "data" / "movielens.py"
    done = subprocess.run([sys.executable, script], stdout=subprocess.PIPE, text=True, check=True)
    data = REPOSITORY / done.stdout.strip()
    expected = sum(1 for _ in (data / "expected.jsonl").open())
    facts = ["--facts", f"sqlite:{data / 'facts.sqlite'}"]
    return written(args, "recoctl backfill, MovieLens with facts", expected,
                   lambda url: backfill(data / "recs.jsonl", args, *facts))


def memory(args) -> list[Row]:
    """Measures inputs that grow a hundredfold. Large inputs are removed afterwards."""
    rows = []
    line = pairs(args, 10_000).stat().st_size / 10_000
    for size in args.sizes:
        lines = round(size * MB / line)
        path = pairs(args, lines)
        rows.append(written(args, f"{size} MB", lines, lambda url: backfill(path, args)))
        if size > 1000:
            path.unlink()
    return rows


def table(rows: list[Row]) -> str:
    head = ["program", "items", "items/s", "CPU s per million", "peak RSS, MiB",
            "endpoint's CPU s per million"]
    body = [
        [row.name, f"{row.items:,}", f"{row.rate:,.0f}", f"{row.cpu_per_million:.2f}",
         f"{row.rss_mib:.0f}",
         "" if row.endpoint_cpu_s is None else f"{row.endpoint_cpu_s / row.items * 1e6:.2f}"]
        for row in rows
    ]
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *body]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def shares(rows: list[Row]) -> str:
    by_name = {row.name: row for row in rows}
    ours = by_name.get("recoctl backfill")
    boto3 = [row for name, row in by_name.items() if name.startswith("boto3")]
    if ours is None or not boto3:
        return ""
    fastest = max(boto3, key=lambda row: row.rate)
    wire = by_name["wire limit"].rate
    return (f"\nrecoctl: {ours.rate / fastest.rate:.0f} times {fastest.name}, "
            f"{ours.rate / wire:.0%} of the wire limit, "
            f"{ours.cpu_s / ours.wall_s:.2f} cores; 40,000 items a second take "
            f"{ours.cpu_per_million * 0.04:.2f} cores.")


def machine() -> str:
    model = platform.machine()
    with contextlib.suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next((line.split(":")[1].strip() for line in lines if "model name" in line), model)
    load = os.getloadavg()[0]
    return (f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores ({model}), "
            f"load {load:.1f} before the run")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    add = parser.add_argument
    add("--lines", type=int, default=1_000_000)
    add("--ids", type=int, default=100, help="ids a line")
    add("--concurrency", type=int, default=16, help="requests in flight, of all but recoctl and boto3")
    add("--recoctl-concurrency", default="auto", help="the same of recoctl")
    add("--boto3-lines", type=int, default=20_000,
        help="the first so many lines of the file: all would take boto3 a quarter of an hour")
    add("--boto3-threads", type=int, default=4)
    add("--latency-ms", type=int, default=0, help="of every answer")
    add("--unprocessed", type=float, default=0.0, help="share of the items that come back")
    add("--wcu", type=int, help="the endpoint's capacity")
    add("--memory", action="store_true", help="peak memory over growing inputs instead")
    add("--sizes", type=int, nargs="+", default=[50, 500, 5000], help="of --memory, in MB")
    add("--work", type=Path, default=REPOSITORY / "target" / "bench", help="where inputs lie")
    add("--json", type=Path, help="write the figures here too")
    add("--bins", type=Path, default=REPOSITORY / "target" / "release", help="the programs")
    return parser.parse_args()


def main() -> None:
    args = arguments()
    args.bins, args.work = args.bins.absolute(), args.work.absolute()
    args.work.mkdir(parents=True, exist_ok=True)
    about = machine()
    rows = memory(args) if args.memory else compare(args)
    print(about, end="\n\n")
    print(table(rows))
    print(shares(rows))
    if args.json:
        rows = [asdict(row) for row in rows]
        args.json.write_text(json.dumps({"machine": about, "rows": rows}, indent=2) + "\n")


if __name__ == "__main__":
    main()
