"""What a rule is, the table of rules, and the check of a protocol against all of them."""

import inspect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from mesoplan.checking import (
    doubtful,
    doubtful_days,
    impossible_course,
    impossible_outcomes,
    impossible_phases,
    stated,
)
from mesoplan.checking.finder import Finder
from mesoplan.protocol.protocol import Protocol
from mesoplan.scheduling.undated import Undated, undated
from mesoplan.values.errors import Fault, MesoplanError, ProtocolError, closest, shown
from mesoplan.values.fault_places import place_of
from mesoplan.values.given import given

Level = Literal["error", "warning"]
"""An error cannot be carried out as written; a warning is for a person to look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark(Fault):
    """What one rule says about one place of a protocol."""

    rule: str
    """The number of the rule, e.g. `MP101`."""
    level: Level

    def __str__(self) -> str:
        """Say it on one line, the rule's number first."""
        return f"{self.rule} {self.level}: {Fault.__str__(self)}"


@dataclass(frozen=True, slots=True)
class Rule:
    """One numbered rule. Its docstring says what it asks for, why, whence, and how to mend it."""

    code: str
    level: Level
    find: Finder

    def __str__(self) -> str:
        """Return its line in a list of rules."""
        return f"{self.code} {self.level}: {self.title}"

    @property
    def title(self) -> str:
        """The rule in one sentence."""
        return self.text.partition("\n")[0]

    @property
    def text(self) -> str:
        """The rule with its reason and its source, and how to mend what it finds."""
        return inspect.getdoc(self.find) or ""

    @property
    def explanation(self) -> str:
        """All that there is to know of the rule, with how to silence it."""
        return f"{self.code} {self.level}: {self.text}\n\n{_SILENCE[self.level].format(self.code)}"

    def remarks(self, laid: Undated) -> Iterator[Remark]:
        """Yield what the rule says about a protocol; where it is silenced, whether that is needed."""
        found = self.find(laid)
        if self.code in laid.protocol.checks:
            found = self._silenced(found)
        for fault in found:
            yield Remark(
                path=fault.path,
                place=place_of(fault.path, laid.protocol),
                what=fault.what,
                got=fault.got,
                remedy=fault.remedy,
                code="impossible" if self.level == "error" else "doubtful",
                rule=self.code,
                level=self.level,
            )

    def _silenced(self, found: Iterator[Fault]) -> Iterator[Fault]:
        """Yield nothing, as long as the rule would have something to say."""
        if next(found, None) is None:
            what = "is silenced, and has nothing to say any more"
            yield Fault(f"checks.{self.code}", what, remedy="take it out", code="doubtful")


_SILENCE: dict[Level, str] = {
    "error": "It cannot be silenced: what it finds cannot be carried out as written.",
    "warning": """\
To silence it, say in the protocol why it is right there:

[checks]
{} = "the label does not say\"""",
}
"""How a rule is silenced, if it can be."""

