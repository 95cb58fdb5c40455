"""The anomalies section of a scenario: how often each kind of look-alike happens."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from fintxsim.lookalikes import LOOKALIKES
from fintxsim.lookalikes.base import Lookalike, LookalikeConfig
from fintxsim.lookalikes.car_payee import CarPayeeConfig
from fintxsim.lookalikes.crowdfunding_fan_in import CrowdfundingFanInConfig
from fintxsim.lookalikes.festival_merchant import FestivalMerchantConfig
from fintxsim.lookalikes.gift_card_season import GiftCardSeasonConfig
from fintxsim.lookalikes.holiday_abroad import HolidayAbroadConfig
from fintxsim.lookalikes.house_move import HouseMoveConfig
from fintxsim.lookalikes.new_phone import NewPhoneConfig
from fintxsim.lookalikes.payday_splurge import PaydaySplurgeConfig
from fintxsim.lookalikes.refund_season import RefundSeasonConfig
from fintxsim.lookalikes.student_rent_fan_out import StudentRentFanOutConfig


class AnomaliesConfig(BaseModel):
    """Benign look-alikes by name; one that is absent is off."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    holiday_abroad: HolidayAbroadConfig | None = Field(
        None, description="Days in another country with many dear purchases."
    )
    house_move: HouseMoveConfig | None = Field(None, description="Deposit, movers, and large purchases within days.")
    new_phone: NewPhoneConfig | None = Field(None, description="A new phone and the first payments from it.")
    payday_splurge: PaydaySplurgeConfig | None = Field(None, description="Many purchases on the day of the salary.")
    gift_card_season: GiftCardSeasonConfig | None = Field(None, description="Several gift cards in quick succession.")
    crowdfunding_fan_in: CrowdfundingFanInConfig | None = Field(
        None, description="Money from many strangers, then paid on."
    )
    student_rent_fan_out: StudentRentFanOutConfig | None = Field(
        None, description="Flatmates' money collected, then several payees paid."
    )
    festival_merchant: FestivalMerchantConfig | None = Field(
        None, description="A new merchant used by many people of a city at once."
    )
    refund_season: RefundSeasonConfig | None = Field(None, description="Several refunds on one day.")
    car_payee: CarPayeeConfig | None = Field(None, description="A large first payment to a new payee.")

    def active(self) -> list[tuple[Lookalike, LookalikeConfig]]:
        """Look-alikes that are on, with their settings."""
        chosen = [(kind, getattr(self, kind.name)) for kind in LOOKALIKES]
        return [(kind, config) for kind, config in chosen if config is not None and not config.is_off]
