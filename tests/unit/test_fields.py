"""Fields of records."""

from __future__ import annotations

import numpy as np

from fintxsim.fields import Fields

RECORD = np.dtype([("city", "i2"), ("balance", "i8", (3,))])


def test_a_field_is_read_and_written_as_the_records_are() -> None:
    records = np.zeros(4, RECORD)
    fields = Fields(records)
    records[2]["city"] = 7
    assert fields["city"][2] == 7
    fields["balance"][1, 2] = 50
    assert records[1]["balance"].tolist() == [0, 0, 50]


def test_a_view_is_made_once() -> None:
    fields = Fields(np.zeros(4, RECORD))
    assert fields["city"] is fields["city"]
