"""What all pages share: the colours of stages, words for what one may do, the way back from a wrong address."""

import re

import pytest
from flask import Flask

from assent.registry.tiers import Stage, Tier
from support.browsing import Browser
from support.calling import Caller
from support.databases import ADMINISTRATOR
from support.gating import asked, gate
from support.lifecycles import of_every_model


def _as(app: Flask, name: str) -> Browser:
    browser = Browser(app)
    browser.sign_in(name)
    return browser


@pytest.fixture
def live(call: Caller) -> Caller:
    """A version on its way to a stage of our own that is as good as Production."""
    rules = of_every_model(Stage("Live", Tier.PRODUCTION)) | {"gates": [gate("Live")]}
    call.by(ADMINISTRATOR).api("POST", "/gates/apply", **rules)
    call.model()
    call.version()
    asked(call, to="Live")
    return call


@pytest.mark.usefixtures("live")
@pytest.mark.parametrize(
    "address",
    ["/inbox?show=mine", "/requests/1", "/models/m/versions/1/move?to=Live", "/administration/gates"],
)
def test_a_stage_has_the_colour_of_its_tier_everywhere(app: Flask, address: str) -> None:
    page = _as(app, "alice").ask(address).text
    assert re.findall(r'class="pill stage([^"]*)">Live<', page) == [" tier-production"]
