"""Clips go through the object store without being held in memory."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.emulated_cloud.bucket.server import StrictBucketServer

ROOT = Path(__file__).resolve().parents[2]
MEBIBYTE = 1024 * 1024
CLIP_MEBIBYTES = 100
ALLOWED_MEBIBYTES = 30

STORE_AND_READ = r"""
import io, json, re, sys
from pathlib import Path
from shared.adapters.google.bucket import open_bucket
from shared.adapters.google.object_store import GCSObjectStore

class Clip(io.RawIOBase):
    left = int(sys.argv[2])
    def read(self, size=-1):
        size = min(size, self.left)
        self.left -= size
        return b"z" * size

def peak():
    return int(re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[1]) // 1024

store = GCSObjectStore(lambda: open_bucket(sys.argv[1]), signer=None)
small = sys.argv[3] + ".mp4"
store.put(small, io.BytesIO(b"a clip"), content_type="video/mp4")
with store.open(small) as stream:
    stream.read()
base = peak()
if sys.argv[3] == "put":
    store.put("clip.mp4", Clip(), content_type="video/mp4")
else:
    with store.open("clip.mp4") as stream:
        size = 0
        while block := stream.read(32 * 1024):
            size += len(block)
        assert size == int(sys.argv[2])
print(json.dumps(peak() - base))
"""


def growth(server: StrictBucketServer, bucket: str, step: str) -> int:
    """Return by how many MiB the peak of a new process grew after its first small object.

    The peak is Linux's own; that of `resource` begins with what the parent has used.
    """
    found = subprocess.run(
        [sys.executable, "-c", STORE_AND_READ, bucket, str(CLIP_MEBIBYTES * MEBIBYTE), step],
        cwd=ROOT,
        env={**os.environ, "STORAGE_EMULATOR_HOST": server.url},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    peak: int = json.loads(found.stdout)
    return peak


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux reports a process's own peak.")
def test_a_large_clip_is_stored_and_read_with_little_memory(
    bucket_server: StrictBucketServer, bucket_name: str
) -> None:
    for step in ("put", "read"):
        assert growth(bucket_server, bucket_name, step) < ALLOWED_MEBIBYTES, step
