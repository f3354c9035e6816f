"""The checker: numbered rules about what in a protocol is impossible or doubtful."""

from mesoplan.checking.rules import RULES, Level, Remark, Rule, check_protocol, explain_rule

__all__ = ["RULES", "Level", "Remark", "Rule", "check_protocol", "explain_rule"]
