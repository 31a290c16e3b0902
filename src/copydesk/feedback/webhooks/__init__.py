"""What campaign tools post by themselves, and what proves that it was them."""

from copydesk.feedback.webhooks.delivery import Delivery
from copydesk.feedback.webhooks.proofs import Key, key_of, must_be_theirs
from copydesk.feedback.webhooks.tools import keys_of, posting

__all__ = ["Delivery", "Key", "key_of", "keys_of", "must_be_theirs", "posting"]
