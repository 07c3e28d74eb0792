"""What a text in Markdown looks like before it is sent; without a script, forms show it on their own page."""

from flask import Response
from markupsafe import Markup

from assent.http.calls import Uses
from assent.web.frame.face import web
from assent.web.frame.inputs import Text
from assent.web.frame.markdown import rendered
from assent.web.frame.pages import page
from assent.web.writing import schemas as s


@web.call("POST", "/preview", takes=s.PreviewOf(), uses=Uses.NOTHING)
def preview(preview: str, **typed: str) -> Response:
    """Show what the text in one of a form's fields looks like."""
    html: Markup = rendered(Text().deserialize(typed.get(preview, "")))
    return page("writing/preview.html", html=html)
