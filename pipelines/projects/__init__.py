"""Projects of an office: their folders, the index over them, and how records come about."""
