"""Messages by e-mail: one visit each, addressed, and otherwise what the feed says."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache

import icalendar
import pytest

import calendars
from mesoplan import CalendarError, Mailbox, Period, Plan, PlanError, to_ics, to_itip, uid_of
from mesoplan.calendar.itip import Method
from readers import Reader, restrictions_many

CLINIC = Mailbox(address="clinic@example.org", name="Klinik Işık, Saç & Cilt")
PATIENT = Mailbox(address="ayse@example.org")
KEYS = ("induction-2", "induction-3", "induction-4", "induction-5", "induction-6")


def _message(key: str, plan: Plan | None = None, organizer: Mailbox | str = CLINIC) -> bytes:
    return to_itip(plan or calendars.statuses(), key, organizer=organizer, attendee=PATIENT)


@cache
def _messages() -> tuple[bytes, ...]:
    return tuple(_message(key) for key in KEYS)


def _lines(file: bytes) -> list[str]:
    return file.decode().replace("\r\n ", "").split("\r\n")


def _parsed(message: bytes) -> tuple[icalendar.Calendar, icalendar.Event]:
    calendar = icalendar.Calendar.from_ical(message)
    (event,) = calendar.events
    return calendar, event


@pytest.mark.parametrize(
    ("key", "method", "status"),
    [
        ("induction-2", "CANCEL", "CANCELLED"),  # missed: the feed calls it cancelled too
        ("induction-3", "REQUEST", "CONFIRMED"),
        ("induction-4", "CANCEL", "CANCELLED"),
        ("induction-5", "REQUEST", "TENTATIVE"),
        ("induction-6", "REQUEST", "TENTATIVE"),  # on hold
    ],
)
def test_the_method_follows_from_the_visit(key: str, method: Method, status: str) -> None:
    """Nobody can call off a visit that the plan holds, nor ask for one that was called off."""
    calendar, event = _parsed(_message(key))
    assert (calendar["METHOD"], event["STATUS"]) == (method, status)
    named = to_itip(calendars.statuses(), key, organizer=CLINIC, attendee=PATIENT, method=method)
    assert named == _message(key)


@pytest.mark.parametrize(
    ("key", "method", "said"),
    [
        ("induction-3", "CANCEL", r"induction-3: is planned, which is no CANCEL \(send REQUEST"),
        ("induction-4", "REQUEST", r"induction-4: is cancelled, which is no REQUEST \(send CANCEL"),
        ("induction-1", None, "induction-1: is attended"),  # over: nothing to ask
        ("home-1", None, "hold none that takes place at the clinic"),
    ],
)
def test_a_message_that_the_visit_contradicts_is_refused(
    key: str, method: Method | None, said: str
) -> None:
    """The error names the visit, what it is, and what to send instead."""
    plan = calendars.statuses()
    with pytest.raises(CalendarError, match=said):
        to_itip(plan, key, organizer=CLINIC, attendee=PATIENT, method=method)


def test_an_unknown_visit_is_refused() -> None:
    """The plan names the key that was probably meant."""
    with pytest.raises(PlanError, match='did you mean "induction-3"'):
        _message("inducton-3")


@pytest.mark.parametrize("key", KEYS)
def test_required_properties_are_there_once(key: str) -> None:
    """RFC 5546, 3.2.2 and 3.2.5: what a REQUEST and a CANCEL must and must not hold."""
    calendar, event = _parsed(_message(key))
    assert {"VERSION", "PRODID", "METHOD"} <= calendar.keys()
    for name in ("UID", "DTSTAMP", "DTSTART", "SEQUENCE", "SUMMARY", "ORGANIZER", "ATTENDEE"):
        assert event.get(name) is not None
        assert not isinstance(event[name], list), name
    answered = event["ATTENDEE"].params.keys() & {"RSVP", "PARTSTAT"}
    assert bool(answered) == (calendar["METHOD"] == "REQUEST")
    assert not event.walk("VALARM")
    assert "REQUEST-STATUS" not in event


@pytest.mark.parametrize("key", KEYS)
def test_the_entry_is_that_of_the_feed(key: str) -> None:
    """A message adds the people and the method, takes the calendar's name out, and changes nothing."""
    told, fed = _lines(_message(key)), _lines(to_ics(calendars.statuses(), visit=key, alarms=[]))
    added = [line for line in told if line not in fed]
    assert [line.split(":")[0].split(";")[0] for line in added] == [
        "METHOD",
        "ORGANIZER",
        "ATTENDEE",
    ]
    without = [line for line in fed if not line.startswith(("NAME", "X-WR-CALNAME"))]
    assert [line for line in told if line not in added] == without
    assert f"UID:{uid_of('course-9', key)}" in told
    assert f"SEQUENCE:{calendars.statuses().visit(key).revision}" in told


def test_every_program_reads_the_messages(reader: Reader) -> None:
    """Each reader finds in the message the entry that it finds in the file of the one visit."""
    plan = calendars.statuses()
    files = [to_ics(plan, visit=key, alarms=[]) for key in KEYS]
    assert reader.read_many(_messages()) == reader.read_many(files)


def test_libical_has_no_complaint(libical: Reader) -> None:
    """The messages pass libical's checks of RFC 5546; one without its people does not."""
    assert libical.name == "libical"
    assert restrictions_many(_messages()) == [[]] * len(KEYS)
    bare = re.sub(rb"(?m)^(ORGANIZER|ATTENDEE).*\r\n( .*\r\n)*", b"", _messages()[1])
    assert b"ORGANIZER" not in bare
    assert restrictions_many([bare])[0]


