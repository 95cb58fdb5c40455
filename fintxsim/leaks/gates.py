"""What counts as a leak. A gate is a level of average precision or of precision that no honest column reaches.

Average precision is always read against the base rate, the share of frauds. Behaviour may tell of fraud, within reason:
real detectors with hundreds of features reach an average precision of about .1 at the base rate of a processor
(Worldline 2018) and .85 on the easiest public data (ULB 2013). The form of a row (its place, its seconds, its decimals,
its nulls, its numbers) should tell nothing. The levels are assumptions.
"""

from __future__ import annotations

BEHAVIOUR_LEAST = 0.10
BEHAVIOUR_LIFT = 12.0
FORM_LIFT = 3.0
RULE_PRECISION = 0.9
RULE_RECALL = 0.01


def halfway(base: float) -> float:
    """No gate lies higher: in a table with many frauds, too, it must be possible to fail."""
    return (1.0 + base) / 2.0


def behaviour_gate(base: float) -> float:
    """Average precision that no single behaviour column may exceed."""
    return min(max(BEHAVIOUR_LEAST, BEHAVIOUR_LIFT * base), halfway(base))


def form_gate(base: float) -> float:
    """Average precision that no matter of form may exceed."""
    return min(FORM_LIFT * base, halfway(base))


def questions_gate(base: float) -> float:
    """Average precision that three yes-or-no questions may not exceed: above it, a rule wrote the labels."""
    return halfway(base)


def rule_gate(base: float) -> float:
    """Precision that no single condition may have."""
    return max(RULE_PRECISION, halfway(base))
