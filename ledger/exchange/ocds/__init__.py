"""The Open Contracting Data Standard: any publisher's releases, replayed through the verbs."""
