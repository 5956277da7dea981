"""How scores run over time: rules that find score drops and recoveries, with what each of them cannot see.

A rule is a value; `detect` runs one primary rule and any number beside it over a panel and gives candidates with
their grounds, a verdict for every session, and counts beside the counts that noise alone would give. A candidate is
a pattern in scores; a person says what it was.
"""

from therarel.extras import needs

with needs("therarel.detection"):
    import therarel.domain
    import therarel.drawing
    import therarel.files
    import therarel.machine
    import therarel.measures
    import therarel.noise
    import therarel.panels
    import therarel.simulation
    import therarel.tables  # noqa: F401 -- whole, before a module of it is named: see the front door
    from therarel.detection import feeding, monitors, rules
    from therarel.detection.agreement import Agreement, PairAgreement
    from therarel.detection.calibration import Calibration, calibrate
    from therarel.detection.candidate import RuptureCandidate
    from therarel.detection.candidates import Candidates
    from therarel.detection.counts import RuleCount
    from therarel.detection.detection import Detection, detect
    from therarel.detection.engine import judge
    from therarel.detection.episodes import RecoveryStatus, ReversalStatus
    from therarel.detection.false_alarms import FalseAlarms, false_alarms_of
    from therarel.detection.groups import GroupCount, GroupCounts
    from therarel.detection.noise_counts import FallCount, NoiseCount
    from therarel.detection.rates import FalseAlarmRate, HitRate, Rate, SensitivityRate
    from therarel.detection.tables import calibration_table, detection_table
    from therarel.detection.threshold import ChosenThreshold, choose_threshold
    from therarel.detection.usual import UsualRules, usual_rules
    from therarel.detection.verdicts import Reason, Verdict, Verdicts, code_of, reason_of

__all__ = [
    "Agreement",
    "Calibration",
    "Candidates",
    "ChosenThreshold",
    "Detection",
    "FallCount",
    "FalseAlarmRate",
    "FalseAlarms",
    "GroupCount",
    "GroupCounts",
    "HitRate",
    "NoiseCount",
    "PairAgreement",
    "Rate",
    "Reason",
    "RecoveryStatus",
    "ReversalStatus",
    "RuleCount",
    "RuptureCandidate",
    "SensitivityRate",
    "UsualRules",
    "Verdict",
    "Verdicts",
    "calibrate",
    "calibration_table",
    "choose_threshold",
    "code_of",
    "detect",
    "detection_table",
    "false_alarms_of",
    "feeding",
    "judge",
    "monitors",
    "reason_of",
    "rules",
    "usual_rules",
]
