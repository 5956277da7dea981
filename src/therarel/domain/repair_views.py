"""Whether a rupture is repaired, in whose view, and how that view came.

Who judges a repair and what the other says of it are two things: asked too often, a person gives a polite yes.
"""

from __future__ import annotations

from attrs import field, frozen

from therarel.domain import checks
from therarel.vocabulary import Vocabulary


class RepairView(Vocabulary, links={}):
    """What somebody says of a repair."""

    REPAIRED = "repaired"
    PARTLY_REPAIRED = "partly_repaired"
    NOT_REPAIRED = "not_repaired"
    DID_NOT_WANT_TO_SAY = "did_not_want_to_say"
    NOT_ASKED = "not_asked"


class HowExpressed(Vocabulary, links={}):
    """How a view came."""

    SAID = "said"
    ON_A_FORM = "on_a_form"
    SHOWN = "shown"
    """In what the person did, as somebody saw it."""


@frozen
class RepairViews:
    """The latest view of each since the repair under way, or last taken, began.

    Args:
        client: The client's view.
        therapist: The therapist's view.
        observer: An observer's view.

    Examples:
        >>> RepairViews(client=RepairView.NOT_REPAIRED).therapist.label
        'not asked'
    """

    client: RepairView = field(default=RepairView.NOT_ASKED, validator=checks.a(RepairView))
    therapist: RepairView = field(default=RepairView.NOT_ASKED, validator=checks.a(RepairView))
    observer: RepairView = field(default=RepairView.NOT_ASKED, validator=checks.a(RepairView))

    def joined(self, other: RepairViews) -> RepairViews:
        """These views completed by others: a later view replaces an earlier one.

        That somebody was not asked replaces nothing, and that somebody did not want to say replaces no view.

        Examples:
            >>> RepairViews(RepairView.NOT_REPAIRED).joined(RepairViews(RepairView.DID_NOT_WANT_TO_SAY)).client.label
            'not repaired'
        """
        return RepairViews(
            _later(self.client, other.client),
            _later(self.therapist, other.therapist),
            _later(self.observer, other.observer),
        )


def _later(view: RepairView, new: RepairView) -> RepairView:
    if new is RepairView.NOT_ASKED:
        return view
    return view if new is RepairView.DID_NOT_WANT_TO_SAY and view is not RepairView.NOT_ASKED else new
