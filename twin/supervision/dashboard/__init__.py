"""The dashboard: the portfolio of a city in one page that opens from disk and asks nobody for anything."""

from twin.supervision.dashboard.page import write_dashboard

__all__ = ["write_dashboard"]
