"""When a delivery is tried again, and which addresses a webhook may go to."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ar_cockpit.domain.errors import InputError
from ar_cockpit.domain.webhooks.addresses import is_public
from ar_cockpit.domain.webhooks.events import MOST_TRIES, wait_after
from ar_cockpit.services.webhooks.endpoints import checked_url


def test_eight_tries_take_about_two_days() -> None:
    waits = [wait_after(tries, 0.5) or timedelta() for tries in range(1, MOST_TRIES)]
    assert len(waits) == MOST_TRIES - 1
    assert waits == sorted(waits)
    assert timedelta(hours=44) < sum(waits, timedelta()) < timedelta(hours=50)
    assert wait_after(MOST_TRIES, 0.5) is None


def test_waits_are_spread_by_a_fifth_either_way() -> None:
    assert (wait_after(1, 0.0), wait_after(1, 1.0)) == (timedelta(seconds=24), timedelta(seconds=36))


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104 (no server of ours listens)
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "127.8.8.8",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.0.8",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:0:7f00:1",
        "64:ff9b::7f00:1",
        "64:ff9b::169.254.169.254",
        "64:ff9b:1::a00:1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:db8::1",
        "2002:7f00:1::",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "localhost",
        "",
        "1.1.1",
        "0x7f000001",
    ],
)
def test_private_and_special_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]
)
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/in",
        "ftp://example.com/in",
        "https://user:secret@example.com/in",
        "https://example.com/in#part",
        "https://10.0.0.1/in",
        "https://[::1]/in",
        "https://[::ffff:10.0.0.1]/in",
        "https:///in",
        "example.com",
        "https://exa mple.com",
        "https://example.com/" + "x" * 2000,
        "",
    ],
)
def test_addresses_that_a_webhook_may_not_have(url: str) -> None:
    with pytest.raises(InputError):
        checked_url(url, allow_private=False)


def test_private_addresses_and_plain_http_are_allowed_when_the_setting_says_so() -> None:
    assert checked_url("http://127.0.0.1:8000/in", allow_private=True) == "http://127.0.0.1:8000/in"
    assert checked_url("https://example.com/in", allow_private=False) == "https://example.com/in"
