"""What the therapeutic relationship means: concepts, links with evidence, and the questions asked of them."""

import therarel.domain
import therarel.drawing  # noqa: F401 -- whole, before a module of it is named: see the front door
from therarel.concepts import exports
from therarel.concepts.difference import ConceptChange, Difference
from therarel.concepts.faults import Fault
from therarel.concepts.findings import Evidence, Finding, findings
from therarel.concepts.graph import ConceptGraph
from therarel.concepts.loading import check_concepts, concept_graph, extend_concepts, load_concepts
from therarel.concepts.names import Concept
from therarel.concepts.questions.description import Description
from therarel.concepts.questions.gaps import Central, Centrality
from therarel.concepts.questions.influences import Mending
from therarel.concepts.questions.learning import LearningPath, LearningStep, Lecture
from therarel.concepts.questions.relationships import Background, GuardBackground, InPlay, MissingTask, MissingTasks
from therarel.concepts.questions.why import By, ExplanationStep, LinkExplanation
from therarel.concepts.terms import Basis, EdgeDirection, FaultLevel, Influence, Match, Origin, Scheme, Standing
from therarel.concepts.values import Counterpart, Edge, EdgeKind, Node, NodeKind

__all__ = [
    "Background",
    "Basis",
    "By",
    "Central",
    "Centrality",
    "Concept",
    "ConceptChange",
    "ConceptGraph",
    "Counterpart",
    "Description",
    "Difference",
    "Edge",
    "EdgeDirection",
    "EdgeKind",
    "Evidence",
    "ExplanationStep",
    "Fault",
    "FaultLevel",
    "Finding",
    "GuardBackground",
    "InPlay",
    "Influence",
    "LearningPath",
    "LearningStep",
    "Lecture",
    "LinkExplanation",
    "Match",
    "Mending",
    "MissingTask",
    "MissingTasks",
    "Node",
    "NodeKind",
    "Origin",
    "Scheme",
    "Standing",
    "check_concepts",
    "concept_graph",
    "exports",
    "extend_concepts",
    "findings",
    "load_concepts",
]  # fmt: skip
