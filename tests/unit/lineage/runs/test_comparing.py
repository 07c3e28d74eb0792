"""Where the facts of two runs differ."""

from typing import Any

import pytest

from assent.lineage.runs.comparing import differences

COMMON: dict[str, Any] = {"schema": "assent.run-snapshot/1", "run": {"id": "a"}, "params": {"depth": "3"}}
SAME = {"name": "train", "digest": "1", "context": "training"}


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ({}, {}, []),
        ({"params": {"depth": "3"}}, {"params": {"depth": "4"}}, [("params.depth", "3", "4")]),
        ({"params": {"depth": "3"}}, {"params": {}}, [("params.depth", "3", None)]),
        ({"code": {"commit": "0a"}}, {"code": {"commit": "1b"}}, [("code.commit", "0a", "1b")]),
        ({}, {"code": {"dirty": False}}, [("code.dirty", None, False)]),
        (
            {"metrics": {"auc": {"value": 0.9, "step": 1}}},
            {"metrics": {"auc": {"value": 0.8, "step": 1}}},
            [("metrics.auc.value", 0.9, 0.8)],
        ),
        ({"datasets": [SAME]}, {"datasets": [{**SAME, "source": "elsewhere"}]}, []),
        ({"datasets": [SAME]}, {"datasets": [{**SAME, "digest": "2"}]}, [("datasets.train (training)", "1", "2")]),
        (
            {"model": {"dependencies": ["numpy==1.26", "pandas"]}},
            {"model": {"dependencies": ["numpy==2.0", "scipy>1; python_version > '3'"]}},
            [
                ("model.dependencies.numpy", "==1.26", "==2.0"),
                ("model.dependencies.pandas", "", None),
                ("model.dependencies.scipy", None, ">1; python_version > '3'"),
            ],
        ),
    ],
)
def test_what_differs_is_told(
    first: dict[str, Any], second: dict[str, Any], expected: list[tuple[str, Any, Any]]
) -> None:
    assert differences(COMMON | first, COMMON | second) == expected
