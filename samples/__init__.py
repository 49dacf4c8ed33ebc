"""The sample site, written by code: an approved building, its permit, a virtual survey of what was built, the truth."""

from samples.records import read_truth
from samples.site import SampleSite, site_in, write_sample_site

__all__ = ["SampleSite", "read_truth", "site_in", "write_sample_site"]
