"""Tests, and the commands that write what they compare; a package, because another package installs one of this name."""
