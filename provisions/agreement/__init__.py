"""Rule AS-1: how far the parties whose consent matters have consented to the words of a plan.

Pure functions of plain values: no query, no clock. Read the modules in this order: words, text, facts, lineage,
reading, level, conditions, rollup, confidence, gap, assessment; it is the order of the rule.
"""

from provisions.agreement.assessment import BadRecord, assess
from provisions.agreement.text import normalise, text_sha256

__all__ = ["BadRecord", "assess", "normalise", "text_sha256"]
