"""What tests of clinical software need: hypothesis strategies for every value, laws, and leak detection.

Needs the extra ``testing``. The strategies build only values that the library accepts, so that a test of your
own code starts from material that can really occur.
"""

from __future__ import annotations

from therarel.extras import needs

with needs("therarel.testing"):
    import therarel.domain  # noqa: F401 -- whole, before a module of it is named: see the front door
    from therarel.testing.canaries import Leak, leaks
    from therarel.testing.strategies import (
        PUBLIC_CLASSES,
        confidential_texts,
        corrections,
        events,
        facts,
        judgements,
        relationships,
        strategy_for,
    )

__all__ = [
    "PUBLIC_CLASSES",
    "Leak",
    "confidential_texts",
    "corrections",
    "events",
    "facts",
    "judgements",
    "leaks",
    "relationships",
    "strategy_for",
]
