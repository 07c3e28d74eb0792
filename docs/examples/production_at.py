"""Who stood in Production at a moment, told from an export of the audit log alone.

    python3 production_at.py audit.jsonl 2026-03-10 [STAGE]

The export must hold all events, oldest first. It takes nothing but Python, and asks no server.
"""

import json
import sys
from datetime import UTC, datetime

file, moment, stage, *_ = [*sys.argv[1:], "Production"]
asked = datetime.fromisoformat(moment)
end = (asked if asked.tzinfo else asked.replace(tzinfo=UTC)).timestamp() * 1000
names, stages, since = {}, {}, {}

for line in open(file, encoding="utf-8"):  # noqa: SIM115 (read to its end, once)
    event = json.loads(line)
    if event["at"] > end:
        break
    model, version = event["model_id"], (event["model_id"], event["version"])
    match event["action"]:
        case "registered_model.created":
            names[model] = event["subject"]
        case "registered_model.renamed":
            names[model] = event["details"]["after"]["name"]
        case "registered_model.deleted":
            stages = {each: found for each, found in stages.items() if each[0] != model}
        case "model_version.transitioned":
            stages[version] = event["details"]["after"]["stage"]
            since[version] = event
        case "model_version.deleted":
            stages.pop(version, None)

for (model, number), found in sorted(stages.items()):
    if found == stage:
        moved = since[model, number]
        when = datetime.fromtimestamp(moved["at"] / 1000, UTC)
        print(f"{names[model]}/{number}  since {when:%Y-%m-%d %H:%MZ}, by {moved['actor']} from {moved['address']}")
