"""The default policy's filter, written a second time and on its own, as the tests' oracle.

It shares nothing with the Rust core: plain loops over rows read back from the facts file. A
user who is unknown or not active drops the whole entry, and its ids are not counted. For each
id, in rank order, the first rule that matches drops it:

    duplicate            seen earlier in the list, whether kept or dropped there
    unknown-article      not in articles
    unpublished-article  status is not 'published'
    own-article          its author is the user
    muted-author         the user mutes its author
    already-read         the user has read it

What is left after the 100th id is dropped as over-max-len; with nothing left, the entry is
not written (too-few).
"""

import json
import sqlite3
from pathlib import Path

MAX_LEN = 100
MIN_LEN = 1

ARTICLE_REASONS = ("duplicate", "unknown-article", "unpublished-article", "own-article",
                   "muted-author", "already-read", "over-max-len")
ENTRY_REASONS = ("unknown-user", "inactive-user", "too-few")


class Facts:
    def __init__(self, path: Path) -> None:
        db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        self.users = dict(db.execute("SELECT id, status FROM users"))
        self.articles = {i: (status, author) for i, status, author in
                         db.execute("SELECT id, status, author_id FROM articles")}
        self.reads = set(db.execute("SELECT user_id, article_id FROM reads"))
        self.mutes = set(db.execute("SELECT user_id, author_id FROM mutes"))
        db.close()


def why_dropped(facts: Facts, user: int, article: int, seen: set[int]) -> str | None:
    """The first rule that drops this article for this user, or None."""
    if article in seen:
        return "duplicate"
    if article not in facts.articles:
        return "unknown-article"
    status, author = facts.articles[article]
    if status != "published":
        return "unpublished-article"
    if author == user:
        return "own-article"
    if (user, author) in facts.mutes:
        return "muted-author"
    if (user, article) in facts.reads:
        return "already-read"
    return None


def compute(facts_path: Path, recs_path: Path) -> tuple[list[dict], dict]:
    """The items the table must hold, in the file's order, and the counts by reason.

    Every id of the input is counted once: ids_in = ids_kept + dropped + ids_not_judged, the
    last being the ids of entries whose user was refused."""
    facts = Facts(facts_path)
    items: list[dict] = []
    dropped = dict.fromkeys(ARTICLE_REASONS, 0)
    skipped = dict.fromkeys(ENTRY_REASONS, 0)
    entries = ids_in = ids_kept = ids_not_judged = 0
    for line in recs_path.read_text().splitlines():
        user, ids = json.loads(line)
        entries += 1
        ids_in += len(ids)
        if facts.users.get(user) != "active":
            skipped["inactive-user" if user in facts.users else "unknown-user"] += 1
            ids_not_judged += len(ids)
            continue
        kept: list[int] = []
        seen: set[int] = set()
        for article in ids:
            reason = why_dropped(facts, user, article, seen)
            seen.add(article)
            if reason is None and len(kept) == MAX_LEN:
                reason = "over-max-len"
            if reason is None:
                kept.append(article)
            else:
                dropped[reason] += 1
        if len(kept) < MIN_LEN:
            skipped["too-few"] += 1
            continue
        ids_kept += len(kept)
        items.append({"user_id": user, "recommended_note_ids": kept})
    assert ids_in == ids_kept + sum(dropped.values()) + ids_not_judged
    assert entries == len(items) + sum(skipped.values())
    return items, {"entries": entries, "written": len(items), "skipped": skipped, "ids_in": ids_in,
                   "ids_kept": ids_kept, "ids_not_judged": ids_not_judged, "dropped": dropped}
