"""Tokens in a table of your own, with Django's ORM: for the `models.py` of one of your apps."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connections, models

from amocrm_gen import Token, dump_token, load_token

T = TypeVar("T")


class AmoToken(models.Model):
    """The token of one account."""

    account = models.CharField(max_length=255, primary_key=True)
    token = models.TextField()

    class Meta:
        """An app's own models need no label."""

        app_label = "crm"

    def __str__(self) -> str:
        """Return the account, and nothing secret."""
        return self.account


class DjangoTokenStore:
    """A `TokenStore`. Each access has a connection of its own.

    So no rollback of a request (`ATOMIC_REQUESTS`) undoes it, and async views may use it. If
    several hosts share the table, let them share locks, too: `locks = RedisLocks("redis://…")`.
    """

    def load(self, account: str) -> Token | None:
        """Return the account's token, read anew."""
        row = _apart(AmoToken.objects.filter(account=account).first)
        return None if row is None else load_token(row.token)

    def save(self, account: str, token: Token) -> None:
        """Keep the account's token; encrypt the text here if the database is not to see it."""
        values = {"token": dump_token(token)}
        _apart(lambda: AmoToken.objects.update_or_create(values, account=account))

    def delete(self, account: str) -> None:
        """Forget the account's token."""
        _apart(AmoToken.objects.filter(account=account).delete)


def _apart(work: Callable[[], T]) -> T:
    """Do it in a thread of its own: Django's connections belong to threads."""

    def run() -> T:
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()
