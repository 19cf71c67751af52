"""The stored form of a campaign and of a video, the same in a file and in a database.

A record is a flat dict of JSON's types, with times as datetimes in UTC (in a file RFC 3339).
Dollars are strings, so that no digit is lost. A record has its schema's version, and not its
revision, which the store keeps.

Two releases share the records during an upgrade, so a change of their form takes two releases.
First expand: read the new field or value, with a default, and write as before. Then contract: write
it, and drop fields without readers. Raise SCHEMA_VERSION only if an older release must not touch
such records. See decision 7.
"""
