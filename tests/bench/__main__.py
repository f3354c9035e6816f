"""How fast mesoplan is, beside what one would write without it: `python tests/bench`.

Each comparison times both sides in turn, many rounds in one run, and gives the ratio of their medians
with its goal. Then follow how planning grows with the number of sessions, and whether it keeps memory.
A goal that is missed is printed as missed; nothing fails, for a time is no proof.
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
import firstplan
import growth
import memory
import replans
import weekly
from marks import printed
from measure import Comparison, Result, calls, compare, starts

_PEERS = "from pydantic import BaseModel; import icalendar; from dateutil import relativedelta, rrule, tz"
_OURS = "from mesoplan import Clinic, Course, protocols, schedule, to_ics"
_PACKAGES = ("mesoplan", "pydantic", "icalendar", "python-dateutil", "holidays", "tzdata")
_BESIDE = ("growth", "memory")
_HERE = Path(__file__).resolve().parents[2]

_TO_ICS = calls("to_ics", exports.ours, exports.plans)
_SCHEDULE = calls("schedule", weekly.ours, weekly.courses)
COMPARISONS = (
    Comparison(
        "schedule",
        goal=3.0,
        ours=_SCHEDULE,
        peer=calls("rrule, relativedelta and a skip loop", weekly.theirs, lambda: weekly.STARTS),
        rounds=60,
    ),
    Comparison(
        "open",
        goal=2.0,
        ours=calls("Plan.model_validate_json", replans.opened, replans.saved),
        peer=calls("plain pydantic models of its shape", replans.opened_plainly, replans.saved),
        rounds=40,
    ),
    Comparison(
        "alternatives",
        goal=6.0,
        ours=calls("alternatives within a week", replans.offered, replans.opened_afresh),
        peer=_SCHEDULE,
        rounds=15,
    ),
    Comparison(
        "changes",
        goal=1.0,
        ours=calls("changes_since", replans.compared, replans.two_of_each),
        peer=_SCHEDULE,
        rounds=20,
    ),
    Comparison(
        "replan",
        goal=1.0,
        ours=calls("schedule again after one fact", replans.planned_again, replans.with_news),
        peer=_SCHEDULE,
        rounds=20,
    ),
    Comparison(
        "to_ics",
        goal=0.5,
        ours=_TO_ICS,
        peer=calls("icalendar, time zone prebuilt", exports.with_prebuilt_zone, exports.entries),
        rounds=30,
    ),
    Comparison(
        "to_ics-zones",
        goal=0.2,
        ours=_TO_ICS,
        peer=calls(
            "icalendar, add_missing_timezones", exports.with_missing_zones_added, exports.entries
        ),
        rounds=15,
    ),
    Comparison(
        "import",
        goal=1.5,
        ours=starts("what a program imports", _OURS),
        peer=starts("import pydantic, icalendar, dateutil", _PEERS),
        rounds=20,
    ),
    Comparison(
        "first-plan",
        goal=1.5,
        ours=starts("a process up to its first plan and file", firstplan.OURS),
        peer=starts("the plain script and icalendar in a process", firstplan.PLAINLY),
        rounds=15,
    ),
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the measurements, profile our side of one of them, or print the marks of the house."""
    names = [comparison.name for comparison in COMPARISONS]
    parser = argparse.ArgumentParser(prog="python tests/bench", description=__doc__)
    parser.add_argument(
        "--rounds", type=int, help="rounds of each comparison; default about a minute in all"
    )
    parser.add_argument(
        "--quick", action="store_true", help="few rounds, small courses, and not many of them"
    )
    parser.add_argument(
        "--only", choices=[*names, *_BESIDE], action="append", help="leave the others out"
    )
    parser.add_argument("--json", type=Path, help="write the numbers to this file")
    parser.add_argument("--profile", choices=names, help="show where our side's time goes instead")
    parser.add_argument(
        "--marks",
        type=Path,
        nargs="*",
        metavar="CHECKOUT",
        help="print the marks of these checkouts side by side instead; default this one",
    )
    given = parser.parse_args(arguments)
    if given.marks is not None:
        print(printed(given.marks or [_HERE]))
    elif given.profile:
        next(c for c in COMPARISONS if c.name == given.profile).ours.profile()
    else:
        report = _measured(given.only or [*names, *_BESIDE], given.rounds, quick=given.quick)
        if given.json:
            given.json.write_text(json.dumps(report, indent=2) + "\n")


def _measured(chosen: Sequence[str], rounds: int | None, *, quick: bool) -> dict[str, object]:
    """Measure what was chosen, say each number as soon as it is known, and return them all."""
    report: dict[str, object] = {
        "python": sys.version.split()[0],
        "machine": platform.machine(),
        "packages": {name: version(name) for name in _PACKAGES},
    }
    print(f"{'':14}{'ours':>9}  {'peer':>9}  {'ratio':>6}  {'goal':>5}")
    results = []
    for comparison in COMPARISONS:
        if comparison.name in chosen:
            results.append(compare(comparison, rounds or (3 if quick else comparison.rounds)))
            _print(results[-1])
    report["comparisons"] = [result.record() for result in results]
    if "growth" in chosen:
        sizes = growth.QUICK if quick else growth.SIZES
        grown = [growth.grow(rhythm, sizes) for rhythm in growth.RHYTHMS]
        report["growth"] = [each.record() for each in grown]
        print(*grown, sep="\n")
    if "memory" in chosen:
        held = memory.held(memory.QUICK if quick else memory.COURSES)
        report["memory"] = held.record()
        print(held)
    return report


def _print(result: Result) -> None:
    row = result.record()
    verdict = "reached" if result.reached else "missed"
    print(
        f"{row['name']:14}{row['ours_ms']:6.2f} ms  {row['peer_ms']:6.2f} ms"
        f"  {row['ratio']:6.2f}  {row['goal']:5.2f}  {verdict:7}  ({row['ours']}, against {row['peer']})",
        flush=True,
    )


if __name__ == "__main__":
    main()
