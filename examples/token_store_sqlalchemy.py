"""Tokens in a table of your own, with SQLAlchemy.

Give `create_engine` the option `hide_parameters=True`: its errors show what was to be written.
"""

from sqlalchemy import Engine, Text, delete
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from amocrm_gen import Token, dump_token, load_token


class Base(DeclarativeBase):
    """Your own base class."""


class AmoToken(Base):
    """The token of one account."""

    __tablename__ = "amo_tokens"

    account: Mapped[str] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(Text)


class SqlAlchemyTokenStore:
    """A `TokenStore`. Each access is a transaction of its own: no rollback of yours undoes it.

    On one host nothing else is needed. If several hosts share the table, let them share locks, too:
    `locks = RedisLocks("redis://…")`.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def load(self, account: str) -> Token | None:
        """Return the account's token, read anew."""
        with Session(self.engine) as session:
            row = session.get(AmoToken, account)
            return None if row is None else load_token(row.token)

    def save(self, account: str, token: Token) -> None:
        """Keep the account's token; encrypt the text here if the database is not to see it."""
        with Session(self.engine) as session, session.begin():
            session.merge(AmoToken(account=account, token=dump_token(token)))

    def delete(self, account: str) -> None:
        """Forget the account's token."""
        with Session(self.engine) as session, session.begin():
            session.execute(delete(AmoToken).where(AmoToken.account == account))
