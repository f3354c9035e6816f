"""What a plan's calendar says to the patient, in one language, and no more than privacy allows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from mesoplan.export.caring import around_session
from mesoplan.export.dates import day
from mesoplan.ground.language import Language
from mesoplan.ground.weekdays import NAMES
from mesoplan.languages.translating import visit_title
from mesoplan.plan.plan import Plan
from mesoplan.scheduling.visit import Status, Visit

Privacy = Literal["full", "neutral", "busy"]
"""All of it; "Appointment" and the clinic's name alone; or "Busy" and nothing else."""

_LOST = frozenset({"missed", "cancelled"})
_PREFIXED = _LOST | {"tentative"}
_CLOSED = re.compile(r"target (?P<day>\S+) is closed \((?P<why>.+)\); placed on ")


@dataclass(frozen=True)
class Wording:
    """What the entries of one plan's calendar say, in a language, at a level of privacy."""

    plan: Plan
    language: Language
    privacy: Privacy = "full"

    @property
    def name(self) -> str:
        """The calendar's name."""
        names = {"neutral": "appointments", "busy": "busy"}
        if self.privacy in names:
            return self.language.word(names[self.privacy])
        return self.language.text(self.plan.course.protocol.title)

    @property
    def location(self) -> str:
        """The clinic and where it is, as far as they are known and may be told."""
        clinic = self.plan.clinic
        told = {"full": (clinic.name, clinic.location), "neutral": (clinic.name,), "busy": ()}
        return ", ".join(filter(None, told[self.privacy]))

    @property
    def reminder(self) -> str:
        """The text of every alarm; it may light up on a locked screen, so it names no treatment."""
        return self.language.word("reminder")

    def summary(self, visit: Visit) -> str:
        """Give the title; some calendars draw no STATUS, so what is not certain is said here too."""
        status = self._told(visit.status)
        title = self._title(visit)
        return self.language.word(f"title_{status}", title=title) if status in _PREFIXED else title

    def description(self, visit: Visit) -> str:
        """Say what the visit is, the closed day it avoids, its care and whom to call, or nothing."""
        return "\n".join(self._sentences(visit)) if self.privacy == "full" else ""

    def _told(self, status: Status) -> Status:
        """Give the status as others may know it: not that the person stayed away."""
        return "cancelled" if self.privacy != "full" and status in _LOST else status

    def _title(self, visit: Visit) -> str:
        words = {"neutral": "appointment", "busy": "busy"}
        if self.privacy in words:
            return self.language.word(words[self.privacy])
        return visit_title(visit.title, self.language)

    def _sentences(self, visit: Visit) -> Iterator[str]:
        say = self.language
        protocol = say.text(self.plan.course.protocol.title)
        yield say.word("said_of", protocol=protocol, what=self._numbered(visit))
        if visit.label:
            yield say.text(visit.label)
        if visit.upcoming:
            yield from self._moved(visit)
        if visit.kind == "session" and visit.status not in _LOST:
            yield from self._care
        if self.plan.clinic.phone:
            yield say.word("phone", phone=self.plan.clinic.phone)

    @cached_property
    def _care(self) -> tuple[str, ...]:
        return tuple(around_session(self.plan.course.protocol, self.language))

    def _numbered(self, visit: Visit) -> str:
        kind = self.language.word(visit.kind)
        if visit.number is None:
            return kind
        pattern = "numbered" if visit.of is None else "numbered_of"
        return self.language.word(pattern, title=kind, number=visit.number, of=visit.of)

    def _moved(self, visit: Visit) -> Iterator[str]:
        """Read the holiday or closure out of the reasons, which a saved plan holds for good."""
        for found in filter(None, map(_CLOSED.match, visit.reasons)):
            yield self._instead(found["day"], found["why"])

    def _instead(self, iso: str, why: str) -> str:
        if self.language.is_english:
            return self.language.word("instead_because", day=iso, why=why)
        target = day(self.language, date.fromisoformat(iso))
        if why in NAMES:  # the weekday, which the day names already
            return self.language.word("instead_of", day=target)
        return self.language.word("instead_because", day=target, why=why)
