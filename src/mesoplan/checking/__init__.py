"""The checker: numbered rules about what in a protocol is impossible or doubtful."""

from mesoplan.checking.check import RULES, Rule, check_protocol
from mesoplan.checking.rule import Level, Remark

__all__ = ["RULES", "Level", "Remark", "Rule", "check_protocol"]
