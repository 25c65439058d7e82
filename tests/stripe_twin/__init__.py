"""A Stripe of our own: state, a clock, faults on script. The real library talks to it."""
