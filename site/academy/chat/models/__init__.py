from academy.chat.models.api_key import ApiKey
from academy.chat.models.asking import Asking, Feedback, Topic
from academy.chat.models.conversation import Conversation, Message
from academy.chat.models.settings import ChatSettings

__all__ = ["ApiKey", "Asking", "ChatSettings", "Conversation", "Feedback", "Message", "Topic"]
