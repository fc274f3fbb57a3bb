#!/usr/bin/env python3
"""Make real pipeline input from MovieLens-100K, outside git.

    python tests/data/movielens.py [--out DIR]      prints DIR on stdout

The wheel of recbole 1.2.1 ships MovieLens-100K, so PyPI is the only thing needed. Films play
articles, ratings play reads, and an item-to-item collaborative filter plays the batch
inference. DIR (default .cache/movielens) then holds:

    facts.sqlite         users, articles, reads, mutes
    recs.jsonl           [user, [article, ...]] a line: 943 users, and a few unknown ones
    messages.jsonl       the same as queue messages of 50 users, one a line
    expected.jsonl       the table's items after the default policy (see expected.py)
    expected-drops.json  what the policy drops, counted by reason

Everything is deterministic: no clock, no random numbers, and the scores are integers held
exactly in float64, so that neither the processor nor the linear algebra library can change a
rank. Needs numpy. Safe to run concurrently; costs nothing when DIR is already up to date.
"""

import argparse
import fcntl
import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import numpy as np

import expected

REQUIREMENT = "recbole==1.2.1"
WHEEL_SHA256 = "9c9948202011f37eb0a7c6768129313f00d6403ad221ec940d5e2d5d5f33a407"
WITHIN_WHEEL = "recbole/dataset_example/ml-100k/ml-100k."

LIST_LEN = 100
LONG_LIST_LEN = 160
USERS_PER_MESSAGE = 50
NEIGHBOURS = 50
RATED_PER_LIST = 15
AUTHORS = 1200
UNKNOWN_ARTICLE = 900_000
UNKNOWN_USERS = range(10_001, 10_007)

OUTPUTS = ("facts.sqlite", "recs.jsonl", "messages.jsonl", "expected.jsonl", "expected-drops.json")

Facts = tuple[list, list, list, list]
Recs = list[tuple[int, list[int]]]


def say(text: str) -> None:
    print(f"movielens: {text}", file=sys.stderr, flush=True)


def pick(*key: object) -> int:
    """A number that depends on nothing but the key: our stand-in for chance."""
    return zlib.crc32("/".join(map(str, key)).encode())


# Download


def fetch_wheel(cache: Path) -> Path:
    """The wheel, from the cache or from PyPI by this interpreter's own pip."""
    cache.mkdir(parents=True, exist_ok=True)
    found = sorted(cache.glob("recbole-*.whl"))
    if not found:
        say(f"downloading {REQUIREMENT}")
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-input", "--no-deps",
               "--only-binary", ":all:", "--disable-pip-version-check", "--dest", str(cache)]
        subprocess.run([*pip, REQUIREMENT], check=True, stdout=sys.stderr)
        found = sorted(cache.glob("recbole-*.whl"))
    digest = hashlib.sha256(found[0].read_bytes()).hexdigest()
    if digest != WHEEL_SHA256:
        raise SystemExit(f"movielens: {found[0]} has sha256 {digest}, not {WHEEL_SHA256}: "
                         "delete it and run again")
    return found[0]


def read_table(wheel: zipfile.ZipFile, name: str) -> list[list[str]]:
    """The rows of one of the data set's tab-separated files, without its header."""
    with wheel.open(WITHIN_WHEEL + name) as raw:
        lines = io.TextIOWrapper(raw, encoding="utf-8", newline="\n").read().splitlines()
    return [line.split("\t") for line in lines[1:]]


def load(path: Path) -> tuple[list[int], list[tuple[int, str]], np.ndarray]:
    """Users, films with what decides their author, and the matrix of ratings."""
    with zipfile.ZipFile(path) as wheel:
        users = sorted(int(row[0]) for row in read_table(wheel, "user"))
        films = sorted((int(row[0]), f"{row[2]}/{row[3]}") for row in read_table(wheel, "item"))
        rows = read_table(wheel, "inter")
    # Both id spaces are 1..n without gaps, so that a matrix index is an id less one.
    assert users == list(range(1, len(users) + 1))
    assert [film for film, _ in films] == list(range(1, len(films) + 1))
    ratings = np.zeros((len(users), len(films)))
    for user, film, rating, _ in rows:
        ratings[int(user) - 1, int(film) - 1] = float(rating)
    return users, films, ratings


# Facts


def make_facts(users: list[int], films: list[tuple[int, str]], ratings: np.ndarray) -> Facts:
    """Rows of the four tables. Year and genres decide the author, so that an author has
    several films; most author ids are also user ids, so that the own-article rule bites."""
    user_rows = [(u, "suspended" if u % 41 == 0 else "active") for u in users]
    article_rows = [(film, "withdrawn" if film % 37 == 0 else "published",
                     1 + pick("author", traits) % AUTHORS) for film, traits in films]
    reads = [(int(u) + 1, int(film) + 1) for u, film in np.argwhere(ratings > 0)]
    authors = sorted({author for _, _, author in article_rows})
    mutes = [(u, a) for u in users for a in authors if pick("mute", u, a) % 100 == 0]
    return user_rows, article_rows, reads, mutes


