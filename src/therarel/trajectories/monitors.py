"""`therarel.detection.monitors` under its name of version 0.1, with the rules that it had then."""

from therarel.detection.monitors import *  # noqa: F403 -- whatever is there
from therarel.detection.rules import BaselineChart, EarlierChart, EarlierDrop  # noqa: F401 -- for others to find
