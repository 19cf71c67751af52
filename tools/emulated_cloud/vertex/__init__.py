"""A stand-in for Veo on Vertex AI: the real SDK talks to it over HTTP, on this machine alone."""

from tools.emulated_cloud.vertex.endings import Ending
from tools.emulated_cloud.vertex.server import FakeVertex

__all__ = ["Ending", "FakeVertex"]
