"""Words as the database can keep them, whatever a file held."""

from typing import Any


def storable(value: Any) -> Any:
    """The same without letters PostgreSQL refuses (zeros, halves of letters), inside of lists and dicts too."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode().replace("\x00", "")
    if isinstance(value, dict):
        return {storable(key): storable(one) for key, one in value.items()}
    return [storable(one) for one in value] if isinstance(value, list) else value
