"""Ports of which none may be asked for."""

from shared.ports import Ports


class NoPorts(Ports):
    """For what needs some only to hand them on."""
