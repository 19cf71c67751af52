"""What follows when a process comes to the point at which it is disturbed."""

from enum import StrEnum
from signal import Signals


class Aftermath(StrEnum):
    """What becomes of the process, and what others do.

    AGAIN: it is killed, and two others go on at the same time. They do again what it had not
    finished, and get all messages again. LOST: it is killed, its caller is gone, and so are all
    messages; there is only the tick. NAP: it stands still, and another process gets all messages
    before it goes on. OVERSLEPT: it stands still until others have brought all to its end.
    STOPPED: it is asked to stop by SIGTERM or SIGINT, and ends as the framework's server does: it
    answers its caller, finishes or gives back what it holds, and begins nothing more. All messages
    are lost, and another process goes on.
    """

    AGAIN = "again"
    LOST = "lost"
    NAP = "nap"
    OVERSLEPT = "overslept"
    STOPPED = "stopped"

    @property
    def is_deadly(self) -> bool:
        return self in (Aftermath.AGAIN, Aftermath.LOST)

    @property
    def is_a_pause(self) -> bool:
        return self in (Aftermath.NAP, Aftermath.OVERSLEPT)

    def signal_at(self, point: int) -> Signals:
        """Return what the process gets. To stop, half of the points get one signal each."""
        if self is Aftermath.STOPPED:
            return Signals.SIGINT if point % 2 else Signals.SIGTERM
        return Signals.SIGKILL if self.is_deadly else Signals.SIGSTOP
