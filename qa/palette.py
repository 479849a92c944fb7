"""The house look without its web framework: colours, and the serif that comes with it."""

import base64
from pathlib import Path

ASSETS = Path(__file__).parent / "assets"
MARK = ASSETS / "mark.svg"
FONTS = (
    ("normal", "newsreader-latin-wght-normal.woff2"),
    ("italic", "newsreader-latin-wght-italic.woff2"),
)

PAPER, PAPER_DARK = "#faf6ec", "#171512"
SHEET, SHEET_DARK = "#fffdf7", "#1f1c18"
INK, INK_DARK = "#1d1a16", "#ece5d8"
MUTED, MUTED_DARK = "#655d51", "#aca290"
RULE, RULE_DARK = "#d8cfbb", "#3a342b"
ACCENT, ACCENT_DARK = "#9b2a1e", "#ea8a77"


def page_style(sheet: str, *, night: str) -> str:
    """A page's style sheet, with the serif and the colours in it.

    Args:
        sheet: its file among the assets.
        night: the CSS rule for the colours at night, which take the place of ``{}`` in it.
    """
    day = _variables(PAPER, SHEET, INK, MUTED, RULE, ACCENT)
    dark = _variables(PAPER_DARK, SHEET_DARK, INK_DARK, MUTED_DARK, RULE_DARK, ACCENT_DARK)
    rules = (ASSETS / sheet).read_text("utf-8")
    return f"{_font_faces()}:root{day}\n{night.replace('{}', dark)}\n{rules}"


def data_of(file: Path) -> str:
    """A file in base64, for a ``data:`` address."""
    return base64.b64encode(file.read_bytes()).decode("ascii")


def _font_faces() -> str:
    """The CSS rules of the serif, with the fonts in them."""
    return "".join(
        f"@font-face{{font-family:Newsreader;font-style:{style};font-weight:200 800;"
        f"font-display:swap;src:url(data:font/woff2;base64,{data_of(ASSETS / file)})"
        " format('woff2')}\n"
        for style, file in FONTS
    )


def _variables(paper: str, sheet: str, ink: str, muted: str, rule: str, accent: str) -> str:
    """Colours as a block of CSS variables."""
    return (
        f"{{--pq-paper:{paper};--pq-sheet:{sheet};--pq-ink:{ink};"
        f"--pq-muted:{muted};--pq-rule:{rule};--pq-accent:{accent}}}"
    )
