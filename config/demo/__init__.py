"""A made-up maker of machine parts: who works there, whom it serves, and what has gone wrong. For demo mode only."""
