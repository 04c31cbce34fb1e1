"""Rule AS-1: how far the parties whose consent matters have consented to the words of a plan.

Pure functions of plain values: no query, no clock. Read the modules in this order, which is that of the rule: words,
text, facts, parsing, lineage, reading, level, conditions, evaluation, rollup, confidence, gap, assessment.
"""

from provisions.agreement.assessment import assess, dumps
from provisions.agreement.facts import BadRecord
from provisions.agreement.text import normalise, text_sha256

__all__ = ["BadRecord", "assess", "dumps", "normalise", "text_sha256"]
