"""Two hundred random lives: after every step every law holds (`always.py` says why)."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from lives.trial import tried

_CHUNK = 10
_FEW, _ALL = 30, 200
_FEW_WIDER, _ALL_WIDER = 6, 106

KNOWN: dict[int, set[str]] = {
    112: {"planning_again_changes_nothing"},
    113: {"moving_one_visit_moves_no_other"},
    145: {"moving_one_visit_moves_no_other", "planning_again_changes_nothing"},
    1056: {"planning_again_changes_nothing"},
}
"""What is broken today, life by life: what is mended leaves this list, and nothing else may enter it."""

KNOWN_WIDER: dict[int, set[str]] = {
    3: {"planning_again_changes_nothing"},
    5: {"planning_again_changes_nothing"},
    45: {"moving_one_visit_moves_no_other"},
    48: {"numbers_count_once"},
    53: {"planning_again_changes_nothing"},
    72: {"planning_again_changes_nothing"},
    75: {"moving_one_visit_moves_no_other"},
    97: {"planning_again_changes_nothing"},
    102: {"planning_again_changes_nothing"},
    104: {"planning_again_changes_nothing", "time_alone_moves_nothing"},
}
"""The same of the wider lives."""


def _broken(first: int, chunk: int = _CHUNK, *, wider: bool = False) -> dict[int, set[str]]:
    """Live some lives, and return which laws each of them breaks."""
    seeds = range(first, first + chunk)
    found = {seed: set(tried(seed, wider=wider).breaches) for seed in seeds}
    return {seed: laws for seed, laws in found.items() if laws}


def _known(
    first: int, chunk: int = _CHUNK, table: Mapping[int, set[str]] = KNOWN
) -> dict[int, set[str]]:
    return {seed: laws for seed, laws in table.items() if first <= seed < first + chunk}


@pytest.mark.parametrize("first", range(0, _FEW, _CHUNK))
def test_a_few_lives_keep_every_law(first: int) -> None:
    """To see why one does not: `python tests/lives --seed N --lives 1`."""
    assert _broken(first) == _known(first)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(_FEW, _ALL, _CHUNK))
def test_many_lives_keep_every_law(first: int) -> None:
    """The rest of the two hundred."""
    assert _broken(first) == _known(first)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1056, 1066, 1142, 4142, 4157, 4192])
def test_lives_that_were_mended_stay_so(seed: int) -> None:
    """Lives beyond the two hundred in which a law was broken once."""
    assert _broken(seed, 1) == _known(seed, 1)


def test_a_few_wider_lives_keep_every_law() -> None:
    """With later facts and fields (`wider.py`): `python tests/lives --wider --seed N --lives 1`."""
    assert _broken(0, _FEW_WIDER, wider=True) == _known(0, _FEW_WIDER, KNOWN_WIDER)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(_FEW_WIDER, _ALL_WIDER, _CHUNK))
def test_many_wider_lives_keep_every_law(first: int) -> None:
    """A hundred more."""
    assert _broken(first, wider=True) == _known(first, table=KNOWN_WIDER)