RULES: tuple[Rule, ...] = (
    Rule("MP101", "error", impossible_phases.windows_overlap),
    Rule("MP102", "error", impossible_phases.minimum_over_rhythm),
    Rule("MP103", "error", impossible_phases.maximum_under_rhythm),
    Rule("MP104", "error", impossible_phases.grace_without_minimum),
    Rule("MP107", "error", impossible_phases.tiers_out_of_order),
    Rule("MP108", "error", impossible_phases.places_out_of_order),
    Rule("MP109", "error", impossible_phases.offset_beyond_step),
    Rule("MP110", "error", impossible_course.never_reached),
    Rule("MP111", "error", impossible_course.phase_without_sessions),
    Rule("MP112", "error", impossible_course.last_of_open_course),
    Rule("MP113", "error", impossible_course.review_before_start),
    Rule("MP114", "error", impossible_course.more_steps_than_sessions),
    Rule("MP115", "error", impossible_course.deadline_before_end),
    Rule("MP116", "error", impossible_course.too_many_a_day),
    Rule("MP117", "error", impossible_outcomes.outcome_nobody_gives),
    Rule("MP118", "error", impossible_outcomes.outcome_too_late),
    Rule("MP119", "error", impossible_course.ends_before_it_begins),
    Rule("MP120", "error", impossible_course.spaced_on_the_first_day),
    Rule("MP121", "error", impossible_course.gate_at_each_session),
    Rule("MP122", "error", impossible_course.two_phases_too_close),
    Rule("MP123", "error", impossible_outcomes.outcomes_exclude_each_other),
    Rule("MP124", "error", impossible_course.named_minimum_after_target),
    Rule("MP126", "error", impossible_phases.nothing_made_up),
    Rule("MP127", "error", impossible_phases.no_step_to_take_again),
    Rule("MP201", "warning", doubtful.no_source),
    Rule("MP202", "warning", doubtful.number_without_basis),
    Rule("MP203", "warning", doubtful.mostly_assumed),
    Rule("MP204", "warning", doubtful.source_never_cited),
    Rule("MP205", "warning", doubtful.source_not_findable),
    Rule("MP206", "warning", doubtful.no_review),
    Rule("MP207", "warning", doubtful.no_consultation),
    Rule("MP208", "warning", doubtful.no_window),
    Rule("MP209", "warning", doubtful.not_in_use),
    Rule("MP210", "warning", doubtful.month_end_not_said),
    Rule("MP211", "warning", doubtful.no_room_for_spacing),
    Rule("MP212", "warning", stated.rhythm_not_as_said),
    Rule("MP213", "warning", stated.count_not_as_said),
    Rule("MP214", "warning", doubtful.two_at_one_moment),
    Rule("MP215", "warning", doubtful.gate_after_start),
    Rule("MP216", "warning", doubtful_days.until_before_second),
    Rule("MP217", "warning", doubtful_days.default_minimum),
    Rule("MP218", "warning", doubtful_days.minimum_far_below_rhythm),
    Rule("MP219", "warning", doubtful_days.rushed_at_the_border),
    Rule("MP220", "warning", doubtful_days.no_rule_for_absence),
    Rule("MP221", "warning", doubtful_days.outcome_after_phase_begins),
    Rule("MP222", "warning", doubtful_days.unusually_many_sessions),
    Rule("MP223", "warning", doubtful_days.waits_for_an_end),
)
"""Every rule, in the order of its number.

A number is never given to another rule: MP105 is now MP216, as it was no error, and what MP106 found is
refused when a phase is built.
"""


def check_protocol(protocol: Protocol) -> tuple[Remark, ...]:
    """Say what in a protocol is impossible (errors) or doubtful (warnings), errors first.

    What makes a protocol unusable was already refused when it was built; this judges the rest. A rule
    that the protocol silences in its `checks` says nothing but that it is silenced in vain.

    >>> from mesoplan.protocol.phase import Phase
    >>> weekly = Protocol(
    ...     id="x", title="X", phases=[Phase(id="a", every="P1W", sessions=4, window="P4D")]
    ... )
    >>> check_protocol(weekly)[0].rule
    'MP101'
    """
    given(protocol, Protocol, "protocol", ProtocolError)
    own = _remarks(protocol)
    return (*own, *_of_variants(protocol, own))


def _remarks(protocol: Protocol) -> tuple[Remark, ...]:
    laid = undated(protocol)
    return tuple(remark for rule in RULES for remark in rule.remarks(laid))


def _of_variants(protocol: Protocol, own: Sequence[Remark]) -> Iterator[Remark]:
    """Yield what is said of the numbers of a variant, and not of the protocol itself."""
    known = {(remark.rule, remark.path, remark.what) for remark in own}
    for index, variant in enumerate(protocol.variants if protocol.variant is None else ()):
        for remark in _remarks(protocol.for_variant(variant.id)):
            if (remark.rule, remark.path, remark.what) not in known:
                place = f"variant {index + 1} ({variant.id}), {remark.place}"
                yield replace(remark, path=f"variants.{index}.{remark.path}", place=place)


def explain_rule(code: str) -> str:
    r"""Say what a rule of the checker asks for, why, how to mend what it finds, how to silence it.

    Raises MesoplanError, naming the closest one, for a number that no rule has.

    >>> explain_rule("MP207").partition("\n")[0]
    'MP207 warning: A consultation precedes the first session.'
    """
    given(code, str, "code", MesoplanError)
    rules = {rule.code: rule for rule in RULES}
    number = code.upper()
    if number not in rules:
        what, remedy = "is no rule of the checker", closest(number, rules)
        raise MesoplanError(Fault("", what, shown(code), remedy, code="unknown-rule"))
    return rules[number].explanation
