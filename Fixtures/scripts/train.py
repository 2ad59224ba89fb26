"""Train a classifier on data that scikit-learn carries, and track it with MLflow.

    python train.py --dataset digits --model mlp --hidden 64 --learning-rate 0.01

An ordinary MLflow script: it asks for nothing but a tracking URI in the environment.
"""

import argparse
import json
import tempfile
import warnings
from pathlib import Path

import mlflow
from sklearn import datasets
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, log_loss
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

DATASETS = {"digits": datasets.load_digits, "breast-cancer": datasets.load_breast_cancer}


def arguments():
    parser = argparse.ArgumentParser(description="Train a classifier and track it with MLflow.")
    parser.add_argument("--experiment", default=None, help="default: the data set's name")
    parser.add_argument("--dataset", choices=sorted(DATASETS), default="digits")
    parser.add_argument("--model", choices=["logreg", "forest", "mlp"], default="logreg")
    parser.add_argument("--epochs", type=int, default=20, help="a forest grows in as many steps")
    parser.add_argument("--learning-rate", type=float, default=0.01)
    parser.add_argument("--alpha", type=float, default=1e-4, help="L2 penalty")
    parser.add_argument("--hidden", type=int, default=32, help="width of the MLP's hidden layer")
    parser.add_argument("--trees", type=int, default=100)
    parser.add_argument("--max-depth", type=int, default=None)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--run-name", default=None)
    parser.add_argument("--register", metavar="NAME", help="register the trained model as NAME")
    return parser.parse_args()


def load(name, seed):
    data = DATASETS[name]()
    parts = train_test_split(
        data.data, data.target, test_size=0.25, random_state=seed, stratify=data.target
    )
    scaler = StandardScaler().fit(parts[0])
    return scaler.transform(parts[0]), scaler.transform(parts[1]), parts[2], parts[3]


def build(options):
    """The model, and the hyperparameters that matter to it."""
    if options.model == "logreg":
        chosen = {"learning_rate": options.learning_rate, "alpha": options.alpha}
        model = SGDClassifier(
            loss="log_loss",
            learning_rate="constant",
            eta0=options.learning_rate,
            alpha=options.alpha,
            random_state=options.seed,
        )
    elif options.model == "mlp":
        chosen = {
            "learning_rate": options.learning_rate,
            "alpha": options.alpha,
            "hidden": options.hidden,
        }
        model = MLPClassifier(
            hidden_layer_sizes=(options.hidden,),
            learning_rate_init=options.learning_rate,
            alpha=options.alpha,
            random_state=options.seed,
        )
    else:
        chosen = {"trees": options.trees, "max_depth": options.max_depth}
        model = RandomForestClassifier(
            n_estimators=1,
            max_depth=options.max_depth,
            warm_start=True,
            random_state=options.seed,
        )
    return model, chosen


def epochs(model, options, features, labels):
    """Trains one epoch (or one batch of trees) at a time, and yields its number."""
    classes = sorted(set(labels))
    for epoch in range(options.epochs):
        if options.model == "forest":
            model.n_estimators = max(1, options.trees * (epoch + 1) // options.epochs)
            model.fit(features, labels)
        else:
            model.partial_fit(features, labels, classes=classes)
        yield epoch


def measure(model, features, labels, prefix):
    probabilities = model.predict_proba(features)
    predictions = probabilities.argmax(axis=1)
    return {
        f"{prefix}_loss": log_loss(labels, probabilities),
        f"{prefix}_accuracy": accuracy_score(labels, predictions),
        f"{prefix}_f1": f1_score(labels, predictions, average="macro"),
    }


def log_confusion(model, features, labels):
    matrix = confusion_matrix(labels, model.predict(features))
    width = len(str(matrix.max())) + 1
    lines = ["".join(f"{count:>{width}}" for count in row) for row in matrix]
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder, "confusion.txt")
        text.write_text("\n".join(lines) + "\n")
        mlflow.log_artifact(str(text), artifact_path="evaluation")
        document = Path(folder, "confusion.json")
        document.write_text(json.dumps({"rows_are": "truth", "matrix": matrix.tolist()}))
        mlflow.log_artifact(str(document), artifact_path="evaluation")


def register(model, name):
    mlflow.sklearn.log_model(
        model,
        name="model",
        serialization_format="cloudpickle",
        pip_requirements=["scikit-learn"],
        registered_model_name=name,
    )


def main():
    options = arguments()
    warnings.filterwarnings("ignore", category=ConvergenceWarning)

    mlflow.set_experiment(options.experiment or options.dataset)
    with mlflow.start_run(run_name=options.run_name) as run:
        train_x, test_x, train_y, test_y = load(options.dataset, options.seed)
        model, chosen = build(options)
        mlflow.log_params(
            {"dataset": options.dataset, "model": options.model, "seed": options.seed,
             "epochs": options.epochs, **chosen}
        )
        mlflow.set_tag("stage", "exploration")

        for epoch in epochs(model, options, train_x, train_y):
            metrics = {
                **measure(model, train_x, train_y, "train"),
                **measure(model, test_x, test_y, "test"),
            }
            mlflow.log_metrics(metrics, step=epoch)

        log_confusion(model, test_x, test_y)
        mlflow.set_tag("best", "yes" if metrics["test_accuracy"] > 0.97 else "no")
        if options.register:
            register(model, options.register)
        print(
            f"{options.model} on {options.dataset}: test accuracy"
            f" {metrics['test_accuracy']:.4f} (run {run.info.run_id})"
        )


if __name__ == "__main__":
    main()
