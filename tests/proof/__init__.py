"""Proofs that the books hold: under load, under kill -9, against a model, by privilege."""
