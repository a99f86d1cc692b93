"""Which network addresses a webhook may go to: public ones, however they are written."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

# Ranges whose addresses stand for an IPv4 address, in their last 32 bits: mapped, compatible, translated (NAT64, SIIT).
_STANDING_FOR = tuple(
    IPv6Network(one) for one in ("::ffff:0:0/96", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "::ffff:0:0:0/96")
)
# Set apart by IANA for protocols and documentation, which not every Python knows as such.
_SET_APART = tuple(ip_network(one) for one in ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "3fff::/20"))
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_LAST_32_BITS = 0xFFFFFFFF


def is_public(address: str) -> bool:
    """Return whether ``address`` is one of the public internet; what cannot be read is not."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, IPv6Address):
        if any(found in network for network in _STANDING_FOR):
            found = IPv4Address(int(found) & _LAST_32_BITS)
        elif found not in _GLOBAL_UNICAST or found.sixtofour or found.teredo:
            return False  # tunnels too: what is at their other end cannot be told from here
    is_special = found.is_multicast or found.is_reserved or any(found in network for network in _SET_APART)
    return found.is_global and not is_special


def is_literal(host: str) -> bool:
    """Return whether ``host`` is an address and not a name."""
    try:
        ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return False
    return True
