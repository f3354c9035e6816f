"""Where sessions hours apart find room in a day: a table, and what the plans make of it."""

from datetime import UTC, datetime, time

import pytest

from mesoplan import Clinic, Course, Moved, schedule
from mesoplan.scheduling.room import Leeway, Piece, Pieces, fit_pieces, pieces_of
from samples import codes_of, one_phase

LUNCH = ((540, 750), (840, 1110))  # 9:00 to 12:30, 14:00 to 18:30
TWO: Pieces = (Piece(0, 45), Piece(240, 45))  # four hours apart
MORNING_AND_EVENING = ((540, 660), (1020, 1140))
PEAK = ((600, 840),)  # 10:00 to 14:00


@pytest.mark.parametrize(
    ("spans", "wished", "taken", "starts", "why"),
    [
        (LUNCH, 630, (), [630, 870], "the clinic may close between two pieces"),
        (LUNCH, 540, (), [600, 840], "they keep their distance at the nearest time"),
        (LUNCH, 630, ((870, 900),), [660, 900], "beside what is taken"),
        (LUNCH, 930, (), [705, 945], "not behind the end of the day"),
        (MORNING_AND_EVENING, 540, (), [540, 1020], "at least their distance"),
        (MORNING_AND_EVENING, 630, ((1020, 1050),), [615, 1050], "and beside what is taken"),
        (PEAK, 600, (), None, "a day that is too short has no room"),
    ],
)
def test_two_pieces_find_room(
    spans: tuple[tuple[int, int], ...],
    wished: int,
    taken: tuple[tuple[int, int], ...],
    starts: list[int] | None,
    why: str,
) -> None:
    """The last column says why."""
    assert fit_pieces(spans, wished, TWO, taken) == starts, why


def test_one_piece_stands_as_it_is_wished_for_or_has_no_room() -> None:
    """As any visit does."""
    assert fit_pieces(PEAK, 630, (Piece(0, 45),), ()) == [630]
    assert fit_pieces(PEAK, 630, (Piece(0, 300),), ()) is None


@pytest.mark.parametrize(
    ("spans", "leeway", "taken", "starts", "why"),
    [
        (
            LUNCH,
            Leeway(60, 60),
            (),
            [600, 840],
            "the published distance, where the day has room for it",
        ),
        (PEAK, Leeway(60, 60), (), [600, 795], "together as little as is needed"),
        (PEAK, Leeway(30, 60), (), None, "but never nearer than the least"),
        (PEAK, Leeway(230, 0), ((770, 840),), [600, 725], "beside what is taken"),
        (
            ((600, 690),),
            Leeway(240, 0),
            (),
            [600, 645],
            "nor into each other, whatever the least is",
        ),
        (MORNING_AND_EVENING, Leeway(0, 100), (), None, "but never farther than the most"),
        (
            MORNING_AND_EVENING,
            Leeway(0, 165),
            (),
            [615, 1020],
            "up to the most, the first later for it",
        ),
        (
            MORNING_AND_EVENING,
            Leeway(0, None),
            (),
            [600, 1020],
            "or as far as it needs, without a most",
        ),
    ],
)
def test_a_piece_may_leave_its_distance_within_its_leeway(
    spans: tuple[tuple[int, int], ...],
    leeway: Leeway,
    taken: tuple[tuple[int, int], ...],
    starts: list[int] | None,
    why: str,
) -> None:
    """The first is wished for at ten; the last column says why."""
    pieces = (Piece(0, 45), Piece(240, 45, leeway))
    assert fit_pieces(spans, 600, pieces, taken) == starts, why


def test_stays_that_touch_are_one_piece() -> None:
    """A review directly before its session lies in one stretch of opening time with it."""
    stays = [Piece(0, 15), Piece(15, 30), Piece(240, 30)]
    assert pieces_of(stays) == (Piece(0, 45), Piece(240, 30))


TWICE = one_phase(every="P2W", offsets=("P0D", "PT4H"), sessions=4, duration="PT45M")


def planned(hours: dict[str, list[str]], at: time = time(9)) -> list[str]:
    """Return when the sessions stand at a clinic with some hours."""
    clinic = Clinic(timezone="UTC", hours=hours)
    start = datetime.combine(datetime(2027, 3, 2).date(), at)  # a Tuesday
    course = Course(id="c", protocol=TWICE, start=start)
    plan = schedule(course, clinic, as_of=datetime(2027, 1, 1, tzinfo=UTC))
    again = schedule(course, clinic, as_of=plan.as_of, previous=plan)
    assert again.model_dump_json() == plan.model_dump_json()
    full = ["day full"] * codes_of(plan).count("day-full")
    return [f"{visit.start:%a %H:%M}" for visit in plan.sessions] + full


@pytest.mark.parametrize(
    ("hours", "stand", "why"),
    [
        (
            {"mon-fri": ["09:00-12:30", "14:00-18:30"]},
            ["Tue 10:00", "Tue 14:00"] * 2,
            "on both sides of the lunch break",
        ),
        (
            {"mon-fri": ["09:00-11:00", "17:00-19:00"]},
            ["Tue 09:00", "Tue 17:00"] * 2,
            "farther apart, where the clinic is closed in between",
        ),
        (
            {"tue": ["10:00-14:00"], "wed": ["09:00-18:00"]},
            ["Wed 09:00", "Wed 13:00"] * 2,
            "on the day that has room for both",
        ),
        (
            {"tue": ["09:00-12:00"]},
            ["Tue 09:00", "Tue 13:00"] * 2 + ["day full"] * 4,
            "with a finding, where no day has",
        ),
    ],
)
def test_sessions_hours_apart_stand_within_the_hours(
    hours: dict[str, list[str]], stand: list[str], why: str
) -> None:
    """The last column says where."""
    assert planned(hours) == stand, why


def test_new_hours_move_what_has_no_room_together() -> None:
    """Each of the two has room on its day, both together have not; it was a crash."""
    start = datetime(2027, 3, 2, 9)
    course = Course(id="c", protocol=TWICE, start=start)
    plan = schedule(course, Clinic(timezone="UTC"), as_of=datetime(2027, 1, 1, tzinfo=UTC))
    clinic = Clinic(timezone="UTC", hours={"tue": "09:00-12:00", "wed": "09:00-18:00"})
    later = schedule(course, clinic, as_of=datetime(2027, 1, 2, tzinfo=UTC), previous=plan)
    assert [f"{v.start:%a %H:%M}" for v in later.sessions] == ["Wed 09:00", "Wed 13:00"] * 2


def test_whoever_moves_one_of_two_leaves_the_other_free() -> None:
    """It stood on its day whatever the clinic's hours."""
    start = datetime(2027, 3, 2, 9)
    course = Course(id="c", protocol=TWICE, start=start)
    clinic = Clinic(timezone="UTC")
    plan = schedule(course, clinic, as_of=datetime(2027, 1, 1, tzinfo=UTC))
    moved = course.record(Moved(visit="course-1", to=datetime(2027, 3, 2, 10)))
    closed = Clinic(timezone="UTC", hours={"wed-fri": "09:00-18:00"})
    later = schedule(moved, closed, as_of=datetime(2027, 1, 2, tzinfo=UTC), previous=plan)
    assert later.visit("course-1").start.day == start.day
    assert later.visit("course-2").inside_window is not None
    assert not closed.closed(later.visit("course-2").day)
