"""The sealed log: events in one order, under checkpoints that anybody can check."""
