"""What an approval binds: change any of it and the approval is void."""

from __future__ import annotations

import hashlib
import json

from copydesk.audiences import Audience
from copydesk.brand_voice import Brand
from copydesk.briefs import Brief
from copydesk.variants import Copy


def approval_hash(copy: Copy, brief: Brief, brand: Brand, audience: Audience, policy: str) -> str:
    """Return the SHA-256 over copy, facts, policy, brand, audience and locale, in lower-case hex.

    All of the brief but its goal is bound: product, offer, facts, links, law, locale and time of
    sending. `policy` is the hash of the routing policy in force. Values of merge tags and the
    recipient's id are not bound: the approval is of the template.
    """
    bound = {
        "copy": copy.model_dump(mode="json"),
        "brief": brief.model_dump(mode="json", exclude={"goal"}),
        "brand": brand.bound(),
        "audience": audience.model_dump(mode="json", exclude={"fields", "recipient"}),
        "policy": policy,
    }
    canonical = json.dumps(bound, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()
