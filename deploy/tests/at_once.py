"""Runs the tests of a module as `python -m unittest` does, but several at a time: each has servers of
its own, and waits most of the time.

    python at_once.py MODULE
"""

import io
import multiprocessing
import sys
import unittest

AT_ONCE = 4


def names(suite):
    for each in suite:
        yield from names(each) if isinstance(each, unittest.TestSuite) else [each.id()]


def run(name):
    """A test is run in a process of its own: AWS clients are not made in several threads."""
    told = io.StringIO()
    suite = unittest.defaultTestLoader.loadTestsFromName(name)
    result = unittest.TextTestRunner(told, verbosity=2).run(suite)
    return result.wasSuccessful() and result.testsRun == 1, told.getvalue()


def main(module):
    found = list(names(unittest.defaultTestLoader.loadTestsFromName(module)))
    with multiprocessing.Pool(AT_ONCE) as pool:
        results = pool.map(run, found, chunksize=1)
    for _, told in results:
        print(told, file=sys.stderr)
    print(f"Ran {len(found)} tests of {module}", file=sys.stderr)
    return 0 if all(passed for passed, _ in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
