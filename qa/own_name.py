"""What a visitor's own article is called in an address: a name that says nothing to others."""

import hmac
from collections.abc import Iterable
from hashlib import sha256

PREFIX = "own-"
NAME_CHARS = 32  # of a SHA-256 in hexadecimal: 128 bits, so nobody guesses one


def own_name(article: str, visitor: str) -> str:
    """The name of an article, the same whenever its visitor comes back.

    An article's id is a digest of its text, by which whoever has the text would know it; the
    name can be neither made nor understood without the visitor's secret.

    Args:
        article: the article's id.
        visitor: the secret of the visitor who brought it.
    """
    digest = hmac.new(visitor.encode(), article.encode(), sha256).hexdigest()
    return f"{PREFIX}{digest[:NAME_CHARS]}"


def own_named(name: str, articles: Iterable[str], visitor: str) -> str | None:
    """The id of the visitor's article with a name, or None if there is none.

    Args:
        name: as an address says it.
        articles: ids of the visitor's.
        visitor: the visitor's secret; empty where nothing is kept.
    """
    if not visitor:
        return None
    # As bytes, since an address may say anything.
    asked = name.encode(errors="replace")
    found = (one for one in articles if hmac.compare_digest(own_name(one, visitor).encode(), asked))
    return next(found, None)
