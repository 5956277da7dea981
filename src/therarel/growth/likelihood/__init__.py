"""The likelihood of a mixed model, its gradient and its random effects, from sufficient statistics per dyad."""

__all__: list[str] = []
