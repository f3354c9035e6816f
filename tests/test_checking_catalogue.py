"""The checker on what we ship, and its outline held against the real planner."""

from datetime import UTC, date, datetime

import pytest

from mesoplan import protocols
from mesoplan.checking import check_protocol
from mesoplan.clinic.clinic import Clinic
from mesoplan.course.course import Course
from mesoplan.scheduling.schedule import schedule
from mesoplan.scheduling.undated import START, undated

DOUBTFUL = {"mesotherapy-spaced": ["MP203"], "mesotherapy-weekly": ["MP203"]}
"""Most of mesotherapy's numbers are ours, which whoever follows it should be told."""


@pytest.mark.parametrize("name", protocols.names())
def test_every_protocol_of_the_catalogue_is_fine(name: str) -> None:
    """What its source does not say is silenced with that reason; nothing is impossible."""
    remarks = check_protocol(protocols.get(name))
    assert [remark.rule for remark in remarks] == DOUBTFUL.get(name, [])


@pytest.mark.parametrize("name", protocols.names())
def test_every_protocol_of_the_catalogue_says_what_an_absence_does(name: str) -> None:
    """From the source, where it says so, else marked as ours; the rule that asks is never silenced."""
    protocol = protocols.get(name)
    ruled = [phase for phase in protocol.phases if phase.tiers or phase.restart_after]
    assert ruled
    for phase in ruled:
        assert phase.basis_of("tiers" if phase.tiers else "restart_after"), phase.id
    assert "MP220" not in protocol.checks


@pytest.mark.parametrize("name", protocols.names())
def test_the_outline_of_a_protocol_is_what_is_planned_from_it(name: str) -> None:
    """At a clinic that is always open each session's target is the outline's, phase by phase."""
    protocol = protocols.get(name)
    laid = {key: run for key, run in undated(protocol).runs.items() if run.is_dated}
    outside = {anchor.name for anchor in protocol.anchors() if anchor.name}
    dates = dict.fromkeys(outside, date(2001, 1, 1))
    course = Course(id="course-1", protocol=protocol, start=START, dates=dates)
    plan = schedule(course, Clinic(timezone="UTC"), as_of=datetime(2000, 12, 1, tzinfo=UTC))
    assert laid or outside
    for key, run in laid.items():
        targets = [visit.target for visit in plan.sessions if visit.phase == key]
        outlined = [moment.date() for moment in run.moments]
        shared = min(len(targets), len(outlined)) if protocol.phase(key).is_open else None
        assert targets[:shared] == outlined[:shared]
