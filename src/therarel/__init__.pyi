# The public names of the package and where each is from: read by type checkers and editors, and at run time by
# __init__.py. One import a line. What is not here is a name of its room, such as `tr.measures.reliable_change`.

from . import citations as citations
from . import concepts as concepts
from . import confidential as confidential
from . import detection as detection
from . import domain as domain
from . import drawing as drawing
from . import errors as errors
from . import growth as growth
from . import machine as machine
from . import measures as measures
from . import noise as noise
from . import panels as panels
from . import reading as reading
from . import records as records
from . import reports as reports
from . import simulation as simulation
from . import tables as tables
from . import testing as testing
from .citations import citation as citation
from .concepts import concept_graph as concept_graph
from .confidential import Confidential as Confidential
from .confidential import Pseudonym as Pseudonym
from .detection import calibrate as calibrate
from .detection import choose_threshold as choose_threshold
from .detection import detect as detect
from .detection import rules as rules
from .detection.feeding import detect_lazy as detect_lazy
from .detection.monitors import Monitor as Monitor
from .domain import Event as Event
from .domain import Rater as Rater
from .domain import Relationship as Relationship
from .domain import Score as Score
from .domain import Stage as Stage
from .domain import StageTask as StageTask
from .domain import events as events
from .errors import TherarelError as TherarelError
from .growth import fit_growth as fit_growth
from .machine import Course as Course
from .machine import Machine as Machine
from .machine import Policy as Policy
from .machine import decide as decide
from .machine import why_not as why_not
from .machine.options import options as options
from .measures import instrument as instrument
from .measures import instruments as instruments
from .measures import score as score
from .panels import Panel as Panel
from .reports import report as report
from .simulation import simulate_clinic as simulate_clinic
from .simulation import simulate_courses as simulate_courses

__version__: str
