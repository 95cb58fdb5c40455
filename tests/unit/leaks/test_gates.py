from __future__ import annotations

import pytest

from fintxsim.leaks import gates


@pytest.mark.parametrize(("base", "gate"), [(0.0001, 0.10), (0.008, 0.10), (0.02, 0.24), (0.2, 0.6), (0.9, 0.95)])
def test_behaviour_may_tell_of_fraud_up_to_a_level(base: float, gate: float) -> None:
    assert gates.behaviour_gate(base) == pytest.approx(gate)


@pytest.mark.parametrize(("base", "gate"), [(0.001, 0.003), (0.2, 0.6), (0.3, 0.65)])
def test_form_may_tell_hardly_anything(base: float, gate: float) -> None:
    assert gates.form_gate(base) == pytest.approx(gate)


@pytest.mark.parametrize(("base", "gate"), [(0.001, 0.9), (0.5, 0.9), (0.9, 0.95)])
def test_a_rule_must_beat_the_base_rate(base: float, gate: float) -> None:
    assert gates.rule_gate(base) == pytest.approx(gate)


@pytest.mark.parametrize("base", [0.0001, 0.01, 0.3, 0.7, 0.99])
def test_every_gate_can_be_failed(base: float) -> None:
    each = (gates.behaviour_gate, gates.form_gate, gates.questions_gate, gates.rule_gate)
    assert all(base < gate(base) < 1.0 for gate in each)
