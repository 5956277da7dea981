"""How a growth model is shown: the summary, residual checks and figures."""

__all__: list[str] = []
