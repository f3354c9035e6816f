"""A hundred random lives: after every step every law holds (`always.py` says why)."""

from __future__ import annotations

import pytest

from lives.trial import tried

_CHUNK = 10
_FEW, _ALL = 10, 100

KNOWN: dict[int, set[str]] = {
    15: {"what_a_person_chose_stands"},
    18: {"planning_again_changes_nothing"},
    39: {"planning_again_changes_nothing", "time_alone_moves_nothing"},
    57: {"planning_again_changes_nothing"},
    58: {"planning_again_changes_nothing"},
    61: {"planning_again_changes_nothing", "time_alone_moves_nothing"},
    67: {"what_a_person_chose_stands"},
    75: {"no_crash"},
}
"""What is broken today, life by life: what is mended leaves this list, and nothing else may enter it."""


def _broken(first: int) -> dict[int, set[str]]:
    """Live some lives, and return which laws each of them breaks."""
    found = {seed: set(tried(seed).breaches) for seed in range(first, first + _CHUNK)}
    return {seed: laws for seed, laws in found.items() if laws}


def _known(first: int) -> dict[int, set[str]]:
    return {seed: laws for seed, laws in KNOWN.items() if first <= seed < first + _CHUNK}


@pytest.mark.parametrize("first", range(0, _FEW, _CHUNK))
def test_a_few_lives_keep_every_law(first: int) -> None:
    """To see why one does not: `python tests/lives --seed N --lives 1`."""
    assert _broken(first) == _known(first)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(_FEW, _ALL, _CHUNK))
def test_many_lives_keep_every_law(first: int) -> None:
    """The rest of the hundred."""
    assert _broken(first) == _known(first)
