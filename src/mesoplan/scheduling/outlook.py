"""What goes with the visits and is none: what to expect by when, and treatment at home."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from mesoplan.protocol.anchor import Anchor
from mesoplan.scheduling.ground import Ground, Laid
from mesoplan.scheduling.laying import origin_of
from mesoplan.scheduling.visit import AtHome, Expectation


def expectations(
    ground: Ground, laid: Laid, placed: Mapping[str, datetime]
) -> Iterator[Expectation]:
    """Yield what to expect by when, counted from the days on which the sessions stand."""
    for milestone in ground.course.protocol.milestones:
        first = _day(milestone.at, ground, laid, placed)
        last = _day(milestone.until, ground, laid, placed)
        if first is not None:
            yield Expectation(
                id=milestone.id,
                title=milestone.title,
                first=first,
                last=last or first,
                text=milestone.text,
            )


def at_home(ground: Ground, laid: Laid, placed: Mapping[str, datetime]) -> Iterator[AtHome]:
    """Yield the treatment at home, from where it begins to where it ends."""
    for adjunct in ground.course.protocol.adjuncts:
        first = _day(adjunct.starts, ground, laid, placed)
        if first is not None:
            last = _day(adjunct.until, ground, laid, placed)
            yield AtHome(title=adjunct.title, first=first, last=last, text=adjunct.text)


def _day(
    anchor: Anchor | None, ground: Ground, laid: Laid, placed: Mapping[str, datetime]
) -> date | None:
    """Give the first day that an anchor names; None where it has nothing to count from."""
    origin = None if anchor is None else origin_of(anchor, ground, laid, placed)
    if origin is None or not origin.moments:
        return None
    month_end = ground.course.protocol.month_end
    return origin.offset.after(origin.moments[0], month_end=month_end).date()
