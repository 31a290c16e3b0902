"""What sentences mean, beyond their words: a small network that knows paraphrases.

Word lists catch what is said in the words they list. This model scores whole sentences for each
category that it was trained for (see training/guardrails), so that a claim in other words is
caught too. It is a few megabytes, needs numpy alone, and reads what rules read: masks taken off.
"""

from copydesk.guardrails.meaning.model import Level, Meaning, narrowed
from copydesk.guardrails.meaning.sentences import Sentence, sentences

__all__ = ["Level", "Meaning", "Sentence", "narrowed", "sentences"]
