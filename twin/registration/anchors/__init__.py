"""What a pose may rest on but the fit: control points, coordinates on the map, a given pose."""
