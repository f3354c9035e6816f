"""What a caller gives to a function: taken as it is, or refused with the error of that place."""

from collections.abc import Sequence
from datetime import datetime

from mesoplan.values.errors import Fault, MesoplanError, PlanError, shown


def given(
    value: object,
    kind: type | tuple[type, ...],
    path: str,
    refusal: type[MesoplanError] = PlanError,
) -> None:
    """Refuse a value of another kind than a function takes, or than each of those that it takes."""
    if not isinstance(value, kind):
        kinds = kind if isinstance(kind, tuple) else (kind,)
        named = " or ".join(each.__name__ for each in kinds)
        what, remedy = f"is not a {named}", f"give a {named}"
        got = type(value).__name__
        raise refusal(Fault(path, what, got, remedy, code="wrong-kind"))


def one_of(
    value: object,
    choices: Sequence[str],
    path: str,
    refusal: type[MesoplanError] = PlanError,
) -> None:
    """Refuse what is none of the words that a function takes."""
    if value not in choices:
        remedy = f"give {' or '.join(choices)}"
        raise refusal(
            Fault(path, "is not a choice", shown(str(value)), remedy, code="not-a-choice")
        )


def given_aware(refusal: type[MesoplanError] = PlanError, /, **moments: object) -> None:
    """Refuse what is no moment or has no time zone, each by its name."""
    faults = [
        Fault(name, "is not a moment", str(moment), "give an aware datetime", code="not-a-moment")
        if not isinstance(moment, datetime)
        else Fault(
            name, "has no time zone", str(moment), "give an aware datetime", code="no-time-zone"
        )
        for name, moment in moments.items()
        if not isinstance(moment, datetime) or moment.utcoffset() is None
    ]
    if faults:
        raise refusal(*faults)
