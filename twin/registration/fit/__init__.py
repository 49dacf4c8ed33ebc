"""From a start to the pose: looked about, adjusted, its height found, its quality known."""
