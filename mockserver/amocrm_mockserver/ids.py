"""Where the ids, uuids and secrets of one account come from."""

from __future__ import annotations

from hashlib import blake2b
from random import Random
from uuid import UUID
from zlib import crc32

__all__ = ["Ids"]

_BLOCK = 1_000_000
"""Each account has its own block of ids, the same for every table."""
_FURTHER_BLOCK = 1 << 40
"""Where an account that used up its block goes on."""
_SPREAD = 400_000
"""Tables start at different ids, so that an id used for the wrong table is found out."""
_SHARED = {"companies": "contacts"}
"""A contact and a company never have the same id."""
_BASE32 = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS = tuple(first + second for first in _BASE32 for second in _BASE32)


class Ids:
    """Streams that are the same again for the same subdomain, place among the accounts and seed."""

    __slots__ = ("_block", "_last", "_secrets", "_seed", "_ulids")

    def __init__(self, subdomain: str, *, order: int, seed: str = "") -> None:
        self._seed = f"{seed}:{subdomain}:{order}"
        self._block = _BLOCK * (order + 1)
        self._last: dict[str, int] = {}
        digest = blake2b(self._seed.encode(), digest_size=16).digest()
        self._secrets = Random(digest)  # noqa: S311 -- must be the same again; nothing real is guarded
        self._ulids: int = int.from_bytes(digest) & ((1 << 60) - 1)

    def next(self, table: str) -> int:
        """The next id of a table; no other account has it."""
        table = _SHARED.get(table, table)
        last = self._last.get(table)
        if last is None:
            last = self._block + crc32(f"{self._seed}:{table}".encode()) % _SPREAD
        last += 1
        if last == self._block + _BLOCK:
            last = _FURTHER_BLOCK + (self._block << 20)
        self._last[table] = last
        return last

    def uuid(self) -> str:
        """A version 4 uuid."""
        return str(UUID(bytes=self._secrets.randbytes(16), version=4))

    def hex(self, digits: int) -> str:
        """That many lower-case hex digits."""
        return self._secrets.randbytes((digits + 1) // 2).hex()[:digits]

    def token(self, prefix: str) -> str:
        """An opaque secret as long as amoCRM's, with the prefix in front."""
        return prefix + self._secrets.randbytes(340).hex()

    def ulid(self, timestamp: float) -> str:
        """A sortable id of 26 characters, such as events have; later ones are greater."""
        self._ulids += 1
        number = (int(timestamp * 1000) << 80) + (self._ulids & ((1 << 80) - 1))
        return "".join([_PAIRS[(number >> shift) & 1023] for shift in range(120, -1, -10)])
