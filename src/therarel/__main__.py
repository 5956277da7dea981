"""``python -m therarel`` is the command ``therarel``."""

from __future__ import annotations

from therarel.cli import main

if __name__ == "__main__":
    main(prog_name="therarel")
