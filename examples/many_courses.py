"""Many courses planned in parallel, with a progress bar where someone is looking."""

from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime, timedelta
from multiprocessing import get_context

from mesoplan import Clinic, Closure, Course, Plan, protocols, schedule

COURSES = 200
AS_OF = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
CLINIC = Clinic(
    timezone="Europe/Istanbul",
    hours={"mon-fri": "09:00-18:30", "sat": "10:00-14:00"},
    closures=[Closure(first=date(2027, 8, 2), last=date(2027, 8, 15), reason="Summer leave")],
)


def plan(number: int) -> Plan:
    """Plan one course; it starts on its own day and hour."""
    days, hours = divmod(number, 8)
    start = datetime(2026, 12, 1, 9, 30) + timedelta(days=days, hours=hours)
    protocol = protocols.get("mesotherapy-weekly")
    return schedule(
        Course(id=f"course-{number}", protocol=protocol, start=start), CLINIC, as_of=AS_OF
    )


def watched(plans: Iterable[Plan]) -> Iterable[Plan]:
    """Show a bar on a terminal that rich can draw on; elsewhere nothing."""
    try:
        from rich.console import Console  # noqa: PLC0415 - an extra
        from rich.progress import track  # noqa: PLC0415
    except ImportError:
        return plans
    console = Console(stderr=True)
    return track(plans, "Planning", COURSES, console=console) if console.is_terminal else plans


def main() -> None:
    """Plan them all and say how full the clinic's days get."""
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        plans = list(watched(pool.map(plan, range(COURSES), chunksize=10)))
    visits = [visit for planned in plans for visit in planned.visits]
    findings = Counter(finding.code for planned in plans for finding in planned.findings)
    busiest, most = Counter(visit.day for visit in visits).most_common(1)[0]
    print(f"{len(plans)} courses, {len(visits)} visits, the busiest day is {busiest} with {most}")
    for code, times in findings.most_common():
        print(f"{times} x {code}")


if __name__ == "__main__":
    main()
