"""The marketplace's own record as OCDS releases: what was wanted, offered, chosen, done, charged."""
