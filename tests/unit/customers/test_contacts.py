"""What a person at the customer is checked for before it is kept."""

from __future__ import annotations

import pytest

from ar_cockpit.domain.customers.contacts import ContactDraft, checked
from ar_cockpit.domain.errors import InputError


def test_blanks_and_line_ends_around_words_are_left_out() -> None:
    told = checked(ContactDraft(name="  Ann\n Lee ", email=" ann@x.example ", phone=" +33 1 23 ", language="FR"))
    assert told == ContactDraft("Ann Lee", "ann@x.example", "+33 1 23", language="fr")


@pytest.mark.parametrize(
    "draft",
    [
        pytest.param(ContactDraft(), id="neither name nor address"),
        pytest.param(ContactDraft(email="ann at x"), id="no address"),
        pytest.param(ContactDraft(email="a@x.example, b@x.example"), id="two addresses"),
        pytest.param(ContactDraft(name="Ann", phone="call me"), id="no phone number"),
        pytest.param(ContactDraft(name="Ann", language="french"), id="no language"),
        pytest.param(ContactDraft(name="A" * 201), id="endless"),
    ],
)
def test_what_cannot_be_written_to_or_called_is_refused(draft: ContactDraft) -> None:
    with pytest.raises(InputError):
        checked(draft)
