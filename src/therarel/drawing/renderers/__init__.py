"""Renderers beside SVG: each loads its library only when a picture is asked of it."""

__all__: list[str] = []
