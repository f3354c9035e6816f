"""How fast mesoplan is, beside what one would write without it: `python tests/bench`.

Each comparison times both sides in turn, many rounds in one run, and gives the ratio of their medians
with its goal. A goal that is missed is printed as missed; nothing fails, for a time is no proof.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import exports
import weekly
from measure import Comparison, Result, calls, compare, imports

_PEERS = "from pydantic import BaseModel; import icalendar; from dateutil import relativedelta, rrule, tz"
_OURS = "from mesoplan import Clinic, Course, protocols, schedule, to_ics"
_PACKAGES = ("mesoplan", "pydantic", "icalendar", "python-dateutil", "holidays", "tzdata")

_TO_ICS = calls("to_ics", exports.ours)
COMPARISONS = (
    Comparison(
        "schedule",
        goal=1.0,
        ours=calls("schedule", weekly.ours),
        peer=calls("rrule, relativedelta and a skip loop", weekly.theirs),
        rounds=60,
    ),
    Comparison(
        "to_ics",
        goal=0.5,
        ours=_TO_ICS,
        peer=calls("icalendar, time zone prebuilt", exports.with_prebuilt_zone),
        rounds=30,
    ),
    Comparison(
        "to_ics-zones",
        goal=0.2,
        ours=_TO_ICS,
        peer=calls("icalendar, add_missing_timezones", exports.with_missing_zones_added),
        rounds=15,
    ),
    Comparison(
        "import",
        goal=1.25,
        ours=imports("what a program imports", _OURS),
        peer=imports("import pydantic, icalendar, dateutil", _PEERS),
        rounds=20,
    ),
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the comparisons, or profile our side of one of them."""
    names = [comparison.name for comparison in COMPARISONS]
    parser = argparse.ArgumentParser(prog="python tests/bench", description=__doc__)
    parser.add_argument(
        "--rounds", type=int, help="rounds of each comparison; default under a minute"
    )
    parser.add_argument("--only", choices=names, action="append", help="leave the others out")
    parser.add_argument("--json", type=Path, help="write the numbers to this file")
    parser.add_argument("--profile", choices=names, help="show where our side's time goes instead")
    given = parser.parse_args(arguments)
    chosen = [c for c in COMPARISONS if c.name in (given.only or names)]
    if given.profile:
        next(c for c in COMPARISONS if c.name == given.profile).ours.profile()
        return
    results = [compare(comparison, given.rounds or comparison.rounds) for comparison in chosen]
    _print(results)
    if given.json:
        given.json.write_text(json.dumps(_report(results), indent=2) + "\n")


def _print(results: Sequence[Result]) -> None:
    print(f"{'':14}{'ours':>9}  {'peer':>9}  {'ratio':>6}  {'goal':>5}")
    for result in results:
        row = result.record()
        verdict = "reached" if result.reached else "missed"
        print(
            f"{row['name']:14}{row['ours_ms']:6.2f} ms  {row['peer_ms']:6.2f} ms"
            f"  {row['ratio']:6.2f}  {row['goal']:5.2f}  {verdict}  (against {row['peer']})"
        )


def _report(results: Sequence[Result]) -> dict[str, object]:
    return {
        "python": sys.version.split()[0],
        "machine": platform.machine(),
        "packages": {name: version(name) for name in _PACKAGES},
        "comparisons": [result.record() for result in results],
    }


if __name__ == "__main__":
    main()
