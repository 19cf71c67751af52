"""The tables of the records in SQLite, and the upgrades from earlier schemas.

A record is kept as its JSON, the same bytes as beside the videos; its other columns are derived
from it, for queries (`record_columns`). Moments are microseconds since 1970.
"""

SCHEMA_VERSION = 8

_BATCHES = """
CREATE TABLE batches (
  batch_id TEXT PRIMARY KEY, record BLOB NOT NULL, revision TEXT NOT NULL,
  created_at INTEGER NOT NULL, due_at INTEGER
);
CREATE INDEX batches_created ON batches (created_at, batch_id);
CREATE INDEX batches_due ON batches (due_at, batch_id) WHERE due_at IS NOT NULL;
CREATE TABLE batch_videos (
  id TEXT PRIMARY KEY, batch_id TEXT NOT NULL, phase TEXT NOT NULL, created_at INTEGER NOT NULL,
  charged_millionths INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX batch_phases ON batch_videos (batch_id, phase, created_at, id, charged_millionths);
"""

_LAST_COMMIT = """
CREATE TABLE last_commit (id INTEGER PRIMARY KEY CHECK (id = 1), moment INTEGER NOT NULL);
INSERT INTO last_commit VALUES (1, 0);
"""

_QUEUE = """
CREATE INDEX videos_waiting ON videos (model, lane, queue_order, id) WHERE queue_order IS NOT NULL;
CREATE TABLE paces (model TEXT PRIMARY KEY, record BLOB NOT NULL, revision TEXT NOT NULL);
"""

_EVENTS = """
CREATE TABLE events (
  number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL,
  campaign_id TEXT, created_at INTEGER NOT NULL, record BLOB NOT NULL
);
CREATE INDEX events_of_campaign ON events (campaign_id);
CREATE INDEX events_of_type ON events (type);
"""

# `untold` is the creation of an event that is not dispatched yet. Those of an upgraded database are
# older than every webhook.
_UNTOLD = """
ALTER TABLE events ADD COLUMN untold INTEGER;
CREATE INDEX events_untold ON events (untold, number) WHERE untold IS NOT NULL;
"""

_WEBHOOKS = """
CREATE TABLE webhooks (
  id INTEGER PRIMARY KEY CHECK (id = 1), record BLOB NOT NULL, revision TEXT NOT NULL
);
CREATE TABLE deliveries (
  webhook_id TEXT NOT NULL, event_id TEXT NOT NULL, record BLOB NOT NULL, revision TEXT NOT NULL,
  created_at INTEGER NOT NULL, status TEXT NOT NULL, due_at INTEGER,
  PRIMARY KEY (webhook_id, event_id)
);
CREATE INDEX deliveries_due ON deliveries (due_at, webhook_id, event_id) WHERE due_at IS NOT NULL;
CREATE INDEX deliveries_created ON deliveries (created_at);
CREATE INDEX deliveries_of_webhook ON deliveries (webhook_id, created_at, event_id);
CREATE INDEX deliveries_in_status ON deliveries (webhook_id, status, created_at, event_id);
"""

_FINDING = """
ALTER TABLE campaigns ADD COLUMN updated_at INTEGER;
ALTER TABLE campaigns ADD COLUMN found_by TEXT NOT NULL DEFAULT '';
CREATE INDEX campaigns_found ON campaigns (updated_at, campaign_id, found_by);
"""

# From the records of a database that is upgraded, as far as they are JSON.
_FIND_RECORDS = """
UPDATE campaigns SET
  updated_at = strftime('%s', substr(json_extract(CAST(record AS TEXT), '$.updated_at'), 1, 19))
    * 1000000 + CASE substr(json_extract(CAST(record AS TEXT), '$.updated_at'), 20, 1)
      WHEN '.' THEN CAST(substr(json_extract(CAST(record AS TEXT), '$.updated_at'), 21, 6)
        AS INTEGER) ELSE 0 END,
  found_by = ' ' || lower(replace(replace(campaign_id, '-', ' '), '_', ' ')) || CASE WHEN EXISTS (
    SELECT 1 FROM json_each(CAST(record AS TEXT), '$.slots')
    WHERE json_extract(value, '$.pending') IS NOT NULL) THEN ' is:pending ' ELSE ' ' END
  WHERE json_valid(CAST(record AS TEXT));
"""

_EXPERIMENTS = """
CREATE TABLE experiments (
  id TEXT PRIMARY KEY, campaign_id TEXT NOT NULL, record BLOB NOT NULL, revision TEXT NOT NULL
);
CREATE INDEX experiments_of_campaign ON experiments (campaign_id, id);
"""

