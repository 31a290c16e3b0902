"""Copy that is hard on dialects: words that look like code, and fallbacks that do."""

from __future__ import annotations

from hypothesis import strategies as st

from copydesk.variants import MergeTag, Node, Text, Words

FRAGMENTS = (
    *("{", "{{", "{{{", "}", "}}", "{%", "%}", "{#", "${", "[[", "]]", "%", "%%", "%%=", "=%%"),
    *("%%[", "]%%", "*", "|", "*|", "|*", "\\", "'", '"', '""', "~", "@TrackLink", "%7B", "%7D"),
    *(
        "{{else}}",
        "{{/if}}",
        "{% endif %}",
        "{% else %}",
        "%ELSE%",
        "%/IF%",
        "%FNAME%",
        "*|FNAME|*",
    ),
    *(
        "{/if}",
        "{else}",
        "{name}",
        "%FNAME%",
        "{contactfield=",
        "{{lead.",
        "NAME",
        "IT",
        "WORDS",
        "OPEN",
    ),
    *("FALLBACK", "CLOSE", "Hi ", "50", "a", " ", "é", "🎉", "<b>", "&"),
)
TOLD = (*FRAGMENTS, "\n", "\t")

fallbacks = st.lists(st.sampled_from(FRAGMENTS), max_size=5).map("".join)
words = st.lists(st.sampled_from(TOLD), min_size=1, max_size=5).map("".join).map(Words)


def texts(names: st.SearchStrategy[str]) -> st.SearchStrategy[Text]:
    """Return copy of words and tags, every tag with a fallback."""
    tags = st.builds(MergeTag, names, fallbacks)
    nodes: st.SearchStrategy[Node] = st.one_of(words, tags)
    copy = st.lists(nodes, max_size=6).map(Text.of)
    return copy.filter(lambda text: all(tag.fallback is not None for tag in text.tags))
