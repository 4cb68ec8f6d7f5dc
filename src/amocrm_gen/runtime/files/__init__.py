"""Files of the drive: sent in parts, fetched piece by piece."""

__all__: list[str] = []
