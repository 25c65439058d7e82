"""The marketplace's own record as OCDS releases, from the wish to the charge."""
