"""Files of every version of every kind load forever."""

from pathlib import Path

import pytest

from therarel import records
from therarel.records.kinds import kinds

CORPUS = Path(__file__).parent / "corpus"
FILES = sorted(CORPUS.glob("*/*.json*"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_file_once_written_still_loads(path: Path) -> None:
    """Every file of the corpus reads without a problem, and what it holds can be written again."""
    values = list(records.read_log(path)) if path.suffix == ".jsonl" else [records.load(path)]
    assert values
    for value in values:
        assert records.loads(records.dumps(value, confidential="include")) == value


def test_the_corpus_holds_every_version_of_every_kind() -> None:
    """A new kind or version is not complete before a file of it stands in the corpus."""
    wanted = {f"{name}/v{version}" for name, kind in kinds().items() for version in range(1, kind.versions.current + 1)}
    assert {f"{path.parent.name}/{path.name.split('-')[0].split('.')[0]}" for path in FILES} == wanted
