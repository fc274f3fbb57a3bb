"""Measure the filter: recoctl with facts beside Python and DuckDB.

    benches/facts                    builds, makes the data once, prints the table (Markdown)
    benches/facts --equal --lists 100000   only compares results, with plain ids and with odd ones
    benches/facts --json FILE        keeps the figures as well

Run by benches/facts, which prepares the programs and the interpreter with DuckDB.

The data is what tests/data/facts_and_lists.py generates. Rows marked "filter only" neither decode
JSON nor write anything; recoctl's do both. "lists/CPU s" is what a machine with other work to do
still shows.
"""

import argparse
import contextlib
import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import backfill as base

REPOSITORY = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(REPOSITORY / "tests" / "data"))
import facts_and_lists as data  # noqa: E402

Lists = list[tuple[object, list]]


@dataclass
class Row:
    """One way's figures."""

    name: str
    lists: int
    wall_s: float
    cpu_s: float
    rss_mib: float | None = None
    database_cpu_s: float | None = None


def say(text: str) -> None:
    print(f"facts bench: {text}", file=sys.stderr, flush=True)


def make(args) -> Path:
    kind = "odd" if args.odd else "plain"
    out = args.work / f"facts-{kind}-{args.lists}-{args.users}-{args.articles}-{args.reads}-{args.mutes}"
    if not (out / "done").exists():
        say(f"making {out}")
        given = ["--out", str(out)] + ["--odd"] * args.odd
        for name in ("lists", "users", "articles", "reads", "mutes"):
            given += [f"--{name}", str(getattr(args, name))]
        data.make(data.arguments(given))
        (out / "done").touch()
    return out


def lists_of(path: Path) -> Lists:
    with path.open() as lines:
        return [tuple(json.loads(line)) for line in lines]


def timed(name: str, lists: Lists, work) -> tuple[Row, list]:
    """Runs a filter over lists that are in memory already."""
    say(name)
    before, begun = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
    kept = work()
    after, wall = resource.getrusage(resource.RUSAGE_SELF), time.monotonic() - begun
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Row(name, len(lists), wall, cpu), kept


def per_user(path: Path, lists: Lists) -> list:
    db = sqlite3.connect(path)
    return [data.filtered(db, user, ids) for user, ids in lists]


def with_dict(path: Path, lists: Lists) -> list:
    db = sqlite3.connect(path)
    rows = db.execute("SELECT id, status, author_id FROM articles")
    articles = {id: (status, author) for id, status, author in rows}
    return [data.filtered(db, user, ids, articles) for user, ids in lists]


ANTI_JOIN = """
    SELECT l.n, list(l.id ORDER BY l.rank) FROM (
        SELECT n, "user", id, min(rank) AS rank FROM lists GROUP BY ALL) l
    JOIN facts.users u ON u.id = l."user" AND u.status = 'active'
    JOIN facts.articles a ON a.id = l.id AND a.status = 'published'
    ANTI JOIN facts.reads r ON r.user_id = l."user" AND r.article_id = l.id
    ANTI JOIN facts.mutes m ON m.user_id = l."user" AND m.author_id = a.author_id
    WHERE a.author_id IS DISTINCT FROM l."user"
    GROUP BY l.n
"""


def duck(path: Path, lists: Path, threads: int):
    """The lists are in a table before the time begins, as Python's are in memory."""
    import duckdb
    from duckdb_extensions import import_extension

    import_extension("sqlite_scanner")
    db = duckdb.connect(config={"threads": threads})
    db.execute(f"ATTACH '{path}' AS facts (TYPE sqlite, READ_ONLY)")
    db.execute(f"""
        CREATE TABLE lists AS SELECT n, "user", unnest(ids) AS id, generate_subscripts(ids, 1) AS rank
        FROM (SELECT row_number() OVER () - 1 AS n, (json->>0)::BIGINT AS "user",
              (json->1)::BIGINT[] AS ids
              FROM read_ndjson_objects('{lists}'))""")
    count = db.execute("SELECT max(n) + 1 FROM lists").fetchone()[0]

    def work() -> list:
        kept = dict(db.execute(ANTI_JOIN).fetchall())
        return [kept[n][: data.MAX_LEN] if n in kept else None for n in range(count)]

    return work


