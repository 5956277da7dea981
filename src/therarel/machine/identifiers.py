"""Identifiers of entries: unique everywhere, and in the order of time.

They are UUIDs of version 7 (RFC 9562): 48 bits of milliseconds since 1970, the version, 12 bits of a millisecond's
fraction, the variant, and 62 bits of chance, counted on. Python makes them itself from version 3.14 on.
"""

from __future__ import annotations

import itertools
import os
import time
from typing import Final

_MILLISECOND: Final = 1_000_000
_CHANCE: Final = (1 << 62) - 1


def _counted_from_chance() -> itertools.count[int]:
    return itertools.count(int.from_bytes(os.urandom(8), "big") & _CHANCE)


_counter = _counted_from_chance()


def _draw_anew() -> None:
    global _counter
    _counter = _counted_from_chance()


if hasattr(os, "register_at_fork"):  # not on every system
    os.register_at_fork(after_in_child=_draw_anew)


def new_bits() -> int:
    """Bits that no other identifier of this process has: counted on from a number that chance gave to the process."""
    return next(_counter)


def uuid7() -> str:
    """A new identifier.

    Examples:
        >>> first, second = uuid7(), uuid7()
        >>> len(first), first[14], first < second
        (36, '7', True)
    """
    return uuid7_at(time.time_ns(), new_bits())


def uuid7_at(moment: int, bits: int) -> str:
    """The identifier of a moment.

    Args:
        moment: Nanoseconds since 1970.
        bits: Distinguishes it from others of the same moment; the lowest 62 bits are used.

    Examples:
        >>> uuid7_at(1645557742000 * 10**6, 0x18C4DC0C0C07398F)  # the example of RFC 9562, without the fraction
        '017f22e2-79b0-7000-98c4-dc0c0c07398f'
    """
    milliseconds, rest = divmod(moment, _MILLISECOND)
    fraction = (rest << 12) // _MILLISECOND
    bits &= _CHANCE
    return (
        f"{milliseconds >> 16:08x}-{milliseconds & 0xFFFF:04x}-7{fraction:03x}-"
        f"{0x8000 | bits >> 48:04x}-{bits & 0xFFFFFFFFFFFF:012x}"
    )
