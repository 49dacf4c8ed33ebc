"""Many inspections unattended: a plan, a process for each case, receipts, and a table of what came out."""