_REVIEWS = """
CREATE TABLE reviews (
  id TEXT PRIMARY KEY, campaign_id TEXT NOT NULL, record BLOB NOT NULL, revision TEXT NOT NULL
);
CREATE INDEX reviews_of_campaign ON reviews (campaign_id, id);
"""

# A row is marked if its writer could not read the record. The index itself finds one that is
# damaged in its row later, and one of another schema, which a newer release wrote.
UNREADABLE = (
    "unreadable IS NOT NULL OR CASE WHEN json_valid(CAST(record AS TEXT))"
    " THEN json_extract(CAST(record AS TEXT), '$.schema_version') IS NOT 1 ELSE 1 END"
)
_UNREADABLE = f"""
ALTER TABLE videos ADD COLUMN unreadable INTEGER;
CREATE INDEX videos_unreadable ON videos (version_state, status) WHERE {UNREADABLE};
"""

_UPGRADE_FROM_7 = _UNREADABLE
_UPGRADE_FROM_6 = f"{_REVIEWS} {_UPGRADE_FROM_7}"
_UPGRADE_FROM_5 = f"{_EXPERIMENTS} {_UPGRADE_FROM_6}"
_UPGRADE_FROM_4 = f"{_FINDING} {_FIND_RECORDS} {_UPGRADE_FROM_5}"
_UPGRADE_FROM_3 = f"{_UNTOLD} {_WEBHOOKS} {_UPGRADE_FROM_4}"
_UPGRADE_FROM_2 = f"{_EVENTS} {_UPGRADE_FROM_3}"
_UPGRADE_FROM_1 = f"""
ALTER TABLE videos ADD COLUMN model TEXT;
ALTER TABLE videos ADD COLUMN lane TEXT;
ALTER TABLE videos ADD COLUMN queue_order INTEGER;
{_LAST_COMMIT}
{_QUEUE}
{_BATCHES}
"""
"""No record of schema 1 has a place in the queue: its columns stay empty until it gets one."""

# Until 0.5: 0.2 wrote schema 1. The others up to 7 were written between releases.
UPGRADES = {
    1: f"{_UPGRADE_FROM_1} {_UPGRADE_FROM_2}",
    2: _UPGRADE_FROM_2,
    3: _UPGRADE_FROM_3,
    4: _UPGRADE_FROM_4,
    5: _UPGRADE_FROM_5,
    6: _UPGRADE_FROM_6,
    7: _UPGRADE_FROM_7,
}
"""The statements that bring a database of an earlier schema to this one."""

SCHEMA = f"""
CREATE TABLE campaigns (
  campaign_id TEXT PRIMARY KEY, record BLOB NOT NULL, revision TEXT NOT NULL,
  changed_at INTEGER NOT NULL, due_at INTEGER,
  saved_millionths INTEGER NOT NULL DEFAULT 0, hits INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX campaigns_due ON campaigns (due_at, campaign_id) WHERE due_at IS NOT NULL;
CREATE INDEX campaigns_named ON campaigns (campaign_id COLLATE NOCASE);
CREATE INDEX campaigns_changed ON campaigns (changed_at, campaign_id);
CREATE TABLE videos (
  id TEXT PRIMARY KEY, campaign_id TEXT NOT NULL, video_hash TEXT NOT NULL,
  record BLOB NOT NULL, revision TEXT NOT NULL, changed_at INTEGER NOT NULL,
  created_at INTEGER, due_at INTEGER, version_state TEXT, status TEXT,
  model TEXT, lane TEXT, queue_order INTEGER
);
CREATE INDEX videos_created ON videos (created_at, id, version_state, status);
CREATE INDEX videos_of_campaign ON videos (campaign_id, created_at, id, version_state, status);
CREATE INDEX videos_in_state ON videos (version_state, created_at, id, status);
CREATE INDEX videos_in_status ON videos (status, created_at, id);
CREATE INDEX videos_changed ON videos (changed_at, campaign_id);
CREATE INDEX videos_due ON videos (due_at, id) WHERE due_at IS NOT NULL;
CREATE TABLE tags (id TEXT, tag TEXT, created_at INTEGER, PRIMARY KEY (id, tag)) WITHOUT ROWID;
CREATE INDEX tags_created ON tags (tag, created_at, id);
CREATE TABLE days (day TEXT PRIMARY KEY, record BLOB NOT NULL, revision TEXT NOT NULL);
{_LAST_COMMIT}
{_QUEUE}
{_BATCHES}
{_EVENTS}
{_UNTOLD}
{_WEBHOOKS}
{_FINDING}
{_EXPERIMENTS}
{_REVIEWS}
{_UNREADABLE}
"""
