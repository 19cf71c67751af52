"""An emulator of Veo on Vertex AI, which the real SDK calls over HTTP on this machine."""

from tools.emulated_cloud.vertex.endings import Ending
from tools.emulated_cloud.vertex.server import FakeVertex

__all__ = ["Ending", "FakeVertex"]
