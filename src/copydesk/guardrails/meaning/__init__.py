"""What sentences mean, beyond their words: two small models that know paraphrases.

Word lists catch what is said in the words they list. These models score whole sentences for each
category that they were trained for (see training/guardrails), so that a claim in other words is
caught too: a glance in numpy at every sentence, and a reader for those worth it. They are a few
megabytes, need no torch, and read what rules read: masks taken off.
"""

from copydesk.guardrails.meaning.model import Level, Meaning, narrowed
from copydesk.guardrails.meaning.sentences import Sentence, sentences, symbol

__all__ = ["Level", "Meaning", "Sentence", "narrowed", "sentences", "symbol"]
