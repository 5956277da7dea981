"""The command ``therarel``: one module per subcommand, each loading what it needs when it runs."""

from therarel.cli.main import main

__all__ = ["main"]
