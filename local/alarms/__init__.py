"""CloudWatch alarms of the template: evaluated on the metrics in memory, their actions carried out.

ValueError
└── AlarmError
    └── UnsupportedAlarmError

RuntimeError
└── ActionFailedError
"""

from local.alarms.actions import Actions
from local.alarms.autoscaler import Activity, Autoscaler
from local.alarms.definition import Alarm, refuse_composites
from local.alarms.errors import ActionFailedError, AlarmError, UnsupportedAlarmError
from local.alarms.evaluation import Evaluation, State, evaluate
from local.alarms.scaling import StepScalingPolicy
from local.alarms.transitions import Situation, Transition
from local.alarms.watch import AlarmWatch

__all__ = [
    "ActionFailedError",
    "Actions",
    "Activity",
    "Alarm",
    "AlarmError",
    "AlarmWatch",
    "Autoscaler",
    "Evaluation",
    "Situation",
    "State",
    "StepScalingPolicy",
    "Transition",
    "UnsupportedAlarmError",
    "evaluate",
    "refuse_composites",
]
