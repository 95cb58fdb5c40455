"""The chapters of the page in their order; a chapter that has nothing to tell is None."""

from __future__ import annotations

from collections.abc import Callable

from fintxsim.report.facts import Facts
from fintxsim.report.figures import Section
from fintxsim.report.sections.amounts import amounts
from fintxsim.report.sections.audit import audit
from fintxsim.report.sections.campaigns import campaigns
from fintxsim.report.sections.citing import citing
from fintxsim.report.sections.customers import customers
from fintxsim.report.sections.declines import declines
from fintxsim.report.sections.fraud_days import fraud_days
from fintxsim.report.sections.glance import glance
from fintxsim.report.sections.labels import labels
from fintxsim.report.sections.mix import mix
from fintxsim.report.sections.realism import realism
from fintxsim.report.sections.remake import remake
from fintxsim.report.sections.volume import volume
from fintxsim.report.sections.week import week

SECTIONS: tuple[Callable[[Facts], Section | None], ...] = (
    glance,
    volume,
    fraud_days,
    week,
    amounts,
    mix,
    declines,
    labels,
    campaigns,
    customers,
    realism,
    audit,
    citing,
    remake,
)
