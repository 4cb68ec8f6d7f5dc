"""Talks by the client."""

from __future__ import annotations

import pytest

from amocrm_gen import ValidationError
from amocrm_gen.v4 import TalkClose, TalkMessageWrite

from .seeded import amocrm_with

_TALK = {"talk_id": 5, "contact_id": 7, "chat_id": "54caee02-e383-46d8-a9b7-1fb43f07cffe"}


def test_life_of_a_talk() -> None:
    """Found, written into, closed once."""
    with amocrm_with({"contacts": [{"id": 7, "name": "A"}], "talks": [_TALK]}) as amocrm:
        talks = amocrm.talks
        assert [talk.talk_id for talk in talks.find(filter={"only_in_work": True})] == [5]
        assert talks.get(5).is_read is False
        sent = talks.send_message(5, TalkMessageWrite(text="Hello"))
        [message] = talks.find_messages(5)
        assert (message.id, message.text) == (str(sent.id), "Hello")
        talks.close(5, TalkClose(force_close=True))
        assert talks.get(5).is_in_work is False
        with pytest.raises(ValidationError):
            talks.close(5)
        with pytest.raises(ValidationError):
            talks.send_message(5, TalkMessageWrite(text="Hello?"))
