"""Clips of any size that play like the others."""

from io import BytesIO

import av

# A NAL unit of filler data (H.264, 7.3.2.7): decoders skip it, and readers have to read it.
_FILLER_UNIT = b"\x0c"
_END_OF_UNIT = b"\x80"


def heavier(clip: bytes, size_bytes: int) -> bytes:
    """Return an MP4 with the same pictures and sound whose frames take at least `size_bytes`."""
    made = BytesIO()
    with av.open(BytesIO(clip), "r") as source, av.open(made, "w", format="mp4") as target:
        streams = {each.index: target.add_stream_from_template(each) for each in source.streams}
        video = source.streams.video[0]
        filler = _filler(-(-size_bytes // video.frames))
        for packet in source.demux():
            if packet.dts is None:
                continue
            stream = streams[packet.stream_index]
            is_picture = packet.stream_index == video.index
            copy = av.Packet(bytes(packet) + filler if is_picture else bytes(packet))
            copy.pts, copy.dts, copy.duration = packet.pts, packet.dts, packet.duration
            copy.time_base, copy.is_keyframe = packet.time_base, packet.is_keyframe
            copy.stream = stream
            target.mux(copy)
    return made.getvalue()


def _filler(size_bytes: int) -> bytes:
    unit = _FILLER_UNIT + b"\xff" * size_bytes + _END_OF_UNIT
    return len(unit).to_bytes(4) + unit
