"""Control calls about guesses: which way the server, or one account, goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amocrm_mockserver.control_call import ControlCall, ControlError
from amocrm_mockserver.guesses import GuessError, Guesses, known_guesses

if TYPE_CHECKING:
    from amocrm_mockserver.server import MockServer

__all__ = ["choose", "choose_for_account", "listing", "of_account"]


def listing(server: MockServer, _: ControlCall) -> object:
    """Every guess of the server: what it is about, its values, and the one in force."""
    return _listed(server.world.guesses)


def choose(server: MockServer, call: ControlCall) -> object:
    """Switch guesses for all accounts that have not chosen for themselves."""
    _choose(server.world.guesses, call)
    return listing(server, call)


def of_account(server: MockServer, call: ControlCall) -> object:
    """Every guess as it is in force in an account."""
    return _listed(_of_account(server, call))


def choose_for_account(server: MockServer, call: ControlCall) -> object:
    """Switch guesses for one account."""
    _choose(_of_account(server, call), call)
    return of_account(server, call)


def _of_account(server: MockServer, call: ControlCall) -> Guesses:
    subdomain = call.variables["subdomain"]
    account = server.world.accounts.get(subdomain)
    if account is None:
        message = f"there is no account {subdomain}; there are: {', '.join(server.world.accounts)}"
        raise ControlError(message, status=404)
    return account.guesses


def _choose(guesses: Guesses, call: ControlCall) -> None:
    try:
        guesses.choose(call.body)
    except GuessError as error:
        raise ControlError(str(error)) from error


def _listed(guesses: Guesses) -> object:
    return {
        "guesses": {
            key: {
                "value": guesses[key],
                "default": guess.default,
                "values": guess.values,
                "question": guess.question,
            }
            for key, guess in known_guesses().items()
        }
    }
