"""The frames of a mail: MJML made into HTML once for each look and language, and the text part written as text."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

import mrml
from jinja2 import Environment, StrictUndefined, Template

from ar_cockpit.mail.texts import read_template, template_of

# The brand is filled in before MJML is made into HTML, the message after: two stages, two kinds of brackets.
_STAGE_ONE = Environment(
    block_start_string="[%",
    block_end_string="%]",
    variable_start_string="[[",
    variable_end_string="]]",
    comment_start_string="[#",
    comment_end_string="#]",
    undefined=StrictUndefined,
    autoescape=True,
)
# These frames are our own: no sandbox, which asks at every name whether it may be looked up.
_HTML = Environment(undefined=StrictUndefined, trim_blocks=True, autoescape=True)
_TEXT = Environment(undefined=StrictUndefined, trim_blocks=True, autoescape=False)  # noqa: S701 (the part without HTML)


@dataclass(frozen=True, slots=True)
class Look:
    """All that changes the frame itself."""

    language: str
    accent: str
    logo_width: int = 0  # 0: the company's name stands in the logo's place
    has_qr: bool = False


@lru_cache(maxsize=512)
def html_frame(look: Look) -> Template:
    """Return the frame of the HTML part: responsive, its styles on the elements, nothing in it fetched."""
    return _made(
        "layout.mjml",
        language=look.language,
        accent=look.accent,
        logo_width=look.logo_width,
        has_qr=look.has_qr,
    )


@cache
def text_frame() -> Template:
    """Return the frame of the text part."""
    return template_of(_TEXT, read_template("layout.txt"))


@cache
def colleague_frame(language: str) -> Template:
    """Return the frame of the HTML part of what our own people get."""
    return _made("colleague.mjml", language=language)


@cache
def colleague_text() -> Template:
    """Return the frame of its text part."""
    return template_of(_TEXT, read_template("colleague.txt"))


def _made(name: str, **look: str | int | bool) -> Template:
    written = _STAGE_ONE.from_string(read_template(name)).render(look)
    made = mrml.to_html(written, render_options=mrml.RenderOptions(fonts={}))
    return template_of(_HTML, made.content)
