"""Findings from one inspection to the next: which is which, what became of each, how far the building is."""
