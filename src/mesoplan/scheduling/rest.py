"""The sessions of one phase that are still to come, on the places of its rhythm (M2 to M4).

The idea: a rhythm lays places on the calendar, and what is left of the phase takes them. Nothing here
knows what happened except through the standing, and nothing knows where a session will finally stand.

What holds:

- A session that was announced keeps its place while the rhythm counts from where it did, so that one
  that is lost, or can no longer stand, goes to the end of the series and moves no other.
- A place is passed over where its session could stand only so late that the next one would leave its
  window or come below the minimum: a day late is a finding, a week late in a weekly course is another
  week. So no absence makes anything rush, however it is told.
- Where the gap before a place is longer than the phase allows, the phase begins again there.
- As many sessions are laid as are owed: the protocol's number and what was added, less what is done and
  what was given up.
"""

from itertools import islice

from mesoplan.scheduling.chain import Chain
from mesoplan.scheduling.days import within_the_calendar
from mesoplan.scheduling.grid import Grid
from mesoplan.scheduling.laying import Laying, Rest
from mesoplan.scheduling.targets import Outlook, places_from


def lay_rest(rest: Rest) -> Outlook:
    """Lay what is left of a phase.

    Raises CourseError where that leads beyond the year 9999, or to too many sessions.
    """
    ended = rest.standing.ended
    if ended is not None and ended <= rest.first.date() and not rest.announced:
        return Outlook()
    with within_the_calendar(rest.first.date()):
        return _rhythm(rest).run()


def _rhythm(rest: Rest) -> Laying:
    """Return how a phase takes places."""
    if rest.phase.at or rest.phase.each_of_another:
        return _Listed(rest)
    return Chain(rest) if rest.phase.is_chain else Grid(rest)


class _Listed(Laying):
    """An explicit list, or one session at each of another phase: each slot has its place."""

    def _take_places(self) -> None:
        found = places_from(self.phase, self.rest.origin, self.rest.month_end, self.rest.moments)
        places = dict(enumerate(islice(found, self.asked), 1))
        for slot, place in places.items():
            if slot not in self._closed:
                is_bound = slot in self.standing.owed and self.phase.within is not None
                self._lay(slot, place, by=self._made_up_by(slot) if is_bound else None)
        self.unasked = sorted(self._chosen - self._closed - places.keys())
        self._give_up(self.unasked)
