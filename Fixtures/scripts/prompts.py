"""Keep prompts in the registry, as MLflow's genai module does it.

    MLFLOW_TRACKING_URI=http://127.0.0.1:5000 python prompts.py
"""

import mlflow
from mlflow.exceptions import MlflowException

NAME = "greeting"


def main():
    first = mlflow.genai.register_prompt(
        name=NAME, template="Hello {{name}}!", commit_message="first", tags={"tone": "plain"})
    second = mlflow.genai.register_prompt(
        name=NAME, template=[{"role": "user", "content": "Say hello to {{name}}"}])
    assert (int(first.version), int(second.version)) == (1, 2), (first.version, second.version)
    mlflow.genai.set_prompt_alias(NAME, "live", 1)
    live = mlflow.genai.load_prompt(f"prompts:/{NAME}@live")
    assert live.template == "Hello {{name}}!" and int(live.version) == 1
    assert live.format(name="Ana") == "Hello Ana!"
    assert live.commit_message == "first", live.commit_message
    assert mlflow.genai.load_prompt(NAME, version=2).template[0]["role"] == "user"
    mlflow.genai.set_prompt_tag(NAME, "team", "vision")
    assert mlflow.genai.get_prompt_tags(NAME)["team"] == "vision"
    mlflow.genai.set_prompt_version_tag(NAME, 1, "seen", "yes")
    assert mlflow.genai.load_prompt(NAME, version=1).tags["seen"] == "yes"
    found = mlflow.genai.search_prompts(filter_string=f"name = '{NAME}'")
    assert [prompt.name for prompt in found] == [NAME]
    assert mlflow.search_registered_models() == [], "a prompt is no model"
    mlflow.genai.delete_prompt_alias(NAME, "live")
    try:
        mlflow.genai.load_prompt(f"prompts:/{NAME}@live")
    except MlflowException:
        pass
    else:
        raise AssertionError("an alias that was taken away still answers")
    mlflow.MlflowClient().create_registered_model("a-model")
    try:
        mlflow.genai.register_prompt(name="a-model", template="x")
    except MlflowException as error:
        assert "a-model" in str(error), error
    else:
        raise AssertionError("a model and a prompt share a name")
    print("prompts are kept")


if __name__ == "__main__":
    main()
