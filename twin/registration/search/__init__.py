"""From no start at all: every place, attitude and size, and the contest between them."""
