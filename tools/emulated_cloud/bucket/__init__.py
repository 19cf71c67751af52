"""A strict emulator of Cloud Storage: fake-gcs-server keeps the bytes, this layer the rules.

No ready emulator refuses all that the real service refuses: stale writes by any way of upload,
moves onto an existing object, altered or expired signatures.
"""