def recoctl(args, path: Path, facts: str, *more) -> list:
    command = [args.bins / "recoctl", "--output", "json", "--facts", facts, "backfill", path]
    return [*command, "--concurrency", args.recoctl_concurrency, *more]


def environment(args, url: str | None = None) -> dict[str, str]:
    env = base.environment(args, url)
    del env["RECOCTL_FACTS"]
    return env


def written(args, name: str, lists: Path, count: int, facts: str, items: int, **way) -> Row:
    """A backfill into an endpoint that takes everything, whose count is held against `items`."""
    with base.endpoint(args, **way) as (url, end):
        row = base.run(name, recoctl(args, lists, facts), environment(args, url), count)
        taken, _ = end()
    if taken != items:
        sys.exit(f"{name}: {items} items were to arrive, the endpoint counted {taken}")
    return Row(name, count, row.wall_s, row.cpu_s, row.rss_mib)


def dry(args, name: str, lists: Path, count: int, facts: str) -> Row:
    row = base.run(name, recoctl(args, lists, facts, "--dry-run"), environment(args), count)
    return Row(name, count, row.wall_s, row.cpu_s, row.rss_mib)


def emitted(args, lists: Path, facts: str) -> dict:
    """What recoctl leaves of each user's list, read back from the files that it writes."""
    out, policy = args.work / "emitted", args.work / "policy.toml"
    shutil.rmtree(out, ignore_errors=True)
    # Keys of this form hold any id.
    policy.write_text('[item]\nkey_prefix = "u:"\nlist_type = "S"\n')
    how = ["--policy", policy, "--emit", "dynamodb-json", out, "--emit-compression", "none"]
    command = [str(part) for part in recoctl(args, lists, facts, *how)]
    done = subprocess.run(command, env=environment(args), capture_output=True)
    if done.returncode:
        sys.exit(f"recoctl --emit failed ({done.returncode}): {done.stderr.decode()[-2000:]}")
    kept = {}
    for part in sorted((out / "data").glob("part-*")):
        with part.open() as lines:
            for line in lines:
                item = json.loads(line)["Item"]
                ids = item["recommended_note_ids"]["L"]
                kept[item["user_id"]["S"].removeprefix("u:")] = [id["S"] for id in ids]
    return kept


def equal(name: str, lists: Lists, expected: list, kept: dict) -> None:
    wrong = 0
    for (user, ids), left in zip(lists, expected):
        mine = kept.get(str(user))
        if mine != (left and [str(id) for id in left]):
            wrong += 1
            if wrong < 4:
                say(f"{name}: user {user!r}: expected {left}, got {mine}")
    if wrong:
        sys.exit(f"{name}: {wrong} of {len(lists)} lists differ from the naive filter's")
    say(f"{name}: {len(lists):,} lists equal to the naive filter's")


@contextlib.contextmanager
def mariadb(args, path: Path):
    """A server with the same data; yields its URL and a function for its CPU seconds so far."""
    with tempfile.TemporaryDirectory(dir=args.work) as directory:
        here = Path(directory)
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run(["mariadb-install-db", "--no-defaults", f"--datadir={here / 'data'}",
                        "--auth-root-authentication-method=normal", "--skip-test-db"],
                       check=True, **quiet)
        socket = base_socket()
        child = subprocess.Popen(
            ["mariadbd", "--no-defaults", f"--datadir={here / 'data'}", f"--socket={here / 's'}",
             f"--port={socket}", "--bind-address=127.0.0.1", "--user=root", "--local-infile=1",
             "--innodb-buffer-pool-size=512M", "--innodb-flush-log-at-trx-commit=0"], **quiet)
        client = ["mariadb", "--no-defaults", "--user=root", "--local-infile=1", f"--socket={here / 's'}"]

        def cpu() -> float:
            fields = Path(f"/proc/{child.pid}/stat").read_text().rsplit(")", 1)[1].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

        try:
            for _ in range(600):
                if subprocess.run([*client, "-e", "SELECT 1"], **quiet).returncode == 0:
                    break
                time.sleep(0.1)
            say("filling MariaDB")
            fill(client, path, here)
            yield f"mysql://root@127.0.0.1:{socket}/facts", cpu
        finally:
            child.terminate()
            child.wait()


