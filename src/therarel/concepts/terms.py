"""The closed lists of the concept graph: what an edge rests on, where a node comes from, how ours matches theirs."""

from __future__ import annotations

from typing import Final

from therarel.vocabulary import Vocabulary


class Basis(Vocabulary, links={}):
    """What an edge rests on, from the outline's own words to literature.

    Edges that are ``inferred`` are readings by whoever wrote the file, of the outline or beyond it; in the graph of the
    library no clinician has reviewed them.

    Examples:
        >>> Basis.INFERRED.meaning
        'our reading, not reviewed by a clinician'
    """

    STATED = "stated"
    OUTLINE = "outline"
    INFERRED = "inferred"
    INFERRED_WITH_LITERATURE = "inferred_with_literature"
    LITERATURE = "literature"

    @property
    def meaning(self) -> str:
        """The basis as an explanation names it."""
        return _BASIS_MEANINGS[self]


_BASIS_MEANINGS: Final = {
    Basis.STATED: "stated in the outline",
    Basis.OUTLINE: "arranged so in the outline",
    Basis.INFERRED: "our reading, not reviewed by a clinician",
    Basis.INFERRED_WITH_LITERATURE: "our reading, with literature that supports it",
    Basis.LITERATURE: "literature",
}


class Origin(Vocabulary, links={}):
    """Where a concept comes from: the outline that the library implements, literature beyond it, or one's own work."""

    DOCUMENT = "document"
    LITERATURE = "literature"
    OWN = "own"

    @property
    def meaning(self) -> str:
        """The origin as a description names it."""
        return _ORIGIN_MEANINGS[self]


_ORIGIN_MEANINGS: Final = {
    Origin.DOCUMENT: "from the outline",
    Origin.LITERATURE: "from the literature",
    Origin.OWN: "a term of whoever wrote the file",
}


class Match(Vocabulary, links={}):
    """How a concept matches one of another vocabulary; narrow means that theirs is the narrower one."""

    EXACT = "exact"
    CLOSE = "close"
    BROAD = "broad"
    NARROW = "narrow"
    RELATED = "related"


class Scheme(Vocabulary, links={}):
    """Another vocabulary that concepts are mapped to."""

    MESH = "mesh"
    BCIO = "bcio"
    WIKIDATA = "wikidata"


class Influence(Vocabulary, links={}):
    """Which way one end of an edge works on the other: subject on object, object on subject, or neither."""

    FORWARD = "forward"
    BACKWARD = "backward"
    NONE = "none"


class EdgeDirection(Vocabulary, links={}):
    """Which edges of a concept are meant: those it is the subject of, those it is the object of, or both."""

    OUT = "out"
    IN = "in"
    BOTH = "both"


class Standing(Vocabulary, links={}):
    """The published consensus on an element of the relationship."""

    DEMONSTRABLY_EFFECTIVE = "demonstrably_effective"
    PROBABLY_EFFECTIVE = "probably_effective"
    PROMISING_INSUFFICIENT = "promising_insufficient"


class FaultLevel(Vocabulary, links={}):
    """How grave a fault of a concept file is: an error keeps it from loading, the others are reported."""

    ERROR = "error"
    WARN = "warn"
    INFO = "info"
