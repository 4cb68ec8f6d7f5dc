"""What amoCRM tells a chat channel: messages, typing and reactions of users, checked and typed.

```python
from amocrm_gen.chats import MessageHook, read_hook

hook = read_hook(body, request.headers.get("X-Signature"), channel)
if isinstance(hook, MessageHook):
    deliver(hook.letter.conversation.client_id, hook.letter.message.text)
```
"""

from amocrm_gen.chats.errors import HookError, HookFormatError, HookSignatureError
from amocrm_gen.chats.hooks import (
    ChatHook,
    MessageHook,
    OldMessageHook,
    OtherHook,
    ReactionHook,
    TypingHook,
    parse_hook,
    read_hook,
)
from amocrm_gen.chats.models import (
    HookButton,
    HookContact,
    HookConversation,
    HookForwards,
    HookLetter,
    HookLocation,
    HookMarkup,
    HookMessage,
    HookMessageType,
    HookPerson,
    HookPost,
    HookQuote,
    HookReaction,
    HookReactionMessage,
    HookReply,
    HookSource,
    HookTemplate,
    HookTemplateParam,
    HookTyping,
)
from amocrm_gen.chats.signature import SIGNATURE_HEADER, check_signature, sign_hook

__all__ = [
    "SIGNATURE_HEADER",
    "ChatHook",
    "HookButton",
    "HookContact",
    "HookConversation",
    "HookError",
    "HookFormatError",
    "HookForwards",
    "HookLetter",
    "HookLocation",
    "HookMarkup",
    "HookMessage",
    "HookMessageType",
    "HookPerson",
    "HookPost",
    "HookQuote",
    "HookReaction",
    "HookReactionMessage",
    "HookReply",
    "HookSignatureError",
    "HookSource",
    "HookTemplate",
    "HookTemplateParam",
    "HookTyping",
    "MessageHook",
    "OldMessageHook",
    "OtherHook",
    "ReactionHook",
    "TypingHook",
    "check_signature",
    "parse_hook",
    "read_hook",
    "sign_hook",
]
