"""Every face, with all modules that declare its calls; and in whose words a request is answered."""

from types import ModuleType

from flask import Request

from assent.api import (
    accounts,
    audit,
    cards,
    checks,
    comments,
    declarations,
    delegations,
    deployments,
    differences,
    grants,
    groups,
    lineage,
    openlineage,
    parents,
    past,
    permissions,
    publishers,
    recalls,
    registry,
    requests,
    rules,
    sessions,
    snapshots,
    stages,
    tokens,
)
from assent.api.face import api
from assent.databricks import comments as databricks_comments
from assent.databricks import models as databricks_models
from assent.databricks import people as databricks_people
from assent.databricks import permissions as databricks_permissions
from assent.databricks import requests as databricks_requests
from assent.databricks.face import databricks
from assent.http import documentation
from assent.http.calls import Face
from assent.http.operation import operation
from assent.mlflow import models as mlflow_models
from assent.mlflow import permissions as mlflow_permissions
from assent.mlflow import users as mlflow_users
from assent.mlflow import versions as mlflow_versions
from assent.mlflow.face import mlflow, mlflow3
from assent.oauth import discovery
from assent.oauth import tokens as exchange
from assent.oauth.face import oauth
from assent.web.administration import account_acts as account_act_pages
from assent.web.administration import accounts as account_pages
from assent.web.administration import freezes as freeze_pages
from assent.web.administration import gates as gate_pages
from assent.web.administration import grants as grant_pages
from assent.web.administration import groups as group_pages
from assent.web.administration import lifecycles as lifecycle_page
from assent.web.administration import overview as administration_page
from assent.web.administration import publishers as publisher_pages
from assent.web.administration import requirements as requirement_page
from assent.web.administration import rule_files as rule_pages
from assent.web.administration import trying as trial_page
from assent.web.audit import explorer as audit_pages
from assent.web.audit import point_in_time as at_page
from assent.web.audit import proof as proof_page
from assent.web.frame import assets
from assent.web.frame.face import web
from assent.web.lineage import looking as lineage_pages
from assent.web.lineage import recalling as recall_pages
from assent.web.models import access as model_access_pages
from assent.web.models import activity as activity_page
from assent.web.models import cards as card_pages
from assent.web.models import comparing as compare_pages
from assent.web.models import editing as editing_pages
from assent.web.models import finding as models_page
from assent.web.models import model as model_page
from assent.web.models import moving as moving_pages
from assent.web.models import publishing as publishing_pages
from assent.web.models import restoring as restoring_pages
from assent.web.models import rules as model_rules_page
from assent.web.models import tagging as tagging_pages
from assent.web.models import version as version_pages
from assent.web.models import versions as versions_page
from assent.web.requests import deciding as deciding_forms
from assent.web.requests import inbox as inbox_page
from assent.web.requests import request as request_page
from assent.web.signing_in import account as account_page
from assent.web.signing_in import own_acts as own_act_pages
from assent.web.signing_in import providers as provider_pages
from assent.web.signing_in import sign_in as sign_in_page
from assent.web.writing import comments as comment_pages
from assent.web.writing import preview as preview_page

DECLARING: tuple[ModuleType, ...] = (
    *(accounts, audit, declarations, grants, groups, permissions, publishers, registry, rules, sessions, tokens),
    *(lineage, differences, past, recalls, snapshots, deployments, parents, openlineage),
    *(cards, checks, comments, delegations, requests, stages),
    *(databricks_comments, databricks_models, databricks_people, databricks_permissions, databricks_requests),
    *(mlflow_models, mlflow_permissions, mlflow_users, mlflow_versions),
    *(discovery, exchange, documentation),
    *(inbox_page, request_page, deciding_forms),
    *(account_page, own_act_pages, assets, provider_pages, sign_in_page),
    *(administration_page, account_pages, account_act_pages, group_pages, grant_pages, publisher_pages),
    *(comment_pages, preview_page),
    *(freeze_pages, gate_pages, lifecycle_page, requirement_page, rule_pages, trial_page),
    *(card_pages, editing_pages, moving_pages, restoring_pages, tagging_pages),
    *(audit_pages, at_page, proof_page),
    *(models_page, model_page, activity_page, model_access_pages, publishing_pages, model_rules_page),
    *(versions_page, version_pages, compare_pages),
    *(lineage_pages, recall_pages),
)

# The first whose area a path lies in answers for it. These are in the OpenAPI document; why the pages are not,
# `web.face` tells.
FACES: tuple[Face, ...] = (databricks, mlflow, mlflow3, api, oauth, operation)
PAGES = web

# Programs alone ask below these, and are never sent to a page to sign in.
_OF_PROGRAMS = ("/api/", "/ajax-api/")


def face_of(request: Request) -> Face:
    """The face in whose words a request is answered: by its path; a page where one is, or is asked to be."""
    if request.blueprint in PAGES.blueprints:
        return PAGES
    found = next(face for face in FACES if request.path.startswith(face.area))
    is_no_call = found is operation and request.endpoint is None and not request.path.startswith(_OF_PROGRAMS)
    return PAGES if is_no_call and "text/html" in request.accept_mimetypes.values() else found
