#!/usr/bin/env python3
"""Make facts and lists of any size, and filter the lists naively.

    python tests/data/facts_and_lists.py --out DIR [--lists N] [--users N] [--articles N] [--odd]

DIR then holds facts.sqlite (users, articles, reads, mutes, with their keys), lists.jsonl
(`[user, [article, ...]]` a line) and expected.jsonl: what the original pipeline's way, one query
a user and one a list, leaves of each list, or null where nothing is to be written.

With --odd a third of the ids are no numbers: quotes, other scripts, leading zeros, numbers of more
than 64 bits. All lists then also have ids that the facts do not know, repeated ids, users who are
gone, and authors who are recommended what they wrote.

Everything is deterministic. Needs nothing but Python.
"""

import argparse
import json
import random
import sqlite3
from pathlib import Path

MAX_LEN = 100

ODD = [
    "o'{n}", '"{n}"', "\\{n}", "0{n}", "-0{n}", "{n}.0", " {n}", "{n}e0", "x{n};--", "用户{n}",
    "ол{n}", "é{n}", "e\u0301{n}", "A{n}", "a{n}", "%{n}_", "[{n}]", "99999999999999999999{n}",
    "\U0001f600{n}", "{{{n}}}",
]

SCHEMA = """
    CREATE TABLE users(id{type} PRIMARY KEY, status TEXT NOT NULL){end};
    CREATE TABLE articles(id{type} PRIMARY KEY, status TEXT NOT NULL, author_id{type}){end};
    CREATE TABLE reads(user_id{type}, article_id{type}, PRIMARY KEY (user_id, article_id)) WITHOUT ROWID;
    CREATE TABLE mutes(user_id{type}, author_id{type}, PRIMARY KEY (user_id, author_id)) WITHOUT ROWID;
"""


def identifier(number: int, odd: bool):
    """The id of a user or article: the number itself, or a text that is no plain number."""
    if odd and number % 3 == 0:
        return ODD[number // 3 % len(ODD)].format(n=number)
    return number


def popular(rng: random.Random, count: int) -> int:
    """One of `count` things, the first far more often than the last."""
    return int(count * rng.random() ** 3)


def make_facts(path: Path, args) -> None:
    rng = random.Random(1)
    user = lambda n: identifier(10_000_000 + n, args.odd)  # noqa: E731
    article = lambda n: identifier(20_000_000 + n, args.odd)  # noqa: E731
    path.unlink(missing_ok=True)
    db = sqlite3.connect(path)
    db.execute("PRAGMA journal_mode = OFF")
    db.execute("PRAGMA synchronous = OFF")
    # Ids of both kinds need columns without a type; numbers alone are what a schema declares.
    kind, end = ("", " WITHOUT ROWID") if args.odd else (" INTEGER", "")
    db.executescript(SCHEMA.format(type=kind, end=end))
    state = lambda yes, share: yes if rng.random() > share else "other"  # noqa: E731
    db.executemany("INSERT INTO users VALUES (?, ?)",
                   ((user(n), state("active", 0.03)) for n in range(args.users)))
    authors = max(1, args.articles // 20)
    db.executemany(
        "INSERT INTO articles VALUES (?, ?, ?)",
        ((article(n), state("published", 0.1),
          None if n % 50 == 0 else user(popular(rng, authors))) for n in range(args.articles)))
    for table, each, other, count in (("reads", args.reads, article, args.articles),
                                      ("mutes", args.mutes, user, authors)):
        rows = ((user(n), other(m)) for n in range(args.users)
                for m in sorted({popular(rng, count) for _ in range(each)}))
        db.executemany(f"INSERT INTO {table} VALUES (?, ?)", rows)
    db.commit()
    db.close()


def make_lists(path: Path, args) -> None:
    rng = random.Random(2)
    step = next(step for step in (7919, 104729, 1) if args.users % step)
    with path.open("w") as out:
        for n in range(args.lists):
            # Everyone once, in no order; one in a hundred is unknown.
            who = args.users + n if n % 100 == 99 else n * step % args.users
            ids = dict.fromkeys(popular(rng, args.articles * 101 // 100) for _ in range(args.ids * 2))
            ids = [identifier(20_000_000 + m, args.odd) for m in list(ids)[: args.ids]]
            if args.odd:
                ids[rng.randrange(len(ids)):0] = rng.sample(ids, 3)
                # The same id in its other form.
                ids = [str(id) if rng.random() < 0.1 else id for id in ids]
            who = identifier(10_000_000 + who, args.odd)
            out.write(json.dumps([who, ids], separators=(",", ":"), ensure_ascii=n % 2 == 0) + "\n")


def stored(id):
    """An id as the database has it: a plain number within 64 bits as such, all else as text."""
    text = str(id)
    plain = text.removeprefix("-").isascii() and text.removeprefix("-").isdigit()
    if plain and str(int(text)) == text and -(2**63) <= int(text) < 2**63:
        return int(text)
    return text


def filtered(db: sqlite3.Connection, user, ids: list, articles: dict | None = None):
    """The original pipeline's way: queries per user. `articles` where they are held in a dict."""
    who = stored(user)
    row = db.execute("SELECT status FROM users WHERE id = ?", (who,)).fetchone()
    if row is None or row[0] != "active":
        return None
    read = {id for id, in db.execute("SELECT article_id FROM reads WHERE user_id = ?", (who,))}
    muted = {id for id, in db.execute("SELECT author_id FROM mutes WHERE user_id = ?", (who,))}
    keys = [stored(id) for id in ids]
    if articles is None:
        marks = ",".join("?" * len(keys))
        rows = db.execute(f"SELECT id, status, author_id FROM articles WHERE id IN ({marks})", keys)
        articles = {id: (status, author) for id, status, author in rows}
    kept, seen = [], set()
    for id, key in zip(ids, keys):
        status, author = articles.get(key, (None, None))
        wrong = author is not None and (author == who or author in muted)
        if key in seen or status != "published" or wrong or key in read:
            continue
        seen.add(key)
        kept.append(id)
    return kept[:MAX_LEN] or None


def make(args) -> None:
    args.out.mkdir(parents=True, exist_ok=True)
    facts, lists = args.out / "facts.sqlite", args.out / "lists.jsonl"
    make_facts(facts, args)
    make_lists(lists, args)
    db = sqlite3.connect(facts)
    with lists.open() as lines, (args.out / "expected.jsonl").open("w") as out:
        for line in lines:
            user, ids = json.loads(line)
            out.write(json.dumps([user, filtered(db, user, ids)]) + "\n")


def arguments(given=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    add = parser.add_argument
    add("--out", type=Path, required=True)
    add("--lists", type=int, default=2_000)
    add("--ids", type=int, default=100, help="ids a list")
    add("--users", type=int, default=3_000)
    add("--articles", type=int, default=5_000)
    add("--reads", type=int, default=50, help="reads a user")
    add("--mutes", type=int, default=2, help="mutes a user")
    add("--odd", action="store_true", help="a third of the ids are no plain numbers")
    return parser.parse_args(given)


if __name__ == "__main__":
    make(arguments())
