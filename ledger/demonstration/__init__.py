"""A company to look at: Northmere Instruments, its people, and a year of its jobs."""
