"""An earlier phase begun again because a session of a later one comes so late (M4).

As long as the session with which it begins is only planned, each plan judges anew whether the later one
still comes so late. Once its time has passed, it is the new run that goes on.
"""

from collections.abc import Mapping
from dataclasses import replace

from mesoplan.plan.entries import Laid, Origin
from mesoplan.scheduling.lateness import Renewal
from mesoplan.scheduling.setting import Sessions, Setting
from mesoplan.scheduling.standing import Standing
from mesoplan.scheduling.targets import begun_on


def as_it_goes_on(setting: Setting) -> Setting:
    """Return the setting without the runs that are only planned; one that has begun unrecorded goes on."""
    visits, kept, standings = setting.history.shown.visits, dict[str, Laid](), {}
    for name, laid in setting.laid.items():
        first = None if laid.renewed is None else visits[laid.renewed]
        if first is None or first.status == "attended":
            kept[name] = laid.replace(renewed=None)
        elif setting.published and setting.history.has_passed(first):
            kept[name] = laid
            fresh = setting.history.standing(name).renewed_on(first.day)
            origin = laid.origin if first.phase == name else None
            standings[name] = replace(fresh, counts_from=origin)
    return _with(setting, standings, kept)


def begun_again(setting: Setting, out: Mapping[str, Laid], renewal: Renewal) -> Setting:
    """Return the setting in which an earlier phase begins again; `out` is how the plan that is out laid it."""
    named, moment = renewal.phases[0], setting.moment(renewal.day)
    planned = {each.id: out[each.id] for each in renewal.phases if _is_planned(out.get(each.id))}
    origin = _announced(setting, planned.get(named.id)) or begun_on(named, moment)
    day, known = origin.moment.date(), setting.history.standing
    standings = {phase.id: known(phase.id).renewed_on(day) for phase in renewal.phases}
    standings[named.id] = replace(standings[named.id], counts_from=origin)
    others = {name: one for name, one in setting.laid.items() if name not in standings}
    anew = _with(setting, standings, others | planned)
    turned = anew.history.turned | {named.id}
    return replace(anew, history=replace(anew.history, turned=turned))


def marked(sessions: Sessions, keys: Mapping[str, str]) -> Sessions:
    """Return the sessions, of some phases with the key with which these have begun again."""
    laid = (one.replace(renewed=keys.get(one.phase)) for one in sessions.laid)
    return replace(sessions, laid=tuple(laid))


def _with(setting: Setting, standings: Mapping[str, Standing], laid: Mapping[str, Laid]) -> Setting:
    history = setting.history
    if not standings and laid == setting.laid:
        return setting
    history = replace(history, standings={**history.standings, **standings})
    return replace(setting, history=history, laid=laid)


def _is_planned(laid: Laid | None) -> bool:
    return laid is not None and laid.renewed is not None


def _announced(setting: Setting, laid: Laid | None) -> Origin | None:
    """Return where a run that is out counts from, if the session with which it begins can still stand."""
    visit = None if laid is None or laid.renewed is None else setting.out(laid.renewed)
    if laid is None or visit is None:
        return None
    stands = visit.key in setting.history.fixed
    stands = stands or setting.days.treatable(visit.day.toordinal(), visit.minutes)
    return laid.origin if stands else None
