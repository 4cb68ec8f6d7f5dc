"""Prints the functions, the two facades, the two clients and the package itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import jinja2
from attrs import frozen

from .annotations import ModuleTypes
from .compile import MAIN_API
from .functions import function_of
from .methods import methods_of
from .names import attribute_name, capitalised
from .prose import docstring, sentence
from .waist import modelled_components, resources

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .annotations import Alias, FilterType
    from .functions import Function
    from .methods import Method
    from .waist import Resource, Schema

__all__ = ["ASYNC", "SYNC", "Flavour", "Module", "modules_of", "print_endpoints"]

_TEMPLATES = Path(__file__).parent / "templates"


@frozen
class Flavour:
    """The words in which the synchronous facade differs from the asynchronous one."""

    folder: Literal["sync", "aio"]
    client: str
    client_base: str
    client_module: str
    resource: str
    paginator: str
    context_manager: str
    changes: str
    def_: str
    await_: str
    how: str

    def client_of(self, api: str) -> str:
        """Return the class that holds the resources of an API: `AmoCRM`, `V2`, `AsyncV2`."""
        if api == MAIN_API:
            return self.client
        return f"Async{api.upper()}" if self.await_ else api.upper()


SYNC = Flavour(
    folder="sync",
    client="AmoCRM",
    client_base="Client",
    client_module="client",
    resource="Resource",
    paginator="Paginator",
    context_manager="AbstractContextManager",
    changes="Changes",
    def_="def",
    await_="",
    how="",
)
ASYNC = Flavour(
    folder="aio",
    client="AsyncAmoCRM",
    client_base="AsyncClient",
    client_module="aclient",
    resource="AsyncResource",
    paginator="AsyncPaginator",
    context_manager="AbstractAsyncContextManager",
    changes="AsyncChanges",
    def_="async def",
    await_="await ",
    how=" for asyncio",
)


@frozen
class Module:
    """One resource: a module of `calls/`, one of `sync/` and one of `aio/`."""

    resource: Resource
    header: str
    functions: tuple[Function, ...]
    methods: tuple[Method, ...]
    types: ModuleTypes

    @property
    def name(self) -> str:
        """Return the module's name."""
        return self.resource.name

    @property
    def attribute(self) -> str:
        """Return the client's attribute."""
        return attribute_name(self.resource.name)

    @property
    def class_name(self) -> str:
        """Return the facade's name; `account` has a model of the same name."""
        name = capitalised(self.resource.name)
        taken = any(name in names for names in self.types.models.values())
        return f"{name}Resource" if taken else name

    @property
    def doc(self) -> str:
        """Return a sentence on the resource."""
        return sentence(self.resource.doc or f"The resource {self.resource.name}")

    def docstring(self, indent: int) -> str:
        """Return that sentence as a docstring."""
        return docstring([self.doc], indent=indent)

    @property
    def aliases(self) -> tuple[Alias, ...]:
        """Return the lists of literals that the functions use."""
        return tuple(self.types.aliases.values())

    @property
    def filters(self) -> tuple[FilterType, ...]:
        """Return the typed dictionaries that the functions use; those within others come first."""
        return tuple(self.types.filters.values())

    @property
    def type_names(self) -> tuple[str, ...]:
        """Return the names of the types that the module of calls defines."""
        return tuple(sorted([*self.types.aliases, *self.types.filters]))

    @property
    def exports(self) -> tuple[str, ...]:
        """Return the names that the module of calls defines."""
        functions = [name for each in self.functions for name in (each.constant, each.name)]
        return tuple(sorted([*self.type_names, *functions]))

    @property
    def facade_imports(self) -> tuple[str, ...]:
        """Return the import statements of a facade; the formatter removes what is not used."""
        own = self.type_names
        types = (f"from ..calls.{self.name} import {', '.join(own)}",) if own else ()
        mixin = self.resource.mixin
        by_hand: tuple[str, ...] = ()
        if mixin is not None:
            names = f"Async{mixin['class']}, {mixin['class']}"
            by_hand = (f"from amocrm_gen.runtime.{mixin['module']} import {names}",)
        return (*by_hand, *types, *self.types.model_imports)

    @property
    def bases(self) -> Mapping[str, str]:
        """Return what the facade derives from, by the folder of its flavour."""
        mixin = self.resource.mixin
        if mixin is None:
            return {flavour.folder: flavour.resource for flavour in (SYNC, ASYNC)}
        model = mixin["model"].rpartition(".")[2]
        return {
            SYNC.folder: f"{mixin['class']}[{model}]",
            ASYNC.folder: f"Async{mixin['class']}[{model}]",
        }

    @property
    def members(self) -> tuple[str, ...]:
        """Return the assignments by which hand-written methods know what they work on."""
        mixin = self.resource.mixin
        model = "" if mixin is None else mixin["model"].rpartition(".")[2]
        return ("_calls = calls", f"_model = {model}") if model else ()


