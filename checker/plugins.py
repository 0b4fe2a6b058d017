"""Finding and loading plugins, one by one, so that a broken one is named and takes no other down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import TYPE_CHECKING

import pluggy

from checker import hookspecs
from checker.errors import CheckerError, UsageError, nearest
from checker.kinds import KINDS
from checker.language import _
from checker.rulebook.kept import kept
from checker.rulebook.kind import Kind
from checker.rulebook.read import read_rulebook
from checker.rulebook.rulebook import Rulebook
from checker.rulebook.settings import Overrides

if TYPE_CHECKING:
    from checker.report import Writer
    from checker.sources.find import Reader

GROUP = "checker"


@dataclass(frozen=True)
class Plugin:
    """One installed plugin.

    Attributes:
        name: The entry point's name.
        distribution: The distribution it came with.
        version: That distribution's version.
        rulebooks: The folders of its rulebooks.
        kinds: The kinds of rule it brings.
        sources: The readers of exports it brings, by the ending of files' names.
        formats: The writers of reports it brings, by the ending of files' names.
        error: Why it could not be loaded, if it could not.
    """

    name: str
    distribution: str
    version: str
    rulebooks: tuple[Path, ...] = ()
    kinds: Mapping[str, type[Kind]] = field(default_factory=dict)
    sources: Mapping[str, Reader] = field(default_factory=dict)
    formats: Mapping[str, Writer] = field(default_factory=dict)
    error: str = ""

    @property
    def books(self) -> dict[str, Path]:
        """Its rulebooks by name: the entry point's, or those of their folders where there are several."""
        if len(self.rulebooks) == 1:
            return {self.name: self.rulebooks[0]}
        return {path.name: path for path in self.rulebooks}


def installed(found: Iterable[EntryPoint] | None = None) -> list[Plugin]:
    """Return all plugins, in the order of their names; those that fail to load say why."""
    points = entry_points(group=GROUP) if found is None else found
    loaded: list[Plugin] = []
    for point in sorted(points, key=lambda point: point.name):
        loaded.append(_undisputed(_loaded(point), loaded))
    return loaded


def _loaded(point: EntryPoint) -> Plugin:
    name = point.dist.name if point.dist else ""
    version = point.dist.version if point.dist else ""
    manager = pluggy.PluginManager("checker")
    manager.add_hookspecs(hookspecs)
    try:
        manager.register(point.load(), point.name)
        manager.check_pending()
        rulebooks = tuple(path for paths in manager.hook.checker_rulebooks() for path in paths)
        kinds = {kind: model for kinds in manager.hook.checker_kinds() for kind, model in kinds.items()}
        sources = {ending: one for found in manager.hook.checker_sources() for ending, one in found.items()}
        formats = {ending: one for found in manager.hook.checker_formats() for ending, one in found.items()}
    except Exception as error:  # whatever a plugin does wrong, it is named and the others go on
        return Plugin(point.name, name, version, error=f"{type(error).__name__}: {error}")
    return Plugin(point.name, name, version, rulebooks, kinds, sources, formats)


def _undisputed(plugin: Plugin, others: Iterable[Plugin]) -> Plugin:
    """Return a plugin, or why it cannot be used beside ourselves and others."""

    def claimed(one: Plugin) -> tuple[str, ...]:
        return (*one.kinds, *one.sources, *one.formats)

    others = list(others)
    taken = {*KINDS, *(name for other in others for name in claimed(other))}
    if plugin.sources:
        from checker.sources.find import PACKED, READERS

        taken |= {*READERS, *PACKED}
    if plugin.formats:
        from checker.report import FORMATS

        taken |= {*FORMATS}
    books = {name for other in others for name in other.books}
    twice = [*(name for name in claimed(plugin) if name in taken), *(name for name in plugin.books if name in books)]
    if twice:
        return Plugin(
            plugin.name, plugin.distribution, plugin.version, error=_("{name} exists already").format(name=twice[0])
        )
    return plugin


def kinds_of(plugins: Iterable[Plugin]) -> dict[str, type[Kind]]:
    """Return the kinds of rule: our own and the plugins'."""
    return {**KINDS, **{name: kind for plugin in plugins for name, kind in plugin.kinds.items()}}


def sources_of(plugins: Iterable[Plugin]) -> dict[str, Reader]:
    """Return the readers of exports: our own and the plugins'."""
    from checker.sources.find import READERS

    return {**READERS, **{ending: one for plugin in plugins for ending, one in plugin.sources.items()}}


def formats_of(plugins: Iterable[Plugin]) -> dict[str, Writer]:
    """Return the writers of reports: our own and the plugins'."""
    from checker.report import FORMATS

    return {**FORMATS, **{ending: one for plugin in plugins for ending, one in plugin.formats.items()}}


def rulebooks(
    names: Iterable[str], overrides: Overrides | None = None, plugins: list[Plugin] | None = None
) -> list[Rulebook]:
    """Return the rulebooks asked for by name or folder; all installed ones where none is.

    Raises:
        UsageError: for a name that is not installed, and when there is no rulebook at all.
        RulebookError: for a rulebook that says something impossible.
    """
    found = installed() if plugins is None else plugins
    kinds = kinds_of(found)
    books = {name: (path, plugin) for plugin in found for name, path in plugin.books.items()}
    wanted = list(names) or list(books)
    if not wanted:
        broken = "; ".join(f"{plugin.name}: {plugin.error}" for plugin in found if plugin.error)
        raise UsageError(
            _("rulebooks"),
            _("none is installed") + (f" ({broken})" if broken else ""),
            _("install one, such as rulebook-checker-property, or name a folder with --rulebook"),
        )
    read: dict[str, Rulebook] = {}
    overrides = overrides or {}
    for name in wanted:
        if name in books:
            path, plugin = books[name]
            book = _read(path, kinds, overrides, plugin.version)
        elif (Path(name) / "rulebook.toml").is_file():
            book = _read(Path(name), kinds, overrides)
        else:
            known = [plugin for plugin in found if plugin.name == name and plugin.error]
            problem = _("there is no such rulebook, installed or as a folder with rulebook.toml")
            raise UsageError(f"--rulebook {name}", known[0].error if known else problem, nearest(name, books))
        other = read.setdefault(book.name, book)
        if not other.path.samefile(book.path):
            raise UsageError(
                f"--rulebook {name}", _("{name} exists already").format(name=book.name), _("give it another name")
            )
    known_names = {*books, *read}
    for identity, settings in overrides.items():
        named = identity.split("/")[0]
        for setting in settings.values():
            if named not in known_names:
                raise UsageError(setting.place, _("a setting names no rulebook"), nearest(named, known_names))
    return [*read.values()]


def others(books: Iterable[Rulebook]) -> Iterator[Rulebook]:
    """Yield the installed rulebooks that are not among some; those that cannot be read are left out."""
    found = installed()
    there = {book.name for book in books}
    for name in (name for plugin in found for name in plugin.books):
        with suppress(CheckerError):
            yield from (book for book in rulebooks([name], plugins=found) if book.name not in there)


def _read(path: Path, kinds: Mapping[str, type[Kind]], overrides: Overrides, version: str = "") -> Rulebook:
    return kept(path, kinds, (overrides, version), lambda: read_rulebook(path, kinds, overrides, version))
