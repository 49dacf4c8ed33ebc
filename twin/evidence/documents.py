"""The door of JSON documents of which a schema says the whole."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from twin.errors import EvidenceError

Document = TypeVar("Document", bound=BaseModel)


def read_document(path: Path, model: type[Document], hint: str) -> Document | None:
    """The document at `path`; None where there is no such file.

    Parameters
    ----------
    path : Path
    model : type
        That the file must follow.
    hint : str
        What to do where it does not.

    Raises
    ------
    EvidenceError
        It cannot be read, or does not follow its model: says where.
    """
    try:
        return model.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise EvidenceError(f"{path}: cannot be read ({error.strerror})", "check the path and its rights") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the document"
        raise EvidenceError(f"{path}: {where}: {first['msg']}", hint) from error
