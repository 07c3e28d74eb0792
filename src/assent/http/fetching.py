"""Documents of other servers, fetched with limits to time, to size and to where they may come from."""

import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3

from assent.kernel.addresses import is_on_this_machine
from assent.kernel.errors import Unavailable

LARGEST = 512 * 1024

_CONNECT_AND_READ_SECONDS = (5, 5)
_WHOLE_SECONDS = 10
_PIECE = 16 * 1024


def json_object(url: str, *, unencrypted: bool = False) -> Mapping[str, Any]:
    """The JSON object at a URL; only with `unencrypted` may it be HTTP, and then on this machine alone.

    No redirect is followed: it could lead into a network that only this server sees. Raises Unavailable.
    """
    if _scheme(url) != "https" and not (unencrypted and is_on_this_machine(url)):
        raise Unavailable(f"{url} is no HTTPS.")
    try:
        with requests.get(
            url,
            headers={"Accept": "application/json", "Accept-Encoding": "identity"},
            timeout=_CONNECT_AND_READ_SECONDS,
            allow_redirects=False,
            # What is not encrypted stays on this machine, whatever proxy the environment names.
            proxies={"http": ""},
            stream=True,
        ) as answer:
            if answer.status_code != requests.codes.ok:
                raise Unavailable(f"{url} answers {answer.status_code}.")
            found = json.loads(body(answer, most=LARGEST, seconds=_WHOLE_SECONDS))
    except (requests.RequestException, ValueError, RecursionError) as problem:
        raise Unavailable(f"{url} cannot be read.") from problem
    if not isinstance(found, dict):
        raise Unavailable(f"{url} is no JSON object.")
    return found


def body(answer: requests.Response, *, most: int, seconds: float) -> bytes:
    """The body of an answer as it was sent, and not unpacked.

    Raises Unavailable for one that is larger, and as requests does Timeout and ConnectionError for one that does not
    come within the time, or not whole.
    """
    deadline = time.monotonic() + seconds
    found = bytearray()
    try:
        # A byte now and then is no silence: what has come is looked at, and not only whole pieces.
        while piece := answer.raw.read1(_PIECE, decode_content=False):
            found += piece
            if len(found) > most:
                raise Unavailable(f"{answer.url.partition('?')[0]} is larger than {most} bytes.")
            if time.monotonic() > deadline:
                raise requests.Timeout("The body takes too long.")
    except urllib3.exceptions.ReadTimeoutError as problem:
        raise requests.Timeout("The body stops to come.") from problem
    except urllib3.exceptions.HTTPError as problem:
        raise requests.ConnectionError("The body breaks off.") from problem
    return bytes(found)


def _scheme(url: str) -> str:
    try:
        return urlsplit(url).scheme
    except ValueError:
        raise Unavailable("That is no URL.") from None
