"""Every word that an answer, a list, a picture or a page of a course says, from one file; another language is another.

The file is read when the first word of it is needed.
"""

from __future__ import annotations

from therarel.texts.fields import DUE_FIELDS, OBSERVED_FIELDS, VIEW_FIELDS
from therarel.texts.sayable import AND, Listed, Phrase, words_of
from therarel.texts.texts import CaseText, GuardText, Reviewed, Texts, standard_texts

__all__ = [
    "AND",
    "DUE_FIELDS",
    "OBSERVED_FIELDS",
    "VIEW_FIELDS",
    "CaseText",
    "GuardText",
    "Listed",
    "Phrase",
    "Reviewed",
    "Texts",
    "standard_texts",
    "words_of",
]