def write_facts(path: Path, facts: Facts) -> None:
    users, articles, reads, mutes = facts
    db = sqlite3.connect(path)
    db.executescript("""
        CREATE TABLE users(id INTEGER PRIMARY KEY, status TEXT NOT NULL);
        CREATE TABLE articles(id INTEGER PRIMARY KEY, status TEXT NOT NULL, author_id INTEGER NOT NULL);
        CREATE TABLE reads(user_id INTEGER NOT NULL, article_id INTEGER NOT NULL,
                           PRIMARY KEY (user_id, article_id));
        CREATE TABLE mutes(user_id INTEGER NOT NULL, author_id INTEGER NOT NULL,
                           PRIMARY KEY (user_id, author_id));
    """)
    db.executemany("INSERT INTO users VALUES (?, ?)", users)
    db.executemany("INSERT INTO articles VALUES (?, ?, ?)", articles)
    db.executemany("INSERT INTO reads VALUES (?, ?)", reads)
    db.executemany("INSERT INTO mutes VALUES (?, ?)", mutes)
    db.commit()
    db.close()


# Recommendations


def score(ratings: np.ndarray) -> np.ndarray:
    """Item-to-item scores, users by films: each film's rated neighbours by cosine, weighted by
    the rating. Cosines are rounded to millionths and kept as whole numbers: every sum stays
    far below 2^53 and is exact in whatever order it is added."""
    gram = ratings.T @ ratings
    norm = np.sqrt(np.maximum(np.diag(gram), 1.0))
    cosine = np.rint(1e6 * gram / np.outer(norm, norm))
    np.fill_diagonal(cosine, 0.0)
    beyond = np.argsort(-cosine, axis=1, kind="stable")[:, NEIGHBOURS:]
    np.put_along_axis(cosine, beyond, 0.0, axis=1)
    return ratings @ cosine.T


def blemish(user: int, ids: list[int]) -> list[int]:
    """The list with what a careless producer leaves in: a few repeats of an id that stands
    earlier, and in every fifth list an id that no table knows."""
    for n in range(pick("repeats", user) % 4):
        at = 1 + pick("repeat-at", user, n) % (len(ids) - 1)
        ids[at] = ids[pick("repeat-of", user, n) % at]
    if user % 5 == 0:
        ids[pick("unknown-at", user) % len(ids)] = UNKNOWN_ARTICLE + user
    return ids


def recommend(user: int, scores: np.ndarray, rated: np.ndarray) -> list[int]:
    """One user's list in rank order. Every 97th user gets only what they have rated, so that
    nothing is left of it; every 59th a list so long that the limit cuts it."""
    ranked = np.argsort(-scores, kind="stable")
    rated_first, unrated = ranked[rated[ranked]], ranked[~rated[ranked]]
    if user % 97 == 0:
        return [int(i) + 1 for i in rated_first[:LIST_LEN]]
    length = LONG_LIST_LEN if user % 59 == 0 else LIST_LEN
    mixed = rated_first[:RATED_PER_LIST]
    chosen = set(mixed.tolist()) | set(unrated[:length - len(mixed)].tolist())
    return blemish(user, [int(i) + 1 for i in ranked if int(i) in chosen])


def make_recs(users: list[int], ratings: np.ndarray) -> Recs:
    scores, rated = score(ratings), ratings > 0
    recs = [(u, recommend(u, scores[u - 1], rated[u - 1])) for u in users]
    for n, stranger in enumerate(UNKNOWN_USERS):
        # Spread over the file, not appended: they must share messages with good users.
        recs.insert(100 + 150 * n, (stranger, recs[n][1][:20]))
    return recs


# Output


def write_lines(path: Path, values: list) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as out:
        for value in values:
            out.write(json.dumps(value, separators=(",", ":")) + "\n")


def build(out: Path) -> None:
    """Write everything in a directory of its own first, so that a run cut short leaves no
    half-made file where tests look."""
    users, films, ratings = load(fetch_wheel(out / "download"))
    say(f"{len(users)} users, {len(films)} films, {int((ratings > 0).sum())} ratings")
    scratch = out / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    write_facts(scratch / "facts.sqlite", make_facts(users, films, ratings))
    recs = make_recs(users, ratings)
    write_lines(scratch / "recs.jsonl", recs)
    batches = [recs[i:i + USERS_PER_MESSAGE] for i in range(0, len(recs), USERS_PER_MESSAGE)]
    write_lines(scratch / "messages.jsonl", [{"data": batch} for batch in batches])
    items, counts = expected.compute(scratch / "facts.sqlite", scratch / "recs.jsonl")
    write_lines(scratch / "expected.jsonl", items)
    (scratch / "expected-drops.json").write_text(json.dumps(counts, indent=2) + "\n")
    for made in sorted(scratch.iterdir()):
        os.replace(made, out / made.name)
    scratch.rmdir()
    say(f"{len(recs)} lists in {len(batches)} messages, {counts['written']} items expected")


def main() -> None:
    repo = Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(description="make pipeline input from MovieLens-100K")
    parser.add_argument("--out", type=Path, default=repo / ".cache" / "movielens")
    out = parser.parse_args().out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    sources = Path(__file__).read_bytes() + Path(expected.__file__).read_bytes()
    digest = hashlib.sha256(sources).hexdigest()
    with (out / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp = out / ".stamp"
        fresh = stamp.exists() and stamp.read_text() == digest
        if not (fresh and all((out / name).exists() for name in OUTPUTS)):
            stamp.unlink(missing_ok=True)
            build(out)
            stamp.write_text(digest)
    print(out)


if __name__ == "__main__":
    main()
