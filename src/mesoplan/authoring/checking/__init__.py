"""The checker: numbered rules about what in a protocol is impossible or doubtful."""

from mesoplan.authoring.checking.check import RULES, Rule, check_protocol
from mesoplan.authoring.checking.rule import Level, Remark

__all__ = ["RULES", "Level", "Remark", "Rule", "check_protocol"]
