"""The waiting times of videos, batches and the tick, each with its reason."""

from datetime import datetime, timedelta

from msgspec import Struct

# One try of a call to a Google service, except a submission to Veo.
TRY = timedelta(seconds=8)

# A call with its retries: more than two tries, so that one that stalls is retried.
CALL = timedelta(seconds=20)

# No try begins later than this after its call.
LAST_RETRY = CALL - TRY

# One try of a signature by IAM, for which a caller waits.
SIGNING_TRY = timedelta(seconds=5)
# The count of an exposure, for which a viewer waits: the one try of a commit, and how long commits
# that conflict are repeated.
EXPOSURE_TRY = timedelta(seconds=2)
EXPOSURE_LAST_RETRY = timedelta(seconds=1)
# A call for the JSON beside the videos: the tick writes what this call does not.
MIRROR_TRY = timedelta(seconds=4)
MIRROR_LAST_RETRY = timedelta(seconds=2)

# The time of a change is that at which its commit began: it may be seen so much later.
COMMIT_DELAY = CALL + timedelta(seconds=10)

# By then the ticks have mirrored a change, also after one that failed.
MIRRORED_AFTER = timedelta(minutes=5)

# A submission to Veo is sent once.
SUBMISSION = timedelta(seconds=60)

# A synthetic clip takes 2 s for 720p and 12 s for 4k.
RENDERING = timedelta(seconds=15)

# A call to the data folder; it has no time-out, so this is an estimate for a slow disk.
DISK = timedelta(seconds=2)

# Work between the calls of a step, and clocks that differ.
MARGIN = timedelta(seconds=10)


class Leases(Struct, frozen=True, kw_only=True):
    """How long a step excludes others: at least as long as its calls may take.

    A step that stores a clip reads it in many calls. It renews its lease when less than `renewal`
    is left, which is enough for the longest part that makes no such check.
    """

    submit: timedelta
    check: timedelta
    store: timedelta
    renewal: timedelta


def leases_for(*, call: timedelta, submission: timedelta, check: timedelta) -> Leases:
    """`call` is the limit of a call to the records or objects; the others are the generator's."""
    return Leases(
        # Commit the attempt, mirror it, submit it, commit the operation (read again once).
        submit=5 * call + submission + MARGIN,
        # Commit the lease, check, look for the clip in three places, commit what was found.
        check=5 * call + check + MARGIN,
        # Commit the lease; then one part as below.
        store=8 * call + MARGIN,
        # The longest part: a rename of six calls, or the commit that completes the video, and
        # before it the commit that renews the lease.
        renewal=7 * call + MARGIN / 2,
    )


CLOUD_LEASES = leases_for(call=CALL, submission=CALL + SUBMISSION, check=2 * CALL + RENDERING)
LAPTOP_LEASES = leases_for(call=DISK, submission=DISK, check=RENDERING)
LAPTOP_LEASES_WITH_VEO = leases_for(call=DISK, submission=CALL + SUBMISSION, check=2 * CALL)

# A created video whose message was lost is published again by the tick after this.
REPUBLISH_AFTER = timedelta(seconds=30)

# One message works on a batch for this long; the next message continues.
BATCH_TURN = timedelta(seconds=20)

# The tick continues a batch whose message was lost after this: longer than BATCH_TURN.
BATCH_RETRY = timedelta(seconds=90)

# A batch of which every line is done is looked at this often, until its last video has ended.
BATCH_RECHECK = timedelta(seconds=30)

# Veo's documented maximum latency is 6 minutes; a clip that has not appeared after 15 never will.
OUTCOME_WINDOW = timedelta(minutes=15)

# From its submission on: long enough for a slow generation and the outcome window.
DEADLINE = timedelta(minutes=45)

# The usual time of a generation, for estimates of waiting videos.
USUAL_GENERATION = timedelta(seconds=90)

# Clocks differ, and calls are not equally fast. A turn that is used later than this after its
# moment is logged when it is used.
TURN_SLACK = timedelta(seconds=1)