@frozen
class _Package:
    header: str
    docstring: str
    modules: tuple[Module, ...]
    homes: tuple[tuple[str, tuple[str, ...]], ...]
    """Public names by the module that defines them."""
    api: str = MAIN_API
    beside: tuple[str, ...] = ()

    @property
    def is_main(self) -> bool:
        """Tell whether its client is a client, or hangs on one."""
        return self.api == MAIN_API

    @property
    def home_of(self) -> tuple[tuple[str, str], ...]:
        return tuple(sorted((name, home) for home, names in self.homes for name in names))


def modules_of(document: Schema, headers: Mapping[str, str]) -> tuple[Module, ...]:
    """Decide how every resource of a document looks in Python."""
    components: dict[str, Schema] = document["components"]["schemas"]
    modelled = frozenset(modelled_components(document))
    return tuple(_module(each, components, modelled, headers) for each in resources(document))


def _module(
    resource: Resource,
    components: dict[str, Schema],
    modelled: frozenset[str],
    headers: Mapping[str, str],
) -> Module:
    types = ModuleTypes(components, modelled)
    functions = tuple(function_of(operation, types) for operation in resource.operations)
    return Module(
        resource,
        headers[resource.name],
        functions,
        tuple(methods_of(functions, _deletions(components))),
        types,
    )


def _deletions(components: dict[str, Schema]) -> frozenset[str]:
    """Return the names of events that tell of deletions."""
    names = (name for each in components.values() for name in each.get("enum", ()))
    return frozenset(str(name) for name in names if str(name).endswith("_deleted"))


def print_endpoints(
    document: Schema, modules: tuple[Module, ...], models: Mapping[str, Iterable[str]], header: str
) -> dict[str, str]:
    """Return the source of every file but the models, not yet formatted, by its path."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - Python, not HTML
    )
    api = document.get("x-amo-api", MAIN_API)
    package = _Package(
        header,
        _package_docstring(document),
        modules,
        tuple(_homes(modules, models, api)),
        api,
        tuple(document.get("x-amo-beside", ())),
    )
    calls = environment.get_template("calls.py.jinja")
    facade = environment.get_template("facade.py.jinja")
    client = environment.get_template("client.py.jinja")
    files = {f"calls/{module.name}.py": calls.render(module=module) for module in modules}
    for flavour in (SYNC, ASYNC):
        for module in modules:
            path = f"{flavour.folder}/{module.name}.py"
            files[path] = facade.render(module=module, flavour=flavour)
        files[f"{flavour.client_module}.py"] = client.render(package=package, flavour=flavour)
    files["__init__.py"] = environment.get_template("package.py.jinja").render(package=package)
    folders = {
        "calls": "Pure functions: each returns the call that it stands for, and sends nothing.",
        "sync": "The operations of each resource, for `AmoCRM`.",
        "aio": "The operations of each resource, for `AsyncAmoCRM`.",
        "models": (
            "What the API reads and writes. `extra` keeps keys that the spec does not know, so "
            "that nothing is lost on the way back."
        ),
    }
    for folder, what in folders.items():
        files[f"{folder}/__init__.py"] = f"{header}\n{docstring([what], indent=0)}\n"
    return files


def _package_docstring(document: Schema) -> str:
    info = document["info"]
    return docstring(
        [sentence(f"Client of the {info['title']}"), info.get("description", "")], indent=0
    )


def _homes(
    modules: tuple[Module, ...], models: Mapping[str, Iterable[str]], api: str
) -> Iterable[tuple[str, tuple[str, ...]]]:
    homes: dict[str, tuple[str, ...]] = {
        "aclient": (ASYNC.client_of(api),),
        **{f"calls.{module.name}": module.type_names for module in modules},
        "client": (SYNC.client_of(api),),
        **{f"models.{name}": tuple(sorted(names)) for name, names in models.items()},
    }
    places: dict[str, int] = {}
    for names in homes.values():
        for name in names:
            places[name] = places.get(name, 0) + 1
    # A name that two modules define can only be imported from its module.
    for home, names in sorted(homes.items()):
        unique = tuple(name for name in names if places[name] == 1)
        if unique:
            yield home, unique
