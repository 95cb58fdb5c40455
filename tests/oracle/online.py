"""With which device and from which address a customer goes online."""

from __future__ import annotations

from fintxsim.vocabulary import Channel
from tests.oracle import codes
from tests.oracle.draws import mix
from tests.oracle.records import NULL, Scene

GUESTS, TUNNELS = 0.015, 0.02  # shares of all requests


def choose_device(scene: Scene, u: float) -> int:
    """Mostly the phone, at home often the computer, now and then a device that is not the customer's."""
    if u > 1.0 - GUESTS:
        return guest_device(scene)
    return own_device(scene, at_browser=bool(scene.person.has_browser) and not scene.is_away and u < 0.35)


def own_device(scene: Scene, *, at_browser: bool) -> int:
    if at_browser:
        return codes.browser(scene.number, scene.person.browser_generation)
    return codes.phone(scene.person.phone_owner, scene.person.phone_generation)


def guest_device(scene: Scene) -> int:
    """A device of somebody else, another one each day."""
    return codes.guest(scene.number, scene.day.number)


def network(scene: Scene, device: int, v: float) -> tuple[int, int]:
    """Address and its country: at home or with the carrier, in the visited city, or at the exit of a tunnel.

    Who has which of the addresses that many share changes from week to week.
    """
    lot = mix(scene.number * 4096 + (scene.day.number + 4000) // 7)
    if v > 1.0 - TUNNELS:
        country = int((v - 1.0 + TUNNELS) / TUNNELS * scene.world.n_countries)
        return codes.tunnel_exit(country, lot), country
    if scene.is_away:
        return codes.visitor_address(scene.visited, lot), scene.world.city_country[scene.visited]
    at_home = codes.is_browser(device) or v < 0.6
    return codes.home_address(scene.number) if at_home else codes.carrier_address(lot), scene.world.city_country[
        scene.person.city
    ]


def banking_channel(scene: Scene, device: int) -> int:
    """A wallet is on phones alone."""
    if scene.institution.agents or not codes.is_browser(device):
        return Channel.MOBILE_APP
    return Channel.WEB_BANK


def on_rail(scene: Scene, usual: int) -> int:
    """Some institutions have one rail for everything."""
    only: int = scene.institution.rail
    return usual if only == NULL else only
