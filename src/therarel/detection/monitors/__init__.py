"""Monitors: one course of therapy at a time, judged session by session by what came before; no risk monitors.

The rules here look back only. A monitor fires on noise too, most of all with few earlier sessions, and each of its
answers says how often.
"""

from therarel.detection.monitors.answers import NOT_A_RISK_MONITOR, RecoveryAnswer, SessionAnswer
from therarel.detection.monitors.false_alarms import CausalFalseAlarms, NoiseModel, calibrate_causal
from therarel.detection.monitors.monitor import Monitor, MonitorAnswer
from therarel.detection.monitors.state import MonitorState

__all__ = [
    "NOT_A_RISK_MONITOR",
    "CausalFalseAlarms",
    "Monitor",
    "MonitorAnswer",
    "MonitorState",
    "NoiseModel",
    "RecoveryAnswer",
    "SessionAnswer",
    "calibrate_causal",
]
