"""The stored form of a campaign and of a video, the same in a file and in a database.

A record is a flat dict of JSON's own types, but for its moments, which are datetimes in UTC; in a
file they are RFC 3339. Dollars are strings, so that no digit is lost. A record says by which schema
it was written, and not at which revision it was read: that is the store's to know.

Two releases read and change the same records, so a change of their form takes two releases. First
expand: read the new field, with a default, or the new word, and write as before. Then contract:
write it, and drop what nothing reads any more. Raise SCHEMA_VERSION only for what a release that
does not know it must not touch. See decision 7.
"""
