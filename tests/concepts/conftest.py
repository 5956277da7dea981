"""The shipped graph and its file."""

from __future__ import annotations

from pathlib import Path

import pytest

import therarel.concepts
from therarel.concepts import ConceptGraph, concept_graph


@pytest.fixture(scope="session")
def graph() -> ConceptGraph:
    """The graph that the library ships."""
    return concept_graph()


@pytest.fixture(scope="session")
def text() -> str:
    """The file that it is read from."""
    return Path(therarel.concepts.__file__).with_name("concepts.yaml").read_text("utf-8")
