from __future__ import annotations

import sys
from datetime import date

import pytest

from mesoplan import Clinic, ClinicError
from mesoplan.clinic.holidays import public_holidays, region_fault

pytest.importorskip("holidays", reason="the extra holidays is not installed")


@pytest.mark.parametrize("region", ["TR", "DE", "DE-BY", "CA-SK", "TUR"])
def test_a_known_region_has_no_fault(region: str) -> None:
    """Countries by two or three letters, with a subdivision or without."""
    assert region_fault(region) is None


@pytest.mark.parametrize(
    ("region", "what", "remedy"),
    [
        ("XX", "is not a known country", "ISO 3166"),
        ("DE-BX", "is not a known subdivision", 'did you mean "DE-'),
        ("TR-99", "is not a known subdivision", 'write "TR"'),
    ],
)
def test_an_unknown_region_is_refused_with_a_remedy(region: str, what: str, remedy: str) -> None:
    """A country is not guessed, a subdivision is suggested."""
    fault = region_fault(region)
    assert fault is not None
    assert (fault.path, fault.what, fault.got) == ("holidays", what, region)
    assert remedy in fault.remedy


@pytest.mark.parametrize(
    ("region", "day", "name", "why"),
    [
        ("TR", date(2027, 1, 1), "New Year's Day", "in English where the library can"),
        ("DE-BY", date(2027, 1, 6), "Epiphany", "a holiday of the subdivision"),
        ("CA-SK", date(2027, 2, 15), "Family Day", "a Monday by rule"),
    ],
)
def test_holidays_have_names(region: str, day: date, name: str, why: str) -> None:
    """The names become the reasons of visits that were moved."""
    assert public_holidays(region, day.year)[day.toordinal()] == name, why


def test_a_subdivision_adds_holidays() -> None:
    """Epiphany closes Bavaria and not the whole of Germany."""
    epiphany = date(2027, 1, 6).toordinal()
    assert epiphany not in public_holidays("DE", 2027)


def test_without_the_library_a_saved_clinic_still_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be checked is not refused, and asking for a day says what to install."""
    monkeypatch.setitem(sys.modules, "holidays", None)
    monkeypatch.setattr("mesoplan.clinic.holidays.find_spec", lambda _: None)
    public_holidays.cache_clear()
    clinic = Clinic(timezone="Europe/Istanbul", holidays="TR")
    with pytest.raises(ClinicError) as caught:
        clinic.closed(date(2027, 1, 1))
    fault = caught.value.faults[0]
    assert (fault.path, fault.got) == ("holidays", "TR")
    assert 'pip install "mesoplan[holidays]"' in fault.remedy
