"""The administrator's tracking servers, and how the worker reads runs from them before they are gone."""
