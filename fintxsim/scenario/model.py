"""A scenario: what a run simulates. Composes the settings of the parts; every part's settings live beside its code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from fintxsim.bank.config import BankConfig
from fintxsim.bank.labels.config import SECTIONS, LabelsConfig
from fintxsim.behaviour.config import BehaviourConfig
from fintxsim.behaviour.volume import relative_volume
from fintxsim.clock import LAST_DAY, load_zone
from fintxsim.errors import InputError, SettingsError
from fintxsim.fraud import FraudConfig
from fintxsim.institution import INSTITUTIONS, Institution, Service
from fintxsim.lookalikes.anomalies import AnomaliesConfig
from fintxsim.population.currencies import currency as find_currency
from fintxsim.population.customers import PopulationConfig
from fintxsim.scenario.capacity import too_much
from fintxsim.setting import WARM_UP_DAYS
from fintxsim.typologies.config import TypologyConfig

if TYPE_CHECKING:
    InstitutionName = str
else:
    InstitutionName = Literal[tuple(INSTITUTIONS)]
MARGIN_DAYS = WARM_UP_DAYS + 40
MOST_FRAUD_BPS = 5000.0
FIRST_START = date(1991, 1, 1)  # merchants are counted from 1990 on


class Scenario(BaseModel):
    """A scenario file. Unknown keys are errors; everything but name, start_date, days and population has a default."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(
        pattern=r"^[a-z][a-z0-9_]{0,63}$",
        description="Name of the scenario: lower-case letters, digits and underscores; "
        "part of the default output path.",
    )
    description: str = Field("", max_length=2000, description="What the scenario is for, in a sentence or two.")
    seed: int = Field(42, ge=0, le=2**63 - 1, description="Seed of all randomness: same seed, same values.")
    start_date: date = Field(description="First day, in the scenario's time zone, as YYYY-MM-DD.")
    days: int = Field(ge=1, le=3660, description="Number of days.")
    timezone: str = Field(
        "Europe/Amsterdam", description="IANA time zone of the bank; the home country follows from it."
    )
    country: str | None = Field(
        None, description="Home country, ISO 3166-1 alpha-2; derived from the time zone when absent."
    )
    currency: str | None = Field(None, description="Home currency, ISO 4217; that of the home country when absent.")
    institution: InstitutionName = Field(
        "bank", description="What kind of institution it is; says which payments of its customers it sees."
    )
    population: PopulationConfig = Field(description="Who banks here.")
    behaviour: BehaviourConfig = Field(default_factory=BehaviourConfig, description="How customers behave.")
    bank: BankConfig = Field(default_factory=BankConfig, description="How the bank authorises.")
    anomalies: AnomaliesConfig = Field(
        default_factory=AnomaliesConfig, description="How often genuine customers do what looks like fraud."
    )
    fraud: FraudConfig = Field(default_factory=FraudConfig, description="How much fraud there is, and of which kinds.")
    labels: LabelsConfig = Field(default_factory=LabelsConfig, description="How the bank learns of fraud.")

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        return _checked(value, load_zone)

    @field_validator("currency")
    @classmethod
    def _known_currency(cls, value: str | None) -> str | None:
        return value if value is None else _checked(value, find_currency)

    @field_validator("start_date")
    @classmethod
    def _within_calendar(cls, value: date) -> date:
        first, last = FIRST_START, LAST_DAY - timedelta(days=3660 + MARGIN_DAYS)
        if not first <= value <= last:
            raise ValueError(f"{value} lies outside the calendar; allowed: {first} to {last}")
        return value

    @property
    def kind(self) -> Institution:
        """The institution's kind, with its services."""
        return INSTITUTIONS[self.institution]

    @model_validator(mode="after")
    def _services_are_there(self) -> Scenario:
        problems = list(self._impossible())
        if problems:
            raise SettingsError(*problems)
        return self

    def _impossible(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Frauds and look-alikes that need a service which the institution has not."""
        for typology, config in self.fraud.active():
            in_mix = typology.name in (self.fraud.mix or {})
            keys = ("mix", typology.name) if in_mix else ("typologies", typology.name)
            if reason := self._missing(typology.services_needed(config)):
                yield ("fraud", *keys), f"{typology.name} {reason}"
        for kind, _ in self.anomalies.active():
            if reason := self._missing(kind.needs):
                yield ("anomalies", kind.name), f"{kind.name} {reason}"

    def _missing(self, needs: frozenset[Service]) -> str:
        """Which of the services needed are not offered, and what to do; empty if all are."""
        missing = [service.value for service in Service if service in needs - self.kind.services]
        if not missing:
            return ""
        able = [each.name for each in INSTITUTIONS.values() if needs <= each.services]
        return (
            f"needs {' and '.join(missing)}, which institution {self.institution} does not offer; leave it out, or "
            f"choose one of the institutions {', '.join(able)}"
        )

    @model_validator(mode="after")
    def _rates_fit(self) -> Scenario:
        volume = relative_volume(self.population, self.behaviour, self.kind)
        problems = list(too_much(self.fraud, self.population, self.days, volume))
        total = sum(config.rate_bps or 0.0 for _, config in self.fraud.active())
        if total > MOST_FRAUD_BPS and not problems:
            boosted = f" with boost {self.fraud.boost:g}" if self.fraud.boost != 1.0 else ""
            message = f"the rates add up to {total:g} bps{boosted}; at most {MOST_FRAUD_BPS:g} of 10,000 can be fraud"
            problems.append((("fraud",), message))
        benign = sum(config.rate_bps for _, config in self.anomalies.active())
        if benign > MOST_FRAUD_BPS:
            message = f"the rates add up to {benign:g} bps; at most {MOST_FRAUD_BPS:g} of 10,000 can be look-alikes"
            problems.append((("anomalies",), message))
        if problems:
            raise SettingsError(*problems)
        return self

    def settings_without_effect(self) -> Iterable[tuple[str, str]]:
        """Settings that cannot change any row, with the reason."""
        yield from self._fraud_without_effect()
        yield from self._labels_without_effect()
        for name in sorted(self.anomalies.model_fields_set):
            config = getattr(self.anomalies, name)
            if config is not None and config.is_off and config.model_fields_set - {"rate_bps"}:
                yield f"anomalies.{name}", "the look-alike is off, so its other settings have no effect"
        if self.bank.controls == "off":
            for name in ("step_up_score", "decline_score", "alerts"):
                if name in self.bank.model_fields_set:
                    yield f"bank.{name}", "controls are off"
        yield from self._unseen_settings()
        if self.behaviour.purchases == 0:
            for name in ("favourites", "online", "refunds", "bursts", "phases"):
                if name in self.behaviour.model_fields_set:
                    yield f"behaviour.{name}", "there are no purchases"

    def _unseen_settings(self) -> Iterable[tuple[str, str]]:
        """Settings of what leaves no trace at this kind of institution."""
        for name in sorted(self.kind.unseen & self.behaviour.model_fields_set):
            yield f"behaviour.{name}", f"institution {self.institution} sees nothing of it"
        if not self.kind.is_external and "issuer_refused_share" in self.bank.model_fields_set:
            yield "bank.issuer_refused_share", "only institution acquirer does not know the accounts"

    def _fraud_without_effect(self) -> Iterable[tuple[str, str]]:
        """Typologies that are off, days outside the run, and what there is no fraud for."""
        active = {typology.name: config for typology, config in self.fraud.active()}
        for name, section in sorted(self.fraud.typologies.sections()):
            if name not in active and len(section.model_fields_set) > 1:
                yield f"fraud.typologies.{name}", "the typology is off, so its other settings have no effect"
        for name, config in active.items():
            yield from self._days_without_effect(name, config)
        if not active:
            for key in ("rate_basis", "boost"):
                if key in self.fraud.model_fields_set:
                    yield f"fraud.{key}", "no typology is on, so there is no rate"
            if "recovery" in self.bank.model_fields_set:
                yield "bank.recovery", "no typology is on, so nothing is stolen"
        elif "rate_basis" in self.fraud.model_fields_set and all(c.rate_bps is None for c in active.values()):
            yield "fraud.rate_basis", "every typology that is on has a pressure, so there is no rate"

    def _days_without_effect(self, name: str, config: TypologyConfig) -> Iterable[tuple[str, str]]:
        """Days of a timeline that lie after the run."""
        first = config.start_day or 0
        if first >= self.days:
            reason = f"the run is over before day {first}, so no campaign of {name} begins"
            yield f"fraud.typologies.{name}.start_day", reason
            return
        for number, wave in enumerate(config.waves):
            if wave.start_day >= self.days:
                yield f"fraud.typologies.{name}.waves[{number}]", f"the run is over before day {wave.start_day}"

    def _labels_without_effect(self) -> Iterable[tuple[str, str]]:
        """Sections of labels whose observation class no typology has."""
        observed = {typology.observation_class for typology, _ in self.fraud.active()}
        for observation, section in SECTIONS.items():
            if section in self.labels.model_fields_set and observation not in observed:
                yield f"labels.{section}", f"no typology is on whose frauds are observed as {observation.text}"


def _checked(value: str, look_up: object) -> str:
    try:
        look_up(value)  # type: ignore[operator]
    except InputError as error:
        raise ValueError(str(error)) from error
    return value
