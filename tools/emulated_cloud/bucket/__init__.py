"""A strict emulator of Cloud Storage: fake-gcs-server stores the bytes, this layer adds the rules.

No other emulator refuses all requests that the service refuses: stale writes by every kind of
upload, moves onto an existing object, altered or expired signatures.
"""
