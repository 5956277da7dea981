"""Rules: frozen values that find score drops, gains and recoveries, each with its own page on what it cannot see."""

from therarel.trajectories.rules.base import Change, Recovery, Rule
from therarel.trajectories.rules.changepoints import ChangePoint
from therarel.trajectories.rules.chart import ChartSigma, IndividualsChart
from therarel.trajectories.rules.drop import Drop
from therarel.trajectories.rules.levels import Reference, Scale
from therarel.trajectories.rules.own_mean import BelowOwnMean
from therarel.trajectories.rules.reliable import ReliableDrop
from therarel.trajectories.rules.sudden import Stability, SuddenGain, SuddenLoss

__all__ = [
    "BelowOwnMean",
    "Change",
    "ChangePoint",
    "ChartSigma",
    "Drop",
    "IndividualsChart",
    "Recovery",
    "Reference",
    "ReliableDrop",
    "Rule",
    "Scale",
    "Stability",
    "SuddenGain",
    "SuddenLoss",
]
