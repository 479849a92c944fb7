"""XML that may be hostile: what names entities of its own is refused, whatever they are."""

from typing import Any

from index.errors import SourceError


def parse(data: bytes, *, name: str) -> Any:
    """The root element of an XML file, as the standard library's ElementTree has it.

    Args:
        data: the file.
        name: what to call it in an error.

    Raises:
        SourceError: it is damaged, or declares entities, which could fill the memory or reach
            for other files.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        return fromstring(data)
    except DefusedXmlException as error:
        raise SourceError(
            f"{name} declares XML entities, as no document needs to.", "Do not trust it."
        ) from error
    except (ParseError, ValueError, LookupError, RecursionError) as error:
        raise SourceError(f"{name} is damaged XML.", "Get a complete copy.") from error
