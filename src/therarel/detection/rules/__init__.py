"""Rules: frozen values that find score drops, gains and recoveries, each with its own page on what it cannot see."""

from therarel.detection.rules.base import Change, Recovery, Rule
from therarel.detection.rules.causal import BaselineChart, EarlierChart, EarlierDrop
from therarel.detection.rules.changepoints import ChangePoint
from therarel.detection.rules.chart import ChartSigma, IndividualsChart
from therarel.detection.rules.drop import BelowOwnMean, Drop
from therarel.detection.rules.earlier_scan import EarlierScan
from therarel.detection.rules.levels import Reference, Scale, reference_level
from therarel.detection.rules.memory_charts import CusumChart, EwmaChart
from therarel.detection.rules.reliable import ReliableDrop
from therarel.detection.rules.scan import Scan, ScanGain, ScanRaters
from therarel.detection.rules.sudden import Stability, SuddenGain, SuddenLoss
from therarel.noise.falls.pulses import Pulses

__all__ = [
    "BaselineChart",
    "BelowOwnMean",
    "Change",
    "ChangePoint",
    "ChartSigma",
    "CusumChart",
    "Drop",
    "EarlierChart",
    "EarlierDrop",
    "EarlierScan",
    "EwmaChart",
    "IndividualsChart",
    "Pulses",
    "Recovery",
    "Reference",
    "ReliableDrop",
    "Rule",
    "Scale",
    "Scan",
    "ScanGain",
    "ScanRaters",
    "Stability",
    "SuddenGain",
    "SuddenLoss",
    "reference_level",
]
