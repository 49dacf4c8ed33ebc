"""One parsed IFC file: the only place where its text becomes entities."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twin.design.circles import require_no_circles
from twin.design.container import plain_ifc
from twin.design.text import plain
from twin.errors import DesignError

_SCHEMAS = ("IFC2X3", "IFC4", "IFC4X3")


@dataclass(frozen=True, eq=False)
class Source:
    """A parsed file.

    Attributes
    ----------
    name : str
        File name, for messages.
    model : ifcopenshell.file
    schema : str
        E.g. ``IFC4X3_ADD2``.
    length_unit_m : float
        Metres in one length unit of the file.
    notes : tuple of str
        What was odd about the text.
    damaged : bool
        Whether the text refers to entities that it does not hold, or holds what cannot be read.
    log : ifcopenshell.logger
        Held for as long as the model: the parser and the mesher write to it without owning it.
    """

    name: str
    model: Any
    schema: str
    length_unit_m: float
    notes: tuple[str, ...]
    damaged: bool
    log: Any


@contextmanager
def opened(path: Path) -> Iterator[Source]:
    """The parsed file at `path`; it must not be used after the context has ended.

    Raises
    ------
    DesignError
        Not a whole, readable IFC file of a schema that is known.
    """
    with plain_ifc(path) as text:
        source = _parsed(path, text)
        try:
            require_no_circles(path.name, source.model)
            yield source
        except _MALFORMED as error:
            raise DesignError(f"{path.name}: its entities do not fit together ({plain(error)})", _AGAIN) from error


_MALFORMED = (ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
"""What entities raise that name others of the wrong kind, or themselves: attributes are looked up without a schema."""


def _parsed(path: Path, text: Path) -> Source:
    import ifcopenshell

    log = _quiet_log()
    try:
        model = ifcopenshell.open(str(text), logger=log)
        schema = str(model.schema_identifier)
        count = len(model.by_type("IfcProject"))
    except ifcopenshell.SchemaError as error:
        raise DesignError(
            f"{path.name}: {plain(error)}", f"export the model as one of {', '.join(_SCHEMAS)}"
        ) from error
    except (ifcopenshell.Error, OSError, RuntimeError, ValueError, UnicodeError, IndexError, KeyError) as error:
        raise DesignError(f"{path.name}: the IFC text cannot be parsed ({plain(error)})", _AGAIN) from error
    if count == 0:
        raise DesignError(f"{path.name}: the file holds no IfcProject, so no building", _AGAIN)
    unit, unit_notes = _length_unit(path.name, model)
    errors = [plain(message.message) for message in log.log_messages() if message.severity >= log.LOG_ERROR]
    notes = (*_text_notes(path.name, schema, errors), *unit_notes)
    return Source(path.name, model, schema, unit, notes, bool(errors), log)


_AGAIN = "copy or export the file again"


def _quiet_log() -> Any:
    """A log that keeps errors in memory, so that nothing reaches the terminal."""
    import ifcopenshell

    log = ifcopenshell.logger()
    log.output_format(log.FMT_INMEMORY)
    log.verbosity(log.LOG_ERROR)
    return log


def _text_notes(name: str, schema: str, errors: Sequence[str]) -> tuple[str, ...]:
    notes = []
    if errors:
        notes.append(f"{name}: the text is damaged in {len(errors)} places, first: {errors[0]}")
    if not any(schema == known or schema.startswith(f"{known}_") for known in _SCHEMAS):
        notes.append(f"{name}: {schema} is read, but only {', '.join(_SCHEMAS)} are checked")
    return tuple(notes)


def _length_unit(name: str, model: Any) -> tuple[float, tuple[str, ...]]:
    from ifcopenshell.util.unit import calculate_unit_scale

    try:
        scale = float(calculate_unit_scale(model))
    except (AttributeError, KeyError, RuntimeError, TypeError, ValueError, ZeroDivisionError) as error:
        raise DesignError(f"{name}: the length unit cannot be read ({plain(error)})", _AGAIN) from error
    if not 0.0 < scale < float("inf"):
        raise DesignError(f"{name}: a length unit of {scale} m makes no sense", _AGAIN)
    assignments = model.by_type("IfcUnitAssignment")
    named = any(getattr(unit, "UnitType", None) == "LENGTHUNIT" for group in assignments for unit in group.Units or ())
    return scale, () if named else (f"{name}: no length unit is stated, metres are assumed",)
