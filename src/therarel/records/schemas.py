"""JSON Schema (2020-12) of every kind of record, for programs in other languages."""

from __future__ import annotations

from therarel.errors import UnknownNameError, hint_for, shown
from therarel.reading import SCHEMA_KEY
from therarel.records.kinds import READER, kinds, late_kind


def json_schema(kind: str) -> dict[str, object]:
    """The JSON Schema of one kind of record in the form of its current version.

    A record of an earlier version fits where it has that form, as most have, and is read. Relations between fields are
    checked by reading alone.

    Args:
        kind: Name of the kind, one of `kinds`.

    Raises:
        UnknownNameError: if there is no such kind.

    Examples:
        >>> json_schema("occurrence")["required"]
        ['schema']
    """
    found = kinds().get(kind) or late_kind(kind)
    if found is None:
        raise UnknownNameError("no such kind of record", value=shown(kind), hint=hint_for(kind, kinds()))
    schema = READER.schema(found.holds, versions=found.versions)
    if found.versions.current > 1:
        stamp = {"enum": found.versions.stamps, "description": f"written is {found.stamp}; earlier ones are read"}
        members = schema.get("oneOf", [schema])
        assert isinstance(members, list)
        for each in members:
            each["properties"][SCHEMA_KEY] = stamp
    return schema
