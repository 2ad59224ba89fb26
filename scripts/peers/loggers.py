"""How each tracker is told of a run, as its own documentation does it: begin, log a step, end."""

import os


class MLflow:
    """MLflow's client: into its own SQLite store, or wherever MLFLOW_TRACKING_URI says."""

    def __init__(self, folder):
        import mlflow

        if "MLFLOW_TRACKING_URI" not in os.environ:
            mlflow.set_tracking_uri(f"sqlite:///{folder}/mlflow.db")
        self.mlflow = mlflow
        mlflow.start_run()

    def log(self, step, values):
        self.mlflow.log_metrics(values, step=step)

    def end(self):
        self.mlflow.end_run()


class Trackio:
    def __init__(self, folder):
        os.environ["TRACKIO_DIR"] = folder
        import trackio

        self.trackio = trackio
        trackio.init(project="bench", embed=False)

    def log(self, step, values):
        self.trackio.log(values, step=step)

    def end(self):
        self.trackio.finish()


class WandB:
    """Offline: nothing leaves the machine."""

    def __init__(self, folder):
        os.environ.update(WANDB_MODE="offline", WANDB_SILENT="true", WANDB_DIR=folder)
        import wandb

        self.run = wandb.init(project="bench", dir=folder)

    def log(self, step, values):
        self.run.log(values, step=step)

    def end(self):
        self.run.finish()


class Aim:
    def __init__(self, folder):
        from aim import Run

        self.run = Run(repo=folder, log_system_params=False, system_tracking_interval=None)

    def log(self, step, values):
        for name, value in values.items():
            self.run.track(value, name=name, step=step)

    def end(self):
        self.run.close()


LOGGERS = {"mlflow": MLflow, "trackio": Trackio, "wandb": WandB, "aim": Aim}
