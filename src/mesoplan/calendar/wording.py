"""What a plan's calendar says to the patient, in one language, and no more than privacy allows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from mesoplan.care.around import around_session
from mesoplan.languages.dates import day
from mesoplan.languages.language import Language
from mesoplan.languages.translating import numbered, visit_title
from mesoplan.plan.plan import Plan
from mesoplan.plan.visit import Status, Visit
from mesoplan.values.weekdays import NAMES

Privacy = Literal["full", "neutral", "busy"]
"""All of it; "Appointment" and the clinic's name alone; or "Busy" and nothing else."""

_PREFIXED = frozenset({"missed", "cancelled", "tentative", "on_hold"})
_DISCREET: dict[Status, Status] = {"missed": "cancelled", "on_hold": "tentative"}


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
        """The name and address of the clinic, as far as the level of privacy lets them be told."""
        clinic = self.plan.clinic
        told = {"full": (clinic.name, clinic.location), "neutral": (clinic.name,), "busy": ()}
        return ", ".join(filter(None, told[self.privacy]))

    @property
    def reminder(self) -> str:
        """The text of every alarm; it may light up on a locked screen, so it names no treatment."""
        return self.language.word("reminder")

    def summary(self, visit: Visit) -> str:
        """Return the title; it says what is not certain, since some calendars draw no STATUS."""
        status = self._told(visit.status)
        title = self._title(visit)
        return self.language.word(f"title_{status}", title=title) if status in _PREFIXED else title

    def description(self, visit: Visit) -> str:
        """Say what the visit is, which closed day it avoids, its care and whom to call; or ""."""
        return "\n".join(self._sentences(visit)) if self.privacy == "full" else ""

    def _told(self, status: Status) -> Status:
        """Return the status as others may know it: not that the person stayed away or is ill."""
        return status if self.privacy == "full" else _DISCREET.get(status, status)

    def _title(self, visit: Visit) -> str:
        words = {"neutral": "appointment", "busy": "busy"}
        if self.privacy in words:
            return self.language.word(words[self.privacy])
        return visit_title(visit, self.language)

    def _sentences(self, visit: Visit) -> Iterator[str]:
        say = self.language
        protocol = say.text(self.plan.course.protocol.title)
        yield say.word(
            "said_of", protocol=protocol, what=numbered(say.word(visit.kind), visit, say)
        )
        if visit.label:
            yield say.text(visit.label)
        if visit.upcoming:
            yield from self._moved(visit)
        if visit.kind == "session" and not visit.lost and visit.status != "on_hold":
            yield from self._care
        if self.plan.clinic.phone:
            yield say.word("phone", phone=self.plan.clinic.phone)

    @cached_property
    def _care(self) -> tuple[str, ...]:
        return tuple(around_session(self.plan.course.protocol, self.language))

    def _moved(self, visit: Visit) -> Iterator[str]:
        """Yield the closed day that it stands instead of, with the holiday or closure."""
        for reason in visit.reasons:
            if reason.code == "closed" and reason.target and reason.cause:
                yield self._instead(reason.target, reason.cause)

    def _instead(self, target: date, why: str) -> str:
        if self.language.is_english:
            return self.language.word("instead_because", day=target, why=why)
        said = day(self.language, target)
        if why == NAMES[target.weekday()]:  # which the day names already
            return self.language.word("instead_of", day=said)
        return self.language.word("instead_because", day=said, why=why)
