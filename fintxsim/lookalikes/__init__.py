"""Benign look-alikes: one file each, named in one tuple."""

from fintxsim.lookalikes.base import Lookalike
from fintxsim.lookalikes.car_payee import CarPayee
from fintxsim.lookalikes.crowdfunding_fan_in import CrowdfundingFanIn
from fintxsim.lookalikes.festival_merchant import FestivalMerchant
from fintxsim.lookalikes.gift_card_season import GiftCardSeason
from fintxsim.lookalikes.holiday_abroad import HolidayAbroad
from fintxsim.lookalikes.house_move import HouseMove
from fintxsim.lookalikes.new_phone import NewPhone
from fintxsim.lookalikes.payday_splurge import PaydaySplurge
from fintxsim.lookalikes.refund_season import RefundSeason
from fintxsim.lookalikes.student_rent_fan_out import StudentRentFanOut

LOOKALIKES: tuple[Lookalike, ...] = (
    HolidayAbroad(), HouseMove(), NewPhone(), PaydaySplurge(), GiftCardSeason(), CrowdfundingFanIn(),
    StudentRentFanOut(), FestivalMerchant(), RefundSeason(), CarPayee(),
)  # fmt: skip


def lookalike(name: str) -> Lookalike:
    """The look-alike of a name; KeyError when there is none."""
    for candidate in LOOKALIKES:
        if candidate.name == name:
            return candidate
    raise KeyError(name)