def latencies(args, url: str, lists: Path) -> str:
    """What the facts of a message take in the Lambda, as Markdown."""
    lines = ["| a message of 50 users with 100 articles each | p50, ms | p99, ms |", "| --- | ---: | ---: |"]
    for name, more in (("", []), (", articles never remembered", ["--no-cache"]),
                       (", two connections", ["--connections", "2"])):
        say(f"facts of a message{name}")
        command = [args.bins / "facts-latency", url, lists, *more]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        for state, got in json.loads(done.stdout).items():
            what = "after a start" if state == "cold" else "warm"
            lines.append(f"| {what}{name} | {got['p50_ms']:.1f} | {got['p99_ms']:.1f} |")
    return "\n".join([*lines, ""])


def base_socket() -> int:
    import socket
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def fill(client: list, path: Path, here: Path) -> None:
    db = sqlite3.connect(path)
    statements = ["""CREATE DATABASE facts CHARACTER SET utf8mb4; USE facts;
        CREATE TABLE users(id BIGINT PRIMARY KEY, status VARCHAR(20));
        CREATE TABLE articles(id BIGINT PRIMARY KEY, status VARCHAR(20), author_id BIGINT);
        CREATE TABLE `reads`(user_id BIGINT, article_id BIGINT, PRIMARY KEY (user_id, article_id));
        CREATE TABLE mutes(user_id BIGINT, author_id BIGINT, PRIMARY KEY (user_id, author_id));"""]
    for table in ("users", "articles", "reads", "mutes"):
        file = here / f"{table}.tsv"
        with file.open("w") as out:
            for row in db.execute(f"SELECT * FROM {table} ORDER BY 1, 2"):
                out.write("\t".join("\\N" if cell is None else str(cell) for cell in row) + "\n")
        statements.append(f"LOAD DATA LOCAL INFILE '{file}' INTO TABLE `{table}`;")
    statements.append("ANALYZE TABLE users, articles, `reads`, mutes;")
    subprocess.run(client, input="\n".join(statements), text=True, check=True,
                   stdout=subprocess.DEVNULL)


def compare(args) -> list[Row]:
    out = make(args)
    path, file = out / "facts.sqlite", out / "lists.jsonl"
    lists = lists_of(file)
    expected = [left for _, left in lists_of(out / "expected.jsonl")]
    count, items = len(lists), sum(left is not None for left in expected)
    plain = f"sqlite:{path}"
    snapshot = args.work / "snapshot.sqlite"
    command = [args.bins / "recoctl", "--facts", plain, "facts", "snapshot", "--out", snapshot]
    taken = base.run("recoctl facts snapshot", command, environment(args), args.users)
    rows = []
    if not args.only_recoctl and not args.equal:
        for name, work in (
            ("Python, queries per user (filter only)", lambda: per_user(path, lists)),
            ("Python, articles in a dict (filter only)", lambda: with_dict(path, lists)),
        ):
            row, kept = timed(name, lists, work)
            rows.append(row)
            assert kept == expected, name
    if not args.odd and not args.only_recoctl and not args.equal:
        work = duck(path, file, args.threads)
        name = f"DuckDB, one anti-join, {args.threads} threads (filter only)"
        row, kept = timed(name, lists, work)
        rows.append(row)
        assert kept == expected, name
    ways = [("SQLite", plain), ("snapshot", f"sqlite:{snapshot}")]
    for name, facts in ways:
        equal(f"recoctl, {name}", lists, expected, emitted(args, file, facts))
    if args.equal:
        if args.mariadb and not args.odd:
            with mariadb(args, path) as (url, _):
                equal("recoctl, MariaDB", lists, expected, emitted(args, file, url))
        return rows
    # What a longer run comes to: the same lists again and again.
    longer = args.work / "longer.jsonl"
    with longer.open("wb") as to:
        for _ in range(args.repeat):
            to.write(file.read_bytes())
    count, items = count * args.repeat, items * args.repeat
    for name, facts in [("none", "none"), *ways]:
        kept = sum(1 for _ in lists) * args.repeat if facts == "none" else items
        rows.append(dry(args, f"recoctl --dry-run, {name}", longer, count, facts))
        if not args.odd:
            rows.append(written(args, f"recoctl backfill, {name}", longer, count, facts, kept))
            far = f"recoctl backfill, {name}, TLS at {args.far_ms} ms"
            rows.append(written(args, far, longer, count, facts, kept, tls=True,
                                latency_ms=args.far_ms))
    if args.mariadb and not args.odd:
        with mariadb(args, path) as (url, cpu):
            equal("recoctl, MariaDB", lists, expected, emitted(args, file, url))
            before = cpu()
            row = written(args, "recoctl backfill, MariaDB", longer, count, url, items)
            row.database_cpu_s = cpu() - before
            rows.append(row)
            before = cpu()
            row = written(args, f"recoctl backfill, MariaDB, TLS at {args.far_ms} ms", longer, count,
                          url, items, tls=True, latency_ms=args.far_ms)
            row.database_cpu_s = cpu() - before
            rows.append(row)
            before = cpu()
            command[2] = url
            again = base.run("recoctl facts snapshot from MariaDB", command, environment(args), args.users)
            name = "recoctl facts snapshot from MariaDB, users"
            rows.append(Row(name, args.users, again.wall_s, again.cpu_s, again.rss_mib, cpu() - before))
            if (args.bins / "facts-latency").exists():
                print(latencies(args, url, file))
    rows.append(Row("recoctl facts snapshot, users", args.users, taken.wall_s, taken.cpu_s, taken.rss_mib))
    print(f"snapshot: {snapshot.stat().st_size / 1e6:.0f} MB of {path.stat().st_size / 1e6:.0f} MB")
    return rows


