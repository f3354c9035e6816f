"""Print, for every published regimen and start date, whether the plan has the published days."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import published
from agreement import disagreements


def rows() -> Iterator[tuple[str, bool]]:
    """Yield the lines for each regimen, and whether it agrees everywhere."""
    for name, regimen in published.REGIMENS.items():
        found = [list(disagreements(name, start)) for start in published.STARTS]
        cells = " ".join(("FAIL" if each else "pass").ljust(10) for each in found)
        differences = dict.fromkeys(line for each in found for line in each)
        lines = [f"{name.ljust(_WIDTH)} {cells} {regimen['quality']}", *differences]
        yield "\n    ".join(lines), not differences


def main() -> int:
    """Print the table; give the number of regimens that differ somewhere."""
    lines, agree = zip(*rows(), strict=True)
    dates = " ".join(map(str, published.STARTS))
    last = f"{sum(agree)} of {len(agree)} regimens agree on every start date"
    sys.stdout.write("\n".join([f"{'start'.ljust(_WIDTH)} {dates}", *lines, last]) + "\n")
    return sum(not each for each in agree)


_WIDTH = max(map(len, published.REGIMENS))

if __name__ == "__main__":
    sys.exit(main())
