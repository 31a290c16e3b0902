"""All that is known of one variant, gathered for whoever has to explain it."""

from copydesk.desk.evidence.gathering import Explaining
from copydesk.desk.evidence.pack import EvidencePack

__all__ = ["EvidencePack", "Explaining"]
