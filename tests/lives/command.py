"""Live random lives and print how they break a law: `python tests/lives --seed 0 --lives 200`."""

from __future__ import annotations

import argparse
from collections import defaultdict
from time import monotonic

from lives.always import LAWS
from lives.trial import Breach, shortest, tried

_SHOWN = 12


def main() -> int:
    """Live the lives, print a table of the laws, and the shortest story of each law broken."""
    asked = _asked()
    began, plans = monotonic(), 0
    found: dict[str, dict[int, Breach]] = defaultdict(dict)
    for seed in range(asked.seed, asked.seed + asked.lives):
        trial = tried(seed, asked.saying, wider=asked.wider)
        plans += trial.plans
        for law, breach in trial.breaches.items():
            found[law][seed] = breach
    seconds = monotonic() - began
    _say(f"{asked.lives} lives, {plans} plans, {len(LAWS) + 1} laws, {seconds:.0f} s")
    for law, breaches in sorted(found.items(), key=lambda item: -len(item[1])):
        seeds = list(breaches)
        more = f" and {len(seeds) - _SHOWN} more" if len(seeds) > _SHOWN else ""
        _say(f"{law}: {len(seeds)} lives, seeds {', '.join(map(str, seeds[:_SHOWN]))}{more}")
    for law, breaches in found.items():
        if asked.law in (None, law):
            for seed, breach in list(breaches.items())[: asked.stories]:
                _say(f"\n# {law}, seed {seed}")
                _tell(breach, asked.seconds, asked.saying)
    return min(len(found), 1)


def _tell(breach: Breach, seconds: float, saying: str) -> None:
    """Print the shortest story of a breach as a program, with what is wrong."""
    least = shortest(breach, seconds, saying)
    _say(f"# {least.said}\n{least.story}")


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - a command prints


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python tests/lives", description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--lives", type=int, default=200, help="how many lives")
    parser.add_argument("--wider", action="store_true", help="lives of `wider.py`, of later fields")
    parser.add_argument("--stories", type=int, default=1, help="how many stories a law")
    parser.add_argument("--law", help="tell the stories of this law only")
    parser.add_argument("--saying", default="", help="only what is told with this text")
    parser.add_argument("--seconds", type=float, default=30, help="to shorten each story")
    return parser.parse_args()
