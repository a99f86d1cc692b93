"""A number that is tapped on a telephone reaches whom it was written down for."""

from __future__ import annotations

import pytest

from ar_cockpit.state.display.phones import dialled


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("+33 (0)6 12 34 56 78", "+33612345678"),
        (" +44 (0) 20 7946 0000", "+442079460000"),
        ("+39 06 1234", "+39061234"),
        ("(0)6 12 34 56 78", "0612345678"),
        ("06.12.34.56.78", "0612345678"),
        ("ask Bob", ""),
    ],
)
def test_the_zero_inside_a_country_is_left_out_behind_its_code(written: str, expected: str) -> None:
    assert dialled(written) == expected
