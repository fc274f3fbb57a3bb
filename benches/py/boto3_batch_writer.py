"""What an ad-hoc script does: boto3's batch_writer, with threads as its documentation shows (a
session and a resource for each thread, since neither may be shared). Prints items and seconds as
JSON; starting Python and importing boto3 do not count.

    python benches/boto3_batch_writer.py FILE [--lines N] [--threads N]
"""

import argparse
import json
import threading
import time
from itertools import islice

import boto3


def write(lines: list[str]) -> None:
    table = boto3.session.Session().resource("dynamodb").Table("bench")
    with table.batch_writer() as batch:
        for line in lines:
            user, articles = json.loads(line)
            batch.put_item(Item={"user_id": user, "recommended_note_ids": articles})


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("--lines", type=int, default=20_000)
    parser.add_argument("--threads", type=int, default=4)
    args = parser.parse_args()
    with open(args.file) as file:
        lines = list(islice(file, args.lines))
    share = -(-len(lines) // args.threads)
    parts = [lines[start : start + share] for start in range(0, len(lines), share)]
    begun = time.perf_counter()
    threads = [threading.Thread(target=write, args=(part,)) for part in parts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps({"items": len(lines), "seconds": time.perf_counter() - begun}))


if __name__ == "__main__":
    main()
