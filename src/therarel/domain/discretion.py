"""What a value is made with is not shown where the value is refused.

The constructor that attrs writes has words and names in its frame, as they were given, and an error brings its frames
along.
"""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from therarel.discretion import discreet


def make_discreetly(kinds: Iterable[type]) -> None:
    """Let the constructors of value classes forget what they were given when they refuse it.

    Args:
        kinds: Classes; those that attrs did not make are left as they are.
    """
    for kind in kinds:
        if attrs.has(kind):
            kind.__init__ = discreet(kind.__init__)  # type: ignore[method-assign]  # the same, discreetly
