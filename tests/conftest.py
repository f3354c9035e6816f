from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

import readers

# The same cases in every run, so that a check that was green stays so; MESOPLAN_EXPLORE=1 looks for new
# ones. How long a machine takes is no property of the library; `tests/bench` measures that.
settings.register_profile(
    "mesoplan",
    derandomize="MESOPLAN_EXPLORE" not in os.environ,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("mesoplan")


def _present(reader: readers.Reader) -> readers.Reader:
    """Skip where a reader is not installed; fail instead where all of them are promised."""
    if missing := reader.missing():
        (pytest.fail if os.environ.get("MESOPLAN_REQUIRE_READERS") == "1" else pytest.skip)(missing)
    return reader


@pytest.fixture(params=readers.ALL, ids=lambda reader: str(reader.name))
def reader(request: pytest.FixtureRequest) -> readers.Reader:
    """Each calendar program in turn."""
    found: readers.Reader = request.param
    return _present(found)


@pytest.fixture
def icaljs() -> readers.Reader:
    """Thunderbird's parser."""
    return _present(readers.ICALJS)


@pytest.fixture
def libical() -> readers.Reader:
    """The parser of Evolution, GNOME and KDE, which can also check a file against the RFCs."""
    return _present(readers.LIBICAL)
