"""The settings of the PHP library as one typed value; its defaults, where they are good."""

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from attrs import field, frozen

from amocrm_gen.legacy.locks import PatientLocks
from amocrm_gen.legacy.throttle import TellingThrottles
from amocrm_gen.objects.defaults import ObjectDefaults
from amocrm_gen.runtime.login import attempts_checked, pause_checked
from amocrm_gen.runtime.throttle.file import FileThrottle
from amocrm_gen.runtime.timeout import Timeout
from amocrm_gen.runtime.tokens.php import PhpTokenStore

if TYPE_CHECKING:
    from amocrm_gen.runtime.locks.locks import Locks
    from amocrm_gen.runtime.throttle.throttle import Throttles
    from amocrm_gen.runtime.tokens.store import TokenStore
    from amocrm_gen.runtime.watching import Debug

__all__ = ["ClientOptions", "Settings"]


class ClientOptions(TypedDict):
    """What a client is made with."""

    throttle: "Throttles | None"
    locks: "Locks"
    timeout: Timeout
    user_agent: str | None
    ca_file: str | None
    verify_tls: bool
    success_statuses: Collection[int] | None
    debug: "Debug | None"


@frozen(kw_only=True)
class Settings:
    """What the PHP library has as public static properties."""

    throttle: float | None = 7.0
    """Requests a second, of all processes together; may be a fraction. None is no limit."""
    throttle_folder: Path | str | None = None
    """Where processes keep count; left out, in the user's cache folder."""
    verify_tls: bool = True
    ca_file: str | None = None
    """Certificates to trust; None is those of the system."""
    zone: str = "amocrm.ru"
    """What stands behind the name of an account that is given without a domain."""
    user_agent: str | None = None
    connect_timeout: float = 30.0
    """Seconds to wait for a connection."""
    timeout: float = 30.0
    """Seconds that a whole request may take, from connecting to the last byte of its answer."""
    updated_at_delta: int = 5
    """Seconds that are added to the time of each change, unless an object is told otherwise."""
    lock_folder: Path | str | None = None
    """Where the lock file is; left out, in the user's cache folder."""
    lock_attempts: int = 10
    """0 switches locks off."""
    lock_pause: float = 1.0
    """Seconds between two attempts."""
    login_attempts: int = field(default=1, validator=attempts_checked)
    """How often one call logs in again by API key, when its session is refused; 0 is never."""
    login_pause: float = field(default=0.0, validator=pause_checked)
    """Seconds before each of these logins."""
    success_statuses: Collection[int] | None = None
    """Good answers; None is all from 200 to 299."""
    page_size: int = 500
    """Rows on a page of `pages`, unless it is told otherwise."""
    store: "TokenStore" = field(factory=lambda: PhpTokenStore(Path("tokens")))
    """Where tokens are kept; left out, in the folder `tokens`, as the PHP library keeps them."""
    debug: "Debug | None" = field(default=None, repr=False)
    """Takes debug messages: `StandardOutput()`, `LogFile()`, any logger."""

    def __attrs_post_init__(self) -> None:
        """Refuse what objects cannot do."""
        self.object_defaults()

    def object_defaults(self) -> ObjectDefaults:
        """Return what objects do; `Accounts` sets it for its clients."""
        return ObjectDefaults(updated_at_delta=self.updated_at_delta, page_size=self.page_size)

    def client_options(self) -> ClientOptions:
        """Return what `AmoCRM` is made with."""
        return ClientOptions(
            throttle=self._throttles(),
            locks=PatientLocks(
                folder=self.lock_folder,
                attempts=self.lock_attempts,
                pause=self.lock_pause,
                debug=self.debug,
            ),
            timeout=Timeout(connect=self.connect_timeout, read=self.timeout, total=self.timeout),
            user_agent=self.user_agent,
            ca_file=self.ca_file,
            verify_tls=self.verify_tls,
            success_statuses=self.success_statuses,
            debug=self.debug,
        )

    def _throttles(self) -> "Throttles | None":
        if self.throttle is None:
            return None
        throttles = FileThrottle(folder=self.throttle_folder, rate=self.throttle)
        if self.debug is None:
            return throttles
        return TellingThrottles(throttles, self.throttle, self.debug)
