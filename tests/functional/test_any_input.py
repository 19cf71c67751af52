"""Whatever comes in: an answer that says whose fault it is, and it is never the service's."""

from hypothesis import given
from hypothesis import strategies as st

from shared.http.queries import ListQuery
from shared.requests.bodies import EstimateBody
from tests.functional.showreel import GALLERY, Answer, Showreel

FIELDS = st.sampled_from(EstimateBody.__struct_fields__)
TEXT = st.text(max_size=20)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3)
)
BODIES = st.dictionaries(FIELDS | TEXT, VALUES, max_size=6)
CONTENT_TYPES = st.sampled_from(
    ["application/json", "multipart/form-data; boundary=b", "text/plain", ""]
)
# What a header may consist of, with a preference for what ranges are made of.
HEADER = st.text(st.sampled_from('bytes=-,0123456789 \t"W/*x'), max_size=20) | st.text(
    st.characters(min_codepoint=32, max_codepoint=126), max_size=20
)


def assert_sane(answer: Answer) -> None:
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert answer.content_type == "application/problem+json"
        assert answer.json["error"]["code"] == answer.json["code"]


@given(body=BODIES)
def test_any_json_object_gets_a_documented_answer(
    refusing: Showreel, body: dict[str, object]
) -> None:
    assert_sane(refusing.post("/v1/videos/estimate", body))


@given(content=st.binary(max_size=200), content_type=CONTENT_TYPES)
def test_any_bytes_get_a_documented_answer(
    refusing: Showreel, content: bytes, content_type: str
) -> None:
    assert_sane(
        refusing.send("POST", "/v1/videos/estimate", data=content, content_type=content_type)
    )


@given(form=st.dictionaries(FIELDS | TEXT, TEXT, max_size=6))
def test_any_form_gets_a_documented_answer(refusing: Showreel, form: dict[str, str]) -> None:
    assert_sane(
        refusing.send("POST", "/v1/videos/estimate", data=form, content_type="multipart/form-data")
    )


@given(
    query=st.dictionaries(
        st.sampled_from(ListQuery.__struct_fields__) | TEXT, TEXT | st.integers(), max_size=4
    )
)
def test_any_query_gets_a_documented_answer(refusing: Showreel, query: dict[str, object]) -> None:
    assert_sane(refusing.send("GET", "/v1/videos", query_string=query))


@given(range_=HEADER, if_range=HEADER, if_none_match=HEADER, if_modified_since=HEADER)
def test_any_conditional_header_gets_a_documented_answer(
    refusing: Showreel, range_: str, if_range: str, if_none_match: str, if_modified_since: str
) -> None:
    video = refusing.campaign(GALLERY)["slots"][0]["current"]
    headers = {
        "Range": range_,
        "If-Range": if_range,
        "If-None-Match": if_none_match,
        "If-Modified-Since": if_modified_since,
    }

    answer = refusing.get(f"/v1/videos/{video['id']}/content?variant=thumbnail", headers)

    assert_sane(answer)
    if answer.status_code in (200, 206):
        assert answer.headers["Content-Length"] == str(len(answer.data))
