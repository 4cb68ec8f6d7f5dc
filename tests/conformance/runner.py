"""Takes each client through the steps."""

import re
from collections.abc import Callable, Mapping

from .access import open_account
from .client import Client
from .driver import ClientError, Driver, DriverError, NotOfferedError
from .environment import prepare
from .server import Server
from .step import Context, MismatchError, Outcome, Step
from .steps import STEPS

__all__ = ["Column", "run_client"]

Column = Mapping[str, Outcome]
"""The outcome of every step, by the step's name, for one client."""


def run_client(client: Client, server: Server, tell: Callable[[str], None]) -> Column:
    """Install a client, give it a fresh account, and take it through every step."""
    tell(f"{client.name} {client.version}")
    environment = prepare(client)
    account = server.create_account(re.sub("[^a-z0-9]", "", client.name), client.zone)
    timezone = account.row("account", **{"with": "datetime_settings"})
    zone = timezone["_embedded"]["datetime_settings"]["timezone"]
    with Driver(environment, server.tls_port, server.ca_file, zone) as driver:
        context = Context(environment, server, account, driver, server.issue_code(account))
        open_account(driver, context)
        column: dict[str, Outcome] = {}
        for step in STEPS:
            outcome = _take(step, context)
            column[step.name] = outcome
            if outcome.result == "failed":
                tell(f"  FAILED {step.title}: {outcome.reason}")
        stray = sorted(
            {*driver.not_offered, *driver.generic} - {"*", *(step.name for step in STEPS)}
        )
        if stray:
            message = f"the driver of {client.name} speaks of steps that there are not: {stray}"
            raise DriverError(message)
    return column


def _take(step: Step, context: Context) -> Outcome:
    reason = context.driver.not_offered.get(step.name)
    if reason is not None:
        return Outcome("not offered", reason)
    try:
        step.check(context)
    except NotOfferedError as error:
        return Outcome("not offered", str(error))
    except (MismatchError, ClientError, DriverError) as error:
        return Outcome("failed", str(error))
    except (LookupError, TypeError, ValueError, RuntimeError) as error:
        # The server answered something that the check itself cannot read.
        return Outcome("failed", f"{type(error).__name__}: {error}")
    return Outcome("generic" if step.name in context.driver.generic else "yes")
