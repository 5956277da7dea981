"""The scan: falls found by a model of how scores wander when nothing lasting happens."""

from therarel.detection.scan.pulses import Pulses

__all__ = ["Pulses"]