def table(rows: list[Row]) -> str:
    head = ["", "lists", "lists/s", "lists/CPU s", "CPU s a million", "peak RSS, MiB",
            "database's CPU s a million"]
    million = lambda row, cpu: "" if cpu is None else f"{cpu / row.lists * 1e6:.0f}"  # noqa: E731
    body = [
        [row.name, f"{row.lists:,}", f"{row.lists / row.wall_s:,.0f}", f"{row.lists / row.cpu_s:,.0f}",
         million(row, row.cpu_s), "" if row.rss_mib is None else f"{row.rss_mib:.0f}",
         million(row, row.database_cpu_s)]
        for row in rows
    ]
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *body]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    add = parser.add_argument
    add("--lists", type=int, default=20_000)
    add("--users", type=int, default=100_000)
    add("--articles", type=int, default=100_000)
    add("--reads", type=int, default=50, help="reads a user")
    add("--mutes", type=int, default=2, help="mutes a user")
    add("--odd", action="store_true", help="a third of the ids are no plain numbers")
    add("--repeat", type=int, default=10, help="the lists, so many times over, for recoctl's own rows")
    add("--threads", type=int, default=2, help="of DuckDB")
    add("--recoctl-concurrency", default="auto", help="batches in flight")
    add("--far-ms", type=int, default=10, help="latency of the endpoint over TLS")
    add("--equal", action="store_true",
        help="only compare results, with plain ids and with odd ones: nothing is timed")
    add("--only-recoctl", action="store_true")
    add("--no-mariadb", dest="mariadb", action="store_false")
    add("--work", type=Path, default=REPOSITORY / "target" / "bench", help="where inputs lie")
    add("--json", type=Path, help="write the figures here too")
    add("--bins", type=Path, default=REPOSITORY / "target" / "release", help="the programs")
    args = parser.parse_args()
    args.latency_ms, args.unprocessed, args.wcu = 0, 0.0, None
    return args


def main() -> None:
    args = arguments()
    args.bins, args.work = args.bins.absolute(), args.work.absolute()
    args.work.mkdir(parents=True, exist_ok=True)
    about = base.machine()
    if args.equal:
        for args.odd in (False, True):
            compare(args)
        return
    rows = compare(args)
    print(about, end="\n\n")
    print(table(rows))
    if args.json:
        rows = [asdict(row) for row in rows]
        args.json.write_text(json.dumps({"machine": about, "rows": rows}, indent=2) + "\n")


if __name__ == "__main__":
    main()
