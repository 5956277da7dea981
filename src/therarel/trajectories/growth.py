"""`therarel.growth` under its name of version 0.1."""

from therarel.growth import *  # noqa: F403 -- whatever that room has
