"""The one-file viewer: a page that opens from disk and asks nobody for anything."""

from twin.evidence.viewer.page import write_viewer

__all__ = ["write_viewer"]
