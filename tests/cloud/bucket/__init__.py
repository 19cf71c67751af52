"""Cloud Storage for tests: fake-gcs-server keeps the bytes, a strict layer keeps the rules.

No ready emulator refuses all that the real service refuses: stale writes by any way of upload,
moves onto an object, altered or expired signatures.
"""
