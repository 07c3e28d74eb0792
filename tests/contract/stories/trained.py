"""What a pipeline trains and registers, as anybody would. Gives the number of the version."""

import json

import mlflow.sklearn
from sklearn.linear_model import LogisticRegression

model = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
with mlflow.start_run():
    logged = mlflow.sklearn.log_model(model, name="model", registered_model_name="fraud")
print(json.dumps({"version": logged.registered_model_version}))
