"""How many cases of each family the placement was held against every combination of days.

    python tests/placement_table.py --cases 1000

A case is one small course; two that are alike count once. `differ` counts those in which the library's
days are not the best ones.
"""

import argparse
import sys
from collections.abc import Callable, Hashable
from time import perf_counter

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

import test_placement
import test_review_placement
import test_whole_placement

_PLAIN = (Phase.generate,)
"""No shrinking, and nothing explained: a difference is counted."""


def counted(
    cases: st.SearchStrategy[Hashable], check: Callable[[Hashable], None], number: int
) -> tuple[int, int]:
    """Hold so many cases against the oracle; return how many differed from each other and from it."""
    known: set[Hashable] = set()
    wrong: set[Hashable] = set()

    @seed(0)
    @settings(
        max_examples=number,
        phases=_PLAIN,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def each(case: Hashable) -> None:
        known.add(case)
        try:
            check(case)
        except (AssertionError, pytest.fail.Exception):
            wrong.add(case)

    each()
    return len(known), len(wrong)


def main() -> int:
    """Print the table; return how many cases differed."""
    parser = argparse.ArgumentParser(description="hold the placement against every combination")
    parser.add_argument("--cases", type=int, default=1_000, help="of each family (default: 1000)")
    number = parser.parse_args().cases
    print(f"{'family':46} {'cases':>6} {'differ':>6} {'s':>5}")
    differ = 0
    for module in (test_placement, test_whole_placement, test_review_placement):
        for family, cases in module.FAMILIES.items():
            begun = perf_counter()
            known, wrong = counted(cases, module.check, number)
            differ += wrong
            print(f"{family:46} {known:6} {wrong:6} {perf_counter() - begun:5.0f}", flush=True)
    return min(differ, 1)


if __name__ == "__main__":
    sys.exit(main())
