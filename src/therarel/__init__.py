"""The therapeutic relationship as a thing you can compute with.

What is used most is a name of this package: ``import therarel as tr``, then ``tr.Confidential`` or
``tr.citation``; everything else is a name of its room, such as ``tr.measures.reliable_change``. Names load
when they are first used (PEP 562), so that ``import therarel`` costs next to nothing. They are listed once, in the
stub beside this file, which type checkers and editors read, too.
"""

from _thread import RLock  # part of the interpreter: `threading` itself need not be loaded

# One thread loads at a time. The import system locks module by module, and where two threads wait for each other
# it hands out a module that is half made: one thread imports `a`, which imports `a.b`, and another `a.b`, for which
# it needs `a`. So rooms are also entered from the top: a package first, and only then a module inside it; nothing
# inside the rooms asks the front door for a name while it is imported.
_LOADING = RLock()

_HOMES: dict[str, str] = {}
"""Public name: the module that it is from, as the stub has them; filled when a name is first asked for."""


def __getattr__(name: str) -> object:
    """Load a public name when it is first asked for.

    Raises:
        AttributeError: on a name that is not public; the message names the room that has it, or the nearest one.
        MissingExtraError: where the name needs a package that is not installed.
    """
    value: object
    if name == "__version__":
        from importlib.metadata import version

        value = version("therarel")
    elif name == "__all__":
        value = sorted(_homes())
    elif name in _homes():
        with _LOADING:
            value = _load(name)
    else:
        raise AttributeError(f"module 'therarel' has no attribute '{name}'{_hint(name)}", name=name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*_homes(), "__all__", "__version__", *(name for name in globals() if name.startswith("__"))})


def _homes() -> dict[str, str]:
    with _LOADING:
        if not _HOMES:
            for line in _lines("__init__.pyi"):
                match line.split():
                    case ["from", module, "import", name, "as", _]:
                        _HOMES[name] = f"therarel{module.rstrip('.')}"
    return _HOMES


def _load(name: str) -> object:
    from importlib import import_module

    from therarel.extras import needs

    parts = _HOMES[name].split(".")
    with needs(f"therarel.{name}"):
        module = import_module(f"therarel.{name}") if len(parts) == 1 else import_module(".".join(parts[:2]))
        for depth in range(3, len(parts) + 1):
            module = import_module(".".join(parts[:depth]))
        return module if len(parts) == 1 else getattr(module, name)


def _hint(name: str) -> str:
    """Where a name is that a room has and this package has not, or the nearest name."""
    if name.startswith("_"):
        return ""
    from therarel.errors import hint_for, nearest

    places = {"trajectories": "therarel.detection or therarel.growth"}  # a room until 0.1
    for line in _lines("names.csv")[1:]:
        room, known, _ = line.split(",")
        place = f"therarel.{room}.{known}"
        places[known] = f"{places[known]} or {place}" if known in places else place
    if name in places:
        return f". Hint: it is {places[name]} now"
    if nearest(name, _homes()) is None and (near := nearest(name, places)) is not None:
        return f". Hint: did you mean {places[near]}?"
    return f". Hint: {hint_for(name, _homes())}"


def _lines(file: str) -> list[str]:
    """The lines of a file of the package, also where it is imported from an archive."""
    data: bytes = __spec__.loader.get_data(f"{__path__[0]}/{file}")
    return data.decode("utf-8").splitlines()
