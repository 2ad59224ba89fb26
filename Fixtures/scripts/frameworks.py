"""Frameworks that log by themselves: LightGBM, Optuna's callback, mlflow.evaluate, a model loaded by its alias.

    MLFLOW_TRACKING_URI=http://127.0.0.1:5000 python frameworks.py
"""

import lightgbm
import mlflow
import optuna
from optuna_integration.mlflow import MLflowCallback
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

NAME = "frameworks"


def data():
    features, labels = load_breast_cancer(return_X_y=True, as_frame=True)
    return train_test_split(features, labels, test_size=0.25, random_state=7, stratify=labels)


def boosted(train_x, test_x, train_y, test_y):
    mlflow.lightgbm.autolog()
    with mlflow.start_run(run_name="boosted") as run:
        lightgbm.train(
            {"objective": "binary", "metric": "auc", "verbose": -1, "num_leaves": 7},
            lightgbm.Dataset(train_x, train_y), num_boost_round=12,
            valid_sets=[lightgbm.Dataset(test_x, test_y)], valid_names=["valid"])
    mlflow.lightgbm.autolog(disable=True)
    found = mlflow.get_run(run.info.run_id)
    assert found.data.params["num_leaves"] == "7", found.data.params
    history = mlflow.MlflowClient().get_metric_history(run.info.run_id, "valid-auc")
    assert len(history) == 12, len(history)
    assert mlflow.search_logged_models(output_format="list"), "the model is logged"
    return found


def tuned():
    callback = MLflowCallback(tracking_uri=mlflow.get_tracking_uri(), metric_name="distance")
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(study_name="tuned", direction="minimize")
    study.optimize(lambda trial: (trial.suggest_float("x", -5, 5) - 2) ** 2, n_trials=8, callbacks=[callback])
    runs = mlflow.search_runs(experiment_names=["tuned"], order_by=["metrics.distance"])
    assert len(runs) == 8 and abs(runs["metrics.distance"][0] - study.best_value) < 1e-9, runs


def evaluated(train_x, test_x, train_y, test_y):
    mlflow.set_experiment("frameworks")
    model = LogisticRegression(max_iter=5000).fit(train_x, train_y)
    with mlflow.start_run(run_name="evaluated"):
        info = mlflow.sklearn.log_model(model, name="model", input_example=train_x[:2], registered_model_name=NAME)
        frame = test_x.assign(target=test_y)
        result = mlflow.models.evaluate(
            info.model_uri, frame, targets="target", model_type="classifier",
            evaluator_config={"log_model_explainability": False})
    assert result.metrics["accuracy_score"] > 0.9, result.metrics
    mlflow.MlflowClient().set_registered_model_alias(NAME, "champion", info.registered_model_version)
    loaded = mlflow.pyfunc.load_model(f"models:/{NAME}@champion")
    assert roc_auc_score(test_y, loaded.predict(test_x)) > 0.85
    copied = mlflow.MlflowClient().copy_model_version(f"models:/{NAME}@champion", NAME + "-staging")
    assert mlflow.pyfunc.load_model(f"models:/{NAME}-staging/{copied.version}").predict(test_x[:1]) is not None


def main():
    mlflow.set_experiment("frameworks")
    parts = data()
    boosted(*parts)
    tuned()
    evaluated(*parts)
    print("frameworks are recorded")


if __name__ == "__main__":
    main()
