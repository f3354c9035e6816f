"""What a caller gives to a function: taken as it is, or refused with the error of that place."""

from datetime import datetime

from mesoplan.values.errors import Fault, MesoplanError, PlanError


def given(value: object, kind: type, path: str, refusal: type[MesoplanError] = PlanError) -> None:
    """Refuse a value of another kind than a function takes."""
    if not isinstance(value, kind):
        what, remedy = f"is not a {kind.__name__}", f"give a {kind.__name__}"
        got = type(value).__name__
        raise refusal(Fault(path, what, got, remedy, code="wrong-kind"))


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
