"""Are our pages accessible? axe-core looks at each in Debian's Chromium, on a desktop and a phone, light and dark.

    python -m tests.proofs.accessible page.html ... [--save]

Needs ``chromium`` and ``npm``, which fetches axe-core into a scratch folder; nothing of it is kept. A page is copied there,
without the rule by which it refuses scripts, and with axe in it. Of a page of the documentation its content is looked at; what
is around it is the theme's. Prints what is wrong, and ends with 1 if anything is.
"""

from __future__ import annotations

import argparse
import html
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

AXE = "axe-core@4.10.3"
RESULTS = Path(__file__).with_name("results")
SCREENS: Mapping[str, tuple[int, int]] = {"desktop": (1280, 900), "phone": (390, 844)}
SCHEMES: Mapping[str, str] = {"light": "1", "dark": "0"}
REFUSAL = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
MARK = re.compile(r'<pre id="axe-found">(.*?)</pre>', re.DOTALL)
RUN = """
axe.run(document.querySelector("article.md-content__inner") ?? document, {resultTypes: ["violations"]}).then(found => {
  const left = document.createElement("pre");
  left.id = "axe-found";
  left.textContent = JSON.stringify({
    dark: matchMedia("(prefers-color-scheme: dark)").matches,
    violations: found.violations.map(each => ({id: each.id, impact: each.impact, nodes: each.nodes.map(node => node.html)}))
  });
  document.body.append(left);
});
"""


def axe(scratch: Path) -> str:
    """The source of axe-core, by npm."""
    command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(scratch), AXE]
    subprocess.run(command, check=True)
    return (scratch / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


def with_axe(page: str, source: str) -> str:
    """A page that lets axe look at it and writes the answer below."""
    script = f"<script>{source}</script><script>{RUN}</script>"
    return REFUSAL.sub("", page).replace("</body>", f"{script}</body>", 1)


def looked_at(page: Path, source: str, scratch: Path, screen: str, scheme: str) -> list[dict[str, Any]]:
    """What axe finds wrong with a page on one screen.

    Raises:
        RuntimeError: if axe gave no answer, or the scheme was not the one that was asked for.
    """
    copy = scratch / "page.html"
    copy.write_text(with_axe(page.read_text("utf-8"), source), "utf-8")
    width, height = SCREENS[screen]
    command = [
        "chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--window-size={width},{height}",
        f"--blink-settings=preferredColorScheme={SCHEMES[scheme]}", "--virtual-time-budget=60000", "--dump-dom",
        copy.as_uri(),
    ]  # fmt: skip
    shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = MARK.search(shown)
    if found is None:
        raise RuntimeError(f"axe gave no answer about {page.name}")
    answer = json.loads(html.unescape(found[1]))
    if answer["dark"] != (scheme == "dark"):
        raise RuntimeError(f"{page.name} was not shown {scheme}")
    violations: list[dict[str, Any]] = answer["violations"]
    return violations


def main(arguments: Sequence[str] | None = None) -> int:
    """Look at the pages; the number of screens with something wrong decides the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="+", type=Path)
    parser.add_argument("--save", action="store_true", help="keep the result beside the others")
    given = parser.parse_args(arguments)
    for needed in ("chromium", "npm"):
        if shutil.which(needed) is None:
            sys.exit(f"{needed} is not here: on Debian, apt-get install {needed}")
    results = []
    with tempfile.TemporaryDirectory() as folder:
        source = axe(Path(folder))
        for page, screen, scheme in product(given.pages, SCREENS, SCHEMES):
            found = looked_at(page, source, Path(folder), screen, scheme)
            results.append(
                {
                    "page": page.parent.name if page.name == "index.html" else page.name,
                    "screen": screen,
                    "scheme": scheme,
                    "violations": found,
                }
            )
            print(f"{page.name}, {screen}, {scheme}: {len(found)} violations")  # noqa: T201 -- a command
            for each in found:
                print(f"  {each['impact']}: {each['id']}, {len(each['nodes'])} places, first {each['nodes'][0][:160]}")  # noqa: T201
    if given.save:
        kept = {"axe": AXE, "date": datetime.now(tz=UTC).date().isoformat(), "results": results}
        (RESULTS / "accessible.json").write_text(json.dumps(kept, indent=1) + "\n", "utf-8")
    return int(any(each["violations"] for each in results))


if __name__ == "__main__":
    sys.exit(main())
