"""Supervision over time: project records, what became of findings, risk and dates, the portfolio of a city."""
