"""Every example in a docstring is true."""

from __future__ import annotations

import doctest
from importlib import import_module

OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def test_the_examples_of_a_module_give_what_they_show(module_name: str) -> None:
    """Each doctest of the module passes; what fails is shown as doctest shows it."""
    report: list[str] = []
    runner = doctest.DocTestRunner(optionflags=OPTIONS, verbose=False)
    for examples in doctest.DocTestFinder().find(import_module(module_name)):
        runner.run(examples, out=report.append, clear_globs=True)
    assert not report, "".join(report)
