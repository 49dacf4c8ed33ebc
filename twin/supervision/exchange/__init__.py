"""The portfolio for other programs: GeoJSON for the city's map, CSV and Parquet for tables."""

from twin.supervision.exchange.geojson import write_geojson
from twin.supervision.exchange.tables import csv_of, parquet_of, write_tables

__all__ = ["csv_of", "parquet_of", "write_geojson", "write_tables"]
