"""Sentences for people, which keep what they are made of, so that they can be said in another language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from typing import Any


class Phrase(str):
    """A sentence in English that remembers its template and the values in it.

    Attributes
    ----------
    template : str
        As `str.format` reads it; what a translation is found by.
    values : mapping of str to object
        Phrases among them are translated with it; other text, such as the name of a wall, is not.
    """

    template: str
    values: Mapping[str, Any]

    def __new__(cls, template: str, values: Mapping[str, Any]) -> Phrase:
        """The sentence with its values filled in."""
        self = super().__new__(cls, template.format_map(values))
        self.template, self.values = template, values
        return self

    def __reduce__(self) -> tuple[type[Phrase], tuple[str, Mapping[str, Any]]]:
        """What a copy is made of, in this process or another."""
        return Phrase, (self.template, self.values)

    def translated(self, templates: Mapping[str, str]) -> str:
        """The sentence by other templates, found by its own; as it is where there is none."""
        values = {k: v.translated(templates) if isinstance(v, Phrase) else v for k, v in self.values.items()}
        return templates.get(self.template, self.template).format_map(values)


def phrase(template: str, /, **values: object) -> Phrase:
    """A sentence by its template, which must be written out where it is called: translations are checked by that."""
    return Phrase(template, values)


def listed(parts: Iterable[str]) -> str:
    """One or more texts after each other, as a language parts the members of a list."""
    return reduce(lambda before, last: phrase("{before}, {last}", before=before, last=last), parts)
