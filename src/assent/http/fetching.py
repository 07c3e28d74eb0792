"""Documents of other servers, fetched with limits to time, to size and to where they may come from."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests

from assent.kernel.addresses import is_on_this_machine
from assent.kernel.errors import Unavailable

LARGEST = 512 * 1024

_CONNECT_AND_READ_SECONDS = (5, 5)
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
            found = json.loads(_body(answer))
    except (requests.RequestException, ValueError, RecursionError) as problem:
        raise Unavailable(f"{url} cannot be read.") from problem
    if not isinstance(found, dict):
        raise Unavailable(f"{url} is no JSON object.")
    return found


def _body(answer: requests.Response) -> bytes:
    body = bytearray()
    for piece in answer.iter_content(_PIECE):
        body += piece
        if len(body) > LARGEST:
            raise Unavailable(f"{answer.url} is larger than {LARGEST} bytes.")
    return bytes(body)


def _scheme(url: str) -> str:
    try:
        return urlsplit(url).scheme
    except ValueError:
        raise Unavailable("That is no URL.") from None
