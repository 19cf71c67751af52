"""All waiting times in one place, each with its reason."""

from datetime import datetime, timedelta

# A submission is one HTTP call with a time-out of 60 s; whoever still holds it after 90 s is dead.
SUBMIT_LEASE = timedelta(seconds=90)

# A check is one HTTP call, or renders a synthetic clip: 2 s for 720p, 12 s for 4k.
CHECK_LEASE = timedelta(seconds=20)

# Verifying and storing streams one clip once; 100 MB took under 10 s on the smallest function.
STORE_LEASE = timedelta(seconds=30)

# A created video whose message was lost is published again by the tick after this.
REPUBLISH_AFTER = timedelta(seconds=30)

# Veo's documented maximum latency is 6 minutes; a clip that has not appeared after 15 never will.
OUTCOME_WINDOW = timedelta(minutes=15)

# Long enough for a busy quota, a full generation and the outcome window; then the caller is told.
DEADLINE = timedelta(minutes=45)

# A fault on the way (store or network) is tried again after this.
FAULT_RETRY = timedelta(seconds=15)

# A tick that meets a queue out of order, and waits for each message, ends before the next one.
TICK = timedelta(seconds=45)

# Veo says nothing of progress: an operation that is still running is looked at again after this.
RECHECK_AFTER = timedelta(seconds=20)

# A clip that ends the process that stores it, by its size or a decoder's fault, does so each time.
STORE_TRIES = 5

# After its end a video that may have been billed is looked at this often, and for this long after
# its submission: by then Veo has long forgotten the operation, and a clip would be there.
LATE_LOOK = timedelta(hours=1)
LATE_WINDOW = timedelta(hours=24)

# Google promises no longer life to the keys with which IAM signs URLs.
LONGEST_SIGNED_LIFE = timedelta(hours=12)

# An object that a signed URL may read stays for as long after its name has changed, or its video
# has gone: some more, because whoever signs may have read the record before.
NAME_LIFE = LONGEST_SIGNED_LIFE + timedelta(minutes=5)

# A client repeats a request within minutes, and a person within days. A bucket's lifecycle has a
# time of its own: a message may be delivered for a month.
REQUEST_MEMORY = timedelta(days=7)


def late_look_at(submitted_at: datetime, *, now: datetime) -> datetime | None:
    """Return when to look again at what may have been billed, or None when that is over."""
    following = now + LATE_LOOK
    return following if following <= submitted_at + LATE_WINDOW else None
