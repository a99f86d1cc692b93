"""Amounts as people type them into a screen: read by the domain's own rule."""

from ar_cockpit.domain.amounts import read_amount

__all__ = ["read_amount"]
