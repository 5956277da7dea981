"""The search for the most likely covariance parameters, in columns of a common size."""

__all__: list[str] = []
