"""The accessibility rules of axe-core, run inside a page."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from tests.support.browsers import Browser

_SOURCE = Path(__file__).resolve().parent.parent.parent / "node_modules/axe-core/axe.min.js"
# A colour that is just fading into another is nobody's fault.
_RUN = """Promise.all(document.getAnimations()
  .filter(({effect}) => effect.target?.checkVisibility()).map(({finished}) => finished))
  .then(() => axe.run(document, {resultTypes: ["violations"]}))
  .then(({violations}) => violations.flatMap(({id, nodes}) =>
    nodes.map(({target, failureSummary}) => `${id}: ${target} ${failureSummary}`)))"""


@cache
def _source() -> str:
    if not _SOURCE.exists():
        raise RuntimeError("axe-core is missing; run: dash-forms assets --tests")
    return _SOURCE.read_text()


def violations(browser: Browser) -> list[str]:
    """Every broken rule of the page as it is now, with the element that breaks it."""
    if not browser.evaluate("'axe' in window"):
        browser.evaluate(f"(() => {{ {_source()}\n }})()")
    found: list[str] = browser.evaluate(_RUN)
    return found
