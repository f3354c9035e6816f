"""Public holidays by country and subdivision, from the library `holidays` (extra `holidays`)."""

from collections.abc import Mapping
from functools import lru_cache
from importlib.util import find_spec

from mesoplan.ground.errors import ClinicError, Fault, closest

_ISO = 'write a code of ISO 3166, for example "TR" or "CA-SK"'
_REMEDY = 'install the extra: pip install "mesoplan[holidays]", or list closures yourself'


def region_fault(region: str) -> Fault | None:
    """Say what is wrong with a region such as `TR` or `CA-SK`; None when the library knows it.

    Without the library nothing can be said, and a saved clinic can still be opened.
    """
    if find_spec("holidays") is None:
        return None
    from holidays import list_supported_countries  # noqa: PLC0415 - an extra, imported when asked

    known = list_supported_countries(include_aliases=True)
    country, _, subdivision = region.partition("-")
    if country not in known:
        return Fault("holidays", "is not a known country", region, _ISO)
    if subdivision and subdivision not in known[country]:
        parts = [f"{country}-{part}" for part in known[country]]
        remedy = closest(region, parts) if parts else f'write "{country}"'
        return Fault("holidays", "is not a known subdivision", region, remedy)
    return None


@lru_cache(maxsize=256)
def public_holidays(region: str, year: int) -> Mapping[int, str]:
    """Give the holidays of one year: ordinal of the local day to name, in English where it can.

    Raises ClinicError where the library `holidays` is not installed.
    """
    if find_spec("holidays") is None:
        what = "needs the library holidays, which is not installed"
        raise ClinicError(Fault("holidays", what, region, _REMEDY))
    from holidays import country_holidays  # noqa: PLC0415 - an extra, imported when asked

    country, _, subdivision = region.partition("-")
    kind = type(country_holidays(country))
    english = [name for name in ("en_US", "en") if name in kind.supported_languages]
    found = country_holidays(
        country, subdiv=subdivision or None, years=year, language=english[0] if english else None
    )
    return {day.toordinal(): name for day, name in found.items()}