@pytest.mark.parametrize("key", KEYS)
def test_no_byte_is_out_of_place(key: str) -> None:
    """Line ends, lengths and characters are those that every program takes; METHOD is meant here."""
    assert calendars.complaints(_message(key)) == [
        "asks for an answer or repeats",
        "has what Outlook misreads",
    ]


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Ayşe Yılmaz", 'CN="Ayşe Yılmaz":'),
        ("Yılmaz, Ayşe; PhD: x", 'CN="Yılmaz, Ayşe; PhD: x":'),  # quoted (RFC 5545, 3.2)
        ('Dr "Saç" ^n', "CN=\"Dr ^'Saç^' ^^n\":"),  # RFC 6868, 3.1
    ],
)
def test_names_come_back_as_they_were(name: str, written: str) -> None:
    """Commas, quotation marks and circumflexes in a name neither end it nor change."""
    message = _message("induction-3", organizer=Mailbox(address="a@example.org", name=name))
    (line,) = [line for line in _lines(message) if line.startswith("ORGANIZER")]
    assert line == f"ORGANIZER;{written}mailto:a@example.org"
    assert _parsed(message)[1]["ORGANIZER"].params["CN"] == name


@pytest.mark.parametrize(
    "address",
    [
        "a@example.org\r\nATTENDEE:mailto:b@example.org",
        "a@example.org\n",
        "a\x00@example.org",
        "a b@example.org",
        "a,b@example.org",  # two addresses for some
        "<a@example.org>",
        "mailto:a@example.org",
        "a@@example.org",
        "a.@example.org",
        "@example.org",
        "a@-example.org",
        "ayşe@example.org",  # no calendar program is known to take it
        "a@" + "x" * 260,
        "",
    ],
)
def test_malformed_addresses_are_refused(address: str) -> None:
    """No address opens a line of its own, and both roles are named where theirs is wrong."""
    plan = calendars.statuses()
    with pytest.raises(CalendarError, match=r"^organizer\.address: is not an e-mail address"):
        to_itip(plan, "induction-3", organizer=address, attendee=PATIENT)
    with pytest.raises(CalendarError, match=r"^attendee\.address: is not an e-mail address"):
        to_itip(plan, "induction-3", organizer=CLINIC, attendee=address)


def test_a_name_on_two_lines_is_refused() -> None:
    """A name is one line; the model says so before any message is written."""
    with pytest.raises(CalendarError, match="name: contains a line break"):
        Mailbox(address="a@example.org", name="A\nATTENDEE:mailto:b@example.org")


def test_signs_that_mean_something_in_a_uri_are_encoded() -> None:
    """RFC 6068, 2: a percent or a slash in an address would read as something else."""
    message = _message("induction-3", organizer="a+b/c%d@example.org")
    assert str(_parsed(message)[1]["ORGANIZER"]) == "mailto:a+b%2Fc%25d@example.org"


def test_reminders_are_written_when_they_are_wanted() -> None:
    """Behind the entry's own properties, as RFC 5545, 3.6.1 has it."""
    plan = calendars.istanbul()
    message = to_itip(
        plan, "induction-5", organizer=CLINIC, attendee=PATIENT, alarms=[Period("P1D")]
    )
    lines = _lines(message)
    assert lines.index("BEGIN:VALARM") > max(
        number for number, line in enumerate(lines) if line.startswith(("ATTENDEE", "LOCATION"))
    )
    assert lines[1:4] == ["VERSION:2.0", "PRODID:-//mesoplan//mesoplan//EN", "METHOD:REQUEST"]


def test_a_discreet_message_names_no_treatment() -> None:
    """What the feed keeps to itself, the message keeps to itself, in the patient's language."""
    message = to_itip(
        calendars.istanbul(),
        "induction-5",
        organizer="clinic@example.org",
        attendee=PATIENT,
        privacy="neutral",
        language="tr",
    )
    assert not re.search("(?i)meso|session|weekly|seans", message.decode())
    assert _parsed(message)[1]["SUMMARY"] == "Randevu"


def test_a_clinic_on_utc_sends_messages_too() -> None:
    """Without a time zone block the method still stands in the calendar's head."""
    plan = calendars.by_hand([calendars.visit("a", 4)], timezone="UTC")
    lines = _lines(_message("a", plan))
    assert lines[3:5] == ["METHOD:REQUEST", "BEGIN:VEVENT"]


def test_the_message_travels_as_documented() -> None:
    """Sent with the standard library under the documented type, it arrives byte for byte."""
    body = _message("induction-3")
    letter = EmailMessage(policy=policy.SMTP)
    letter["To"] = PATIENT.address
    letter.set_content("Your session, for your calendar.")
    letter.add_alternative(
        body.decode(), subtype="calendar", charset="utf-8", params={"method": "REQUEST"}
    )
    arrived = message_from_bytes(letter.as_bytes(), policy=policy.SMTP)
    (part,) = [part for part in arrived.walk() if part.get_content_type() == "text/calendar"]
    assert part.get_param("method") == "REQUEST"
    assert part.get_content_charset() == "utf-8"
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert payload.replace(b"\r\n", b"\n") == body.replace(b"\r\n", b"\n")
