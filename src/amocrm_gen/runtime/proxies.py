"""Which proxy the environment names for an address."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from amocrm_gen.runtime.errors import ConfigurationError

__all__ = ["proxy_for", "wrong_proxy"]


def proxy_for(url: str, environment: Mapping[str, str]) -> str | None:
    """Return the proxy for a URL, as curl and most libraries read the environment."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    proxy = _named(environment, f"{parts.scheme}_proxy") or _named(environment, "all_proxy")
    exempt = _named(environment, "no_proxy") or ""
    if not proxy or any(_covers(entry.strip().lower(), host) for entry in exempt.split(",")):
        return None
    return proxy if "//" in proxy else f"http://{proxy}"


def wrong_proxy() -> ConfigurationError:
    """Return the error for a proxy that is no address; its password is not shown."""
    return ConfigurationError(
        "the proxy that the environment names is no address",
        advice='write HTTPS_PROXY as "http://user:password@host:port"',
    )


def _named(environment: Mapping[str, str], name: str) -> str | None:
    return environment.get(name) or environment.get(name.upper())


def _covers(entry: str, host: str) -> bool:
    name = entry.removeprefix("*").removeprefix(".").partition(":")[0]
    if not name:
        return entry == "*"
    return host == name or host.endswith(f".{name}")
