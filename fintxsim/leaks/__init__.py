"""The leak audit: does anything but the fraudsters' behaviour tell of fraud?

It looks at a labelled table, ours or anybody's, and knows nothing of how it was made.

    sources       where rows come from: files, a table at hand       runs    the tables of a run of ours
    samples       a table in memory, or a part of it                 frames  its columns as arrays
    subject       a table under audit: which column plays which part
    features      what is read off a row                             bins    a feature as a few hundred bins
    cases, kinds  frauds and genuine rows, in halves and by kind     trees   three yes-or-no questions
    scores        average precision, and what of it is beyond doubt  rules   conditions on one column
    evidence      bounds for samples of any size                     gates   what counts as a leak
    base, form    what a check is
    auditing      the checks, and who runs them
"""

from fintxsim.leaks.auditing import CHECKS, Audited, AuditReport, audit, audit_run
from fintxsim.leaks.base import LeakCheck

__all__ = ["CHECKS", "AuditReport", "Audited", "LeakCheck", "audit", "audit_run"]
