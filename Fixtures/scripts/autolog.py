"""Let MLflow's autologging track a scikit-learn pipeline on bundled data.

    python autolog.py --c 0.5

Nothing is logged by hand: parameters, metrics, the data set and the model come from autolog.
"""

import argparse

import mlflow
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def main():
    parser = argparse.ArgumentParser(description="Train with mlflow.sklearn.autolog().")
    parser.add_argument("--c", type=float, default=1.0, help="inverse of the regularisation")
    parser.add_argument("--experiment", default="breast-cancer")
    options = parser.parse_args()

    mlflow.set_experiment(options.experiment)
    mlflow.sklearn.autolog()
    features, labels = load_breast_cancer(return_X_y=True, as_frame=True)
    train_x, test_x, train_y, test_y = train_test_split(
        features, labels, test_size=0.25, random_state=7, stratify=labels
    )
    with mlflow.start_run():
        model = make_pipeline(StandardScaler(), LogisticRegression(C=options.c, max_iter=500))
        model.fit(train_x, train_y)
        accuracy = model.score(test_x, test_y)
    print(f"autologged: test accuracy {accuracy:.4f}")


if __name__ == "__main__":
    main()
