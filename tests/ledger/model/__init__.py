"""The books on paper: what there is, what each act moves, what is refused."""