# Turns taken within this count against the rate.
TURN_WINDOW = timedelta(minutes=1) + TURN_SLACK

# No video takes its own turn within this time of another turn: the pace record would be written
# more often than Firestore sustains. One of the videos that arrive meanwhile takes turns for all.
BETWEEN_TURNS = timedelta(seconds=1)

# While videos wait, turns are given at this interval, for this long in each tick: that ends before
# the next tick begins.
GIVE_EVERY = timedelta(seconds=2)
GIVING = timedelta(seconds=55)

# No turn is given for this long between two ticks; messages take some time, too.
GIVING_PAUSE = timedelta(seconds=10)

# While videos wait, a tick looks for due videos a second time: no announcement arrives for a
# blocked clip.
LOOK_AGAIN = timedelta(seconds=30)

# A video that was given a turn and is not submitted after this is given another.
GIVE_AGAIN_AFTER = timedelta(seconds=10)

# A turn is given for a moment so far ahead, until which its step waits. Messages are not equally
# fast: the generator would otherwise get more submissions in some minutes than turns were given.
TURN_LEAD = timedelta(seconds=4)

# A turn is not used later than this after the moment for which it was given.
TURN_LIFE = timedelta(seconds=60)

# Waiting videos are counted at this interval, for estimates.
SURVEY_EVERY = timedelta(seconds=60)

# Nothing is submitted for this long after a first refusal, even if the generator asks for another
# delay: refusals in that time count as one.
FIRST_BLOCK = timedelta(seconds=10)

# A refusal within this time of another one shows that the quota is lower than the rate.
SECOND_REFUSAL = timedelta(minutes=2)

# A generator that keeps refusing is probed at least this often.
LONGEST_BLOCK = timedelta(minutes=5)

# A probe that is not refused within this was accepted.
PROBE = timedelta(seconds=5)

# A fault on the way (store or network) is tried again after this.
FAULT_RETRY = timedelta(seconds=15)

# A fault that an operator has to fix, such as an unreadable record, is retried after this.
BROKEN_RETRY = timedelta(minutes=10)

# A commit that keeps losing races is given up after this: a step holds its place for no longer, and
# its process can end within the ten seconds that Cloud Run gives it.
CONTENTION = timedelta(seconds=8)

# A step that lost every race is taken again after some time up to this, at random: steps that
# lose together do not come back together.
CONTENTION_RETRY = timedelta(seconds=10)

# Due work and reconciling share this time. It ends before the next tick (60 s), and leaves the call
# in progress the rest of the function's time-out (300 s).
TICK = timedelta(seconds=45)

# A round of reconciling that takes longer than this compares more campaigns in each tick.
RECONCILE_ROUND = timedelta(days=1)

# Veo reports no progress: a running operation is checked again after this.
RECHECK_AFTER = timedelta(seconds=20)

# A clip that crashes the process that stores it, by its size or a decoder bug, does so each time.
STORE_TRIES = 5

# A video that ended and may have been billed is checked at this interval, until this long after its
# submission: by then Veo has forgotten the operation, and a clip would exist.
LATE_CHECK = timedelta(hours=1)
LATE_WINDOW = timedelta(hours=24)

# Google guarantees the keys with which IAM signs URLs for no longer.
MAX_SIGNED_TTL = timedelta(hours=12)

# An object that a signed URL may read is kept for this long after it is renamed or its video is
# removed: longer than the URL, because a signer may have read the record before.
NAME_LIFE = MAX_SIGNED_TTL + timedelta(minutes=5)

# A client repeats a request within minutes, and a person within days. A bucket's lifecycle has a
# time of its own: a message may be delivered for a month.
REQUEST_MEMORY = timedelta(days=7)


def late_check_at(submitted_at: datetime, *, now: datetime) -> datetime | None:
    """Return when to look again at what may have been billed, or None when that is over."""
    following = now + LATE_CHECK
    return following if following <= submitted_at + LATE_WINDOW else None


# The default of how long an event is listed, in days.
EVENT_DAYS = 30
