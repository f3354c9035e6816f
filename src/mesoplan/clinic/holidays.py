"""Public holidays by country and subdivision, from the library `holidays` (extra `holidays`)."""

from collections.abc import Mapping
from functools import lru_cache
from importlib.util import find_spec

from mesoplan.values.errors import ClinicError, Fault, closest

_ISO = 'write a code of ISO 3166, for example "TR" or "CA-SK"'
_REMEDY = 'install the extra: pip install "mesoplan[holidays]", or list closures yourself'


def region_fault(region: str) -> Fault | None:
    """Return what is wrong with a region such as `TR` or `CA-SK`, or None if the library knows it.

    Without the library this returns None, so that a saved clinic can still be opened.
    """
    if find_spec("holidays") is None:
        return None
    from holidays import list_supported_countries  # noqa: PLC0415 - an extra, imported when asked

    known = list_supported_countries(include_aliases=True)
    country, _, subdivision = region.partition("-")
    if country not in known:
        return Fault("holidays", "is not a known country", region, _ISO, code="unknown-region")
    if subdivision and subdivision not in known[country]:
        parts = [f"{country}-{part}" for part in known[country]]
        remedy = closest(region, parts) if parts else f'write "{country}"'
        return Fault(
            "holidays", "is not a known subdivision", region, remedy, code="unknown-region"
        )
    return None


@lru_cache(maxsize=256)
def public_holidays(region: str, year: int) -> Mapping[int, str]:
    """Return the holidays of one year by the ordinal of the day, in English if the country has it.

    Raises ClinicError where the library `holidays` is not installed.
    """
    if find_spec("holidays") is None:
        what = "needs the library holidays, which is not installed"
        raise ClinicError(Fault("holidays", what, region, _REMEDY, code="missing-extra"))
    from holidays import country_holidays  # noqa: PLC0415 - an extra, imported when asked

    country, _, subdivision = region.partition("-")
    kind = type(country_holidays(country))
    english = [name for name in ("en_US", "en") if name in kind.supported_languages]
    found = country_holidays(
        country, subdiv=subdivision or None, years=year, language=english[0] if english else None
    )
    return {day.toordinal(): name for day, name in found.items()}
