"""A small model with every kind of field, to test the loader without the real scenario."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from enum import Enum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from fintxsim.shares import ShareMap


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Basis(Enum):
    COUNT = "count"
    VALUE = "value"


class CardTesting(Part):
    kind: Literal["card_testing"] = Field(description="Name of the typology.")
    rate_bps: float = Field(ge=0, le=100, description="Rows per 10,000.")


class AppScam(Part):
    kind: Literal["app_scam"] = Field(description="Name of the typology.")
    rate_bps: float = Field(default=0.0, ge=0, description="Rows per 10,000.")
    camouflage: float = Field(default=0.5, ge=0, le=1, description="0 naive to 1 imitating.")


Typology = Annotated[CardTesting | AppScam, Field(discriminator="kind")]


class Fraud(Part):
    basis: Basis = Field(default=Basis.COUNT, description="What rates count.")
    kinds: Annotated[dict[str, float], ShareMap()] = Field(default={"a": 0.5, "b": 0.5}, description="Shares.")
    typologies: dict[str, Typology] = Field(default={}, description="What fraudsters do.")
    rows: tuple[Typology, ...] = Field(default=(), description="The same as a list.")

    @model_validator(mode="before")
    @classmethod
    def name_typologies(cls, data: Any) -> Any:
        """A typology's key is its kind, as the real scenario does it."""
        if not isinstance(data, dict) or not isinstance(data.get("typologies"), dict):
            return data
        named = {k: {"kind": k, **v} if isinstance(v, dict) else v for k, v in data["typologies"].items()}
        return {**data, "typologies": named}


class Population(Part):
    customers: int = Field(default=1_000, ge=1, le=1_000_000, description="Customers on the first day.")
    merchants: int | None = Field(default=None, ge=1, description="Local merchants.")
    by_segment: dict[Literal["student", "retiree"], float] = Field(default={}, description="Factor per segment.")


class Small(Part):
    name: str = Field(description="Name of the scenario.")
    seed: int = Field(default=0, description="Seed of all random numbers.")
    start_date: datetime.date = Field(default=datetime.date(2026, 1, 1), description="First day.")
    days: int = Field(default=30, ge=1, le=3650, description="Days simulated.")
    timezone: str = Field(default="Europe/Amsterdam", description="IANA time zone.")
    is_open: bool = Field(default=True, description="Whether strangers come.")
    scheme: Literal["visto", "mastero"] = Field(default="visto", description="Card scheme.")
    limit: int | Literal["none"] = Field(default="none", description="Limit, or none.")
    tags: tuple[str, ...] = Field(default=(), description="Free words.")
    population: Population = Field(default=Population(), description="Who there is.")
    fraud: Fraud = Field(default=Fraud(), description="Who steals.")

    @model_validator(mode="after")
    def long_enough(self) -> Small:
        if self.name == "long" and self.days < 10:
            raise ValueError("a long scenario has 10 days or more")
        return self

    def settings_without_effect(self) -> Iterator[tuple[str, str]]:
        if self.days == 1:
            yield "days", "one day shows nothing"
            yield "population.customers", "nobody has time to act"
        if self.tags == ("idle",):
            yield "tags[0]", "no one reads it"
