"""What follows when a process comes to the point at which it is disturbed."""

from enum import StrEnum


class Aftermath(StrEnum):
    """What becomes of the process, and what others do.

    AGAIN: it is killed, and two others go on at the same time. They do again what it had not
    finished, and get all messages again. LOST: it is killed, its caller is gone, and so are all
    messages; there is only the tick. NAP: it stands still, and another process gets all messages
    before it goes on. OVERSLEPT: it stands still until others have brought all to its end.
    """

    AGAIN = "again"
    LOST = "lost"
    NAP = "nap"
    OVERSLEPT = "overslept"

    @property
    def is_deadly(self) -> bool:
        return self in (Aftermath.AGAIN, Aftermath.LOST)
