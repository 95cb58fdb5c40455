"""Fidelity: are a run's payments like those of real data, in numbers?

It looks at files alone, ours or anybody's, and knows nothing of how they were made.

    payments              rows as facts see them       runs      those of a run of ours
    counts, details       sums by key; single rows of customers, or of a sample of them
    tally, measured       adds rows up; what they add up to, and views without some customers, merchants or weeks
    arithmetic            statistics of values with counts
    base                  what a fact is, and how sure its value is
    amounts, times, customers, merchants, frauds    the facts
    bands, scopes         what facts are in real data, and for which payments
    reference, distances  anybody's table; how far two tables are from each other
    judging, report       the facts put together, and the answer
"""

from fintxsim.fidelity.judging import FACTS, judge, measure_fidelity
from fintxsim.fidelity.reference import parse_map
from fintxsim.fidelity.report import Distance, FactResult, FidelityReport

__all__ = ["FACTS", "Distance", "FactResult", "FidelityReport", "judge", "measure_fidelity", "parse_map"]
