"""What is written for people, in their language: sentences with plural forms, numbers and dates as their language writes them."""

from momot.language.languages import LANGUAGES, language
from momot.language.speech import ENGLISH, Language, Message

__all__ = ["ENGLISH", "LANGUAGES", "Language", "Message", "language"]
