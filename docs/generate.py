"""The pages that are made from the code.

Those that stand in the repository are written by ``python docs/generate.py [FOLDER]``; a test holds them current. All
others are made while the site is built: MkDocs calls the functions below.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from pages import commands, gallery, kinds, reference, rules  # noqa: E402
from pages import rulebooks as books_  # noqa: E402

from checker.plugins import rulebooks  # noqa: E402

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files


BROKEN = re.compile("(?<=[\u3001-\u9fff\uff01-\uffef])\\n(?=[\u3001-\u9fff\uff01-\uffef`“\\[])")
"""A line break between Chinese characters."""


def made() -> Iterator[tuple[str, str]]:
    """Yield the address and the text of every page that is made."""
    books = rulebooks([])
    yield "kinds.md", kinds.all_kinds(linked=True)
    yield from kinds.pages(books)
    yield "errors.md", gallery.page()
    yield "commands.md", commands.page()
    yield "reference.md", reference.page()
    yield "rulebooks/index.md", books_.all_rulebooks(books)
    for book in books:
        yield from books_.pages(book)
        yield from rules.pages(book)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are made."""
    from mkdocs.structure.files import File  # noqa: PLC0415  # the pages of the repository need no MkDocs

    for address, content in made():
        if (old := files.get_file_from_path(address)) is not None:
            files.remove(old)
        files.append(File.generated(config, address, content=content))
    for schema in sorted((HERE.parent / "schema").glob("*.json")):
        files.append(File.generated(config, f"schema/{schema.name}", abs_src_path=str(schema)))
    return files


def on_page_markdown(markdown: str, **_page: object) -> str:
    """Lead links to the published schemas to those of the site, and join lines of Chinese, which has no blanks."""
    return BROKEN.sub("", markdown.replace("](../schema/", "](schema/"))


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    (folder / "kinds.md").write_text(kinds.all_kinds(), encoding="utf-8")
