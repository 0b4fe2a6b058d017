"""What the docstrings of models say of their keys: for editors and for the pages of the documentation."""

from __future__ import annotations

import inspect
import re

from pydantic import BaseModel

_ATTRIBUTE = re.compile(r"^    (\w+): (.*(?:\n {8,}.*)*)", re.MULTILINE)


def key_texts(model: type[BaseModel]) -> dict[str, str]:
    """Return what the docstrings of a model and its bases say of each key, under the key's name in TOML."""
    texts: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if issubclass(base, BaseModel) and base.__doc__:
            _summary, _, attributes = inspect.cleandoc(base.__doc__).partition("\nAttributes:\n")
            texts |= {name: " ".join(text.split()) for name, text in _ATTRIBUTE.findall(attributes)}
    return {field.alias or name: texts[name] for name, field in model.model_fields.items() if name in texts}


def summary(thing: type) -> str:
    """Return what a docstring says before its sections, as one paragraph for each of its own."""
    text = inspect.cleandoc(thing.__doc__ or "").partition("\nAttributes:\n")[0]
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.strip().split("\n\n"))
