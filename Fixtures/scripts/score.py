"""Load a registered model by its alias or version and score it on bundled data.

    python score.py --model models:/digits-classifier@champion
"""

import argparse

import mlflow
from sklearn import datasets
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

DATASETS = {"digits": datasets.load_digits, "breast-cancer": datasets.load_breast_cancer}


def main():
    parser = argparse.ArgumentParser(description="Score a registered model.")
    parser.add_argument("--model", required=True, help="a models:/ URI")
    parser.add_argument("--dataset", choices=sorted(DATASETS), default="digits")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()

    data = DATASETS[options.dataset]()
    train_x, test_x, _, test_y = train_test_split(
        data.data, data.target, test_size=0.25, random_state=options.seed, stratify=data.target
    )
    model = mlflow.sklearn.load_model(options.model)
    accuracy = model.score(StandardScaler().fit(train_x).transform(test_x), test_y)

    mlflow.set_experiment(f"{options.dataset}-scores")
    with mlflow.start_run():
        mlflow.log_param("model", options.model)
        mlflow.log_metric("test_accuracy", accuracy)
    print(f"{options.model}: test accuracy {accuracy:.4f}")


if __name__ == "__main__":
    main()
