"""The scan: falls found by a model of how scores wander when nothing lasting happens."""
