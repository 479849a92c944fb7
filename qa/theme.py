"""How the chat looks: paper and ink, one accent colour, a serif that comes with it."""

import gradio as gr
from gradio.themes.utils.colors import Color

from qa.palette import (
    ACCENT,
    ACCENT_DARK,
    ASSETS,
    INK,
    INK_DARK,
    MARK,
    MUTED,
    MUTED_DARK,
    PAPER,
    PAPER_DARK,
    RULE,
    RULE_DARK,
    SHEET,
    SHEET_DARK,
    page_style,
)

SANS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif")
MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace")

OXBLOOD = Color(
    name="oxblood",
    c50="#fbeeea", c100="#f6d9d2", c200="#edb6aa", c300="#e2917f", c400="#cf6350",
    c500="#b53f2e", c600="#9b2a1e", c700="#7f2118", c800="#641b14", c900="#4a1510",
    c950="#2f0d0a",
)  # fmt: skip
STONE = Color(
    name="stone",
    c50="#faf6ec", c100="#f1ebdd", c200="#e4dbc8", c300="#d8cfbb", c400="#a79d8c",
    c500="#7d7465", c600="#655d51", c700="#4b453c", c800="#332e27", c900="#1f1c18",
    c950="#171512",
)  # fmt: skip


def theme() -> gr.themes.Base:
    """The Gradio theme; it names no font or file of another host."""
    return gr.themes.Base(
        primary_hue=OXBLOOD,
        secondary_hue=STONE,
        neutral_hue=STONE,
        font=SANS,
        font_mono=MONO,
        radius_size="sm",
    ).set(
        body_background_fill=PAPER,
        body_background_fill_dark=PAPER_DARK,
        body_text_color=INK,
        body_text_color_dark=INK_DARK,
        body_text_color_subdued=MUTED,
        body_text_color_subdued_dark=MUTED_DARK,
        background_fill_primary=SHEET,
        background_fill_primary_dark=SHEET_DARK,
        background_fill_secondary=PAPER,
        background_fill_secondary_dark=PAPER_DARK,
        block_background_fill=SHEET,
        block_background_fill_dark=SHEET_DARK,
        block_border_color=RULE,
        block_border_color_dark=RULE_DARK,
        block_label_text_color=MUTED,
        block_label_text_color_dark=MUTED_DARK,
        block_title_text_color=MUTED,
        block_title_text_color_dark=MUTED_DARK,
        block_shadow="none",
        border_color_primary=RULE,
        border_color_primary_dark=RULE_DARK,
        input_background_fill=SHEET,
        input_background_fill_dark=SHEET_DARK,
        input_border_color=RULE,
        input_border_color_dark=RULE_DARK,
        input_border_color_focus=ACCENT,
        input_border_color_focus_dark=ACCENT_DARK,
        input_placeholder_color=MUTED,
        input_placeholder_color_dark=MUTED_DARK,
        button_primary_background_fill=ACCENT,
        button_primary_background_fill_hover=OXBLOOD.c700,
        button_primary_background_fill_dark=ACCENT,
        button_primary_background_fill_hover_dark=OXBLOOD.c700,
        button_primary_text_color="#ffffff",
        button_primary_text_color_dark="#ffffff",
        button_secondary_background_fill="transparent",
        button_secondary_background_fill_dark="transparent",
        button_secondary_text_color=INK,
        button_secondary_text_color_dark=INK_DARK,
        button_secondary_border_color=RULE,
        button_secondary_border_color_dark=RULE_DARK,
        color_accent=ACCENT,
        link_text_color=ACCENT,
        link_text_color_dark=ACCENT_DARK,
    )


def css() -> str:
    """The style sheet, with the fonts and the theme's colours in it."""
    return page_style("style.css", night=".dark{}")


def head() -> str:
    """What stands in the page's head: the style sheet of what is around the chat's parts."""
    return f"<style>{(ASSETS / 'frame.css').read_text('utf-8')}</style>"


def keys_html() -> str:
    """What the keyboard does, and the way to do without it."""
    keys = {"/": "to the question", "j": "next hit", "k": "previous hit"}
    listed = "".join(f"<dt>{key}</dt><dd>{does}</dd>" for key, does in keys.items())
    return (
        '<details class="pq-keys"><summary>Keys</summary>'
        f"<dl>{listed}<dt>Tab, Enter</dt><dd>everything else</dd></dl>"
        '<label><input type="checkbox" class="pq-keys-on" checked> Use these keys</label>'
        "</details>"
    )


def waiting_html(view: str) -> str:
    """Where the page says that something waits for others.

    Args:
        view: unlike that of the view before, so that whatever the server shows empties it.
    """
    told = "Waiting for its turn …"
    return f'<p class="pq-waiting" role="status" data-view="{view}" data-told="{told}"></p>'


def unsent_html() -> str:
    """Where the page says that something was not sent, apart from what each view renews."""
    told = "Not sent yet: something is still being read."
    return f'<p class="pq-unsent" role="status" data-told="{told}"></p>'


def masthead_html(*, log_out: bool) -> str:
    """The page's head: the mark, the name, and what it does.

    Args:
        log_out: whether there is a login to end.
    """
    out = '<a class="pq-out" href="logout">Log out</a>' if log_out else ""
    return (
        f'<header class="pq-masthead">{MARK.read_text("utf-8")}<h1>Pullquote</h1>'
        f"<p>Ask an article, get its own words back.</p>{out}</header>"
    )
