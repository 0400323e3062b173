"""Tests of compressed responses for browsers that support them."""

import gzip

import pytest
from django.test import Client


@pytest.mark.django_db
def test_a_page_is_compressed_and_its_length_tells_nothing(client: Client) -> None:
    plain = client.get("/healthz")
    answers = [client.get("/sign-in/", headers={"accept-encoding": "gzip"}) for _time in range(9)]

    assert "Content-Encoding" not in plain
    assert {answer["Content-Encoding"] for answer in answers} == {"gzip"}
    assert b"</html>" in gzip.decompress(answers[0].content)
    # What is padded with lies in the header, as a file's name: 0x08 says that there is one.
    assert {answer.content[3] for answer in answers} == {8}
    assert len({len(answer.content) for answer in answers}) > 1
