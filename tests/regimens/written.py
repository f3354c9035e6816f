"""Every published regimen as a protocol: from the catalogue, or written here in Python.

The catalogue holds what a clinic uses daily; these five belong to a hospital.
"""

from __future__ import annotations

from mesoplan import Phase, Protocol, Review, Source, Window, protocols

_FREE = "assumption: not published"

_CYCLE = "P42D"
_TWICE_WEEKLY = ("P0D", "P3D", "P7D", "P10D", "P21D", "P24D", "P28D", "P31D")

BORTEZOMIB = Protocol(
    id="bortezomib-vmp",
    title="Bortezomib with melphalan and prednisone, nine cycles",
    phases=[
        Phase(
            id="twice-weekly",
            label="bortezomib",
            every=_CYCLE,
            offsets=_TWICE_WEEKLY,
            sessions=4 * 8,
            min_interval="PT72H",
            basis={"*": "label"},
        ),
        Phase(
            id="weekly",
            label="bortezomib",
            starts="start + P168D",
            every=_CYCLE,
            offsets=("P0D", "P7D", "P21D", "P28D"),
            sessions=5 * 4,
            min_interval="PT72H",
            basis={"*": "label"},
        ),
        Phase(
            id="tablets",
            label="melphalan-prednisone",
            starts="start",
            every=_CYCLE,
            offsets=("P0D", "P1D", "P2D", "P3D"),
            sessions=9 * 4,
            place="home",
            basis={"*": "label"},
        ),
    ],
    sources=[Source(id="label", title="Bortezomib, product information")],
)

SAINT = Protocol(
    id="saint-2020",
    title="Accelerated stimulation, ten sessions a day for five days",
    max_per_day=10,
    basis={"*": "cole-2020"},
    phases=[
        Phase(
            id="days",
            weekdays="mon-fri",
            offsets=tuple(f"PT{hour}H" for hour in range(10)),
            sessions=50,
            duration="PT10M",
            basis={"*": "cole-2020"},
        )
    ],
    sources=[Source(id="cole-2020", title="SAINT accelerated iTBS, open label", year=2020)],
)

BCG = Protocol(
    id="bcg-swog-27",
    title="BCG instillations, six and then three at a time",
    phases=[
        Phase(id="induction", every="P1W", sessions=6, basis={"*": "swog"}),
        Phase(
            id="maintenance",
            starts="start",
            at=("P3M", "P6M", "P12M", "P18M", "P24M", "P30M", "P36M"),
            offsets=("P0D", "P1W", "P2W"),
            basis={"*": "swog: from the start of induction; other sources count from its end"},
        ),
    ],
    reviews=[
        Review(
            id="cystoscopy",
            at="last session of induction + P4W",
            window=Window(later="P2W"),
            basis={"*": "swog: four to six weeks after induction"},
        )
    ],
    sources=[Source(id="swog", title="SWOG 6+3", note="Machine-written answer page, second hand.")],
)

FAST_FORWARD = Protocol(
    id="rt-fast-forward-5",
    title="Five fractions in one week",
    phases=[
        Phase(id="fractions", weekdays="mon-fri", sessions=5, basis={"*": "brunt-2023"}),
    ],
    sources=[Source(id="brunt-2023", title="FAST-Forward", year=2023)],
)

DOSE_DENSE_TC = Protocol(
    id="dose-dense-tc",
    title="Four cycles every two weeks, with an injection the day after",
    phases=[
        Phase(id="chemo", label="chemo", every="P2W", sessions=4, basis={"*": "won-2014"}),
        Phase(
            id="pegfilgrastim",
            label="pegfilgrastim",
            starts="each session of chemo + P1D",
            window=Window(later="P1D"),
            basis={"*": "won-2014: 24 to 48 hours after each", "duration": _FREE},
        ),
    ],
    sources=[Source(id="won-2014", title="Dose-dense docetaxel-cyclophosphamide", year=2014)],
)

_HERE = {each.id: each for each in (BORTEZOMIB, SAINT, BCG, FAST_FORWARD, DOSE_DENSE_TC)}


def protocol(name: str) -> Protocol:
    """Give the protocol of a published regimen."""
    return _HERE[name] if name in _HERE else protocols.get(name)
