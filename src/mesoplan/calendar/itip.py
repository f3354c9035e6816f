"""One visit as a message to the patient's calendar by e-mail (iTIP, RFC 5546)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal
from urllib.parse import quote

from icalendar import vCalAddress, vText
from pydantic import StringConstraints

from mesoplan.calendar.ics import calendar, exported, level, written
from mesoplan.calendar.lines import Lines, line
from mesoplan.calendar.wording import Privacy, Wording
from mesoplan.languages import chosen
from mesoplan.languages.language import Language
from mesoplan.plan.plan import Plan
from mesoplan.plan.visit import Status
from mesoplan.values.base import Model
from mesoplan.values.errors import CalendarError, Fault
from mesoplan.values.given import given
from mesoplan.values.kinds import Line, Written
from mesoplan.values.period import Period

Method = Literal["REQUEST", "CANCEL"]

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
Address = Annotated[
    str,
    StringConstraints(pattern=rf"^{_ATOM}(\.{_ATOM})*@{_NAME}(\.{_NAME})*$", max_length=254),
    Written(
        "is not an e-mail address in plain letters",
        'write for example "ayse@example.org", the domain in its ASCII form',
        code="not-an-email-address",
    ),
]

_METHODS: dict[Status, Method] = {
    "planned": "REQUEST",
    "tentative": "REQUEST",
    "on_hold": "REQUEST",
    "missed": "CANCEL",  # as the feed says of it: STATUS:CANCELLED
    "cancelled": "CANCEL",
}
_PLAIN = "@!$'*+"


class Mailbox(Model):
    """Someone who sends or gets messages: an address, and the name shown with it."""

    refusal: ClassVar[type[CalendarError]] = CalendarError

    address: Address
    """The e-mail address."""
    name: Line | None = None
    """The name shown with it."""

    if TYPE_CHECKING:  # `python tests/front_door.py` writes it

        def __init__(  # noqa: D107 - editors show what the class says
            self,
            *,
            address: str,
            name: str | None = None,
        ) -> None: ...


def to_itip(
    plan: Plan,
    key: str,
    *,
    organizer: Mailbox | str,
    attendee: Mailbox | str,
    method: Method | None = None,
    alarms: Sequence[Period | str] = (),
    privacy: Privacy = "full",
    language: str | Language = "en",
) -> bytes:
    """Return a message that puts a visit into a patient's calendar, moves it there or calls it off.

    It is the entry that `to_ics` writes, with the same UID and SEQUENCE, addressed. What is planned,
    tentative or on hold is a REQUEST (also when it has moved), what was cancelled or missed a CANCEL.
    Send it as a part of the type `text/calendar; charset=utf-8; method=REQUEST`: without the same
    method there, many programs show a mere attachment (RFC 6047, 2.4). One message holds one visit,
    because Outlook ignores all others.

    Args:
        plan: The plan that the visit is in.
        key: The visit's key.
        organizer: The clinic; a bare text is an address. Answers go there.
        attendee: The patient.
        method: What you believe to be sending, to be refused where the visit says otherwise.
        alarms: How long before the visit to remind; most programs drop the reminders of a message.
        privacy: What the message says, as in `to_ics`.
        language: The language it says it in, as in `to_ics`.

    Raises:
        PlanError: No visit has that key.
        MesoplanError: The language is not known, or needs the extra `handout`.
        CalendarError: An address is malformed, the visit has taken place, takes place at home or
            does not go with the method.

    """
    given(plan, Plan, "plan", CalendarError)
    fits = _method(plan, key, method)
    people = _addressed(_mailbox("organizer", organizer), _mailbox("attendee", attendee), fits)
    wording = Wording(plan, chosen(language), level(privacy))
    message = calendar(
        wording
    )  # without a name: Outlook opens a named one as a calendar of its own
    message["METHOD"] = vText(fits)
    return written(message, exported(plan, key), wording, marks=people, alarms=alarms)


def _method(plan: Plan, key: str, asked: Method | None) -> Method:
    status = plan.visit(key).status
    fits = _METHODS.get(status)
    if fits is None:
        raise CalendarError(
            Fault(
                key,
                f"is {status}",
                "",
                "there is nothing to ask or to call off",
                code="nothing-to-send",
            )
        )
    if asked not in {None, fits}:
        what, remedy = f"is {status}, which is no {asked}", f"send {fits}, or leave method out"
        raise CalendarError(Fault(key, what, "", remedy, code="wrong-method"))
    return fits


def _mailbox(role: str, box: Mailbox | str) -> Mailbox:
    given(box, (Mailbox, str), role, CalendarError)
    try:
        return Mailbox(address=box) if isinstance(box, str) else box
    except CalendarError as error:
        raise CalendarError(*(fault.below(role) for fault in error.faults)) from None


def _addressed(organizer: Mailbox, attendee: Mailbox, method: Method) -> Lines:
    """Write who asks whom; only a request waits for an answer (RFC 5546, 3.2.2 and 3.2.5)."""
    wants = method == "REQUEST"
    asked = vCalAddress.new(
        _uri(attendee),
        cn=attendee.name,
        role="REQ-PARTICIPANT",
        partstat="NEEDS-ACTION" if wants else None,
        rsvp=wants or None,
    )
    asks = vCalAddress.new(_uri(organizer), cn=organizer.name)
    return line("ORGANIZER", asks), line("ATTENDEE", asked)


def _uri(mailbox: Mailbox) -> str:
    """Write a mailto URI, in which some characters of an address are encoded (RFC 6068, 2)."""
    return f"mailto:{quote(mailbox.address, safe=_PLAIN)}"
