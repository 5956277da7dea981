"""The small case of the look at pages: a report is prepared so that axe can look at it, and its answer is read."""

from __future__ import annotations

from tests.proofs.accessible import MARK, with_axe

from therarel.detection import detect, rules
from therarel.reports import report
from therarel.simulation import simulate_clinic


def test_a_report_lets_axe_look_at_it() -> None:
    """The rule against scripts is gone from the copy, and the script is there once, at the end."""
    page = report(detect(simulate_clinic(8, seed=1).panel(), primary=rules.Drop(k=2), expected="none")).html
    copy = with_axe(page, "let axe;")
    assert "Content-Security-Policy" in page
    assert "Content-Security-Policy" not in copy
    assert copy.count("<script>let axe;</script>") == 1
    assert copy.index("<main>") < copy.index("<script>")


def test_the_answer_is_found_in_what_the_browser_shows() -> None:
    """The mark that the script leaves is found among everything else."""
    found = MARK.search('<body><pre>a</pre><pre id="axe-found">{"violations": []}</pre></body>')
    assert found is not None
    assert found[1] == '{"violations": []}'
