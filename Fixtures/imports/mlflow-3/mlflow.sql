CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES ('dc11669786a5');
CREATE TABLE "datasets" (
	dataset_uuid VARCHAR(36) NOT NULL, 
	experiment_id INTEGER NOT NULL, 
	name VARCHAR(500) NOT NULL, 
	digest VARCHAR(36) NOT NULL, 
	dataset_source_type VARCHAR(36) NOT NULL, 
	dataset_source TEXT NOT NULL, 
	dataset_schema TEXT, 
	dataset_profile TEXT, 
	CONSTRAINT dataset_pk PRIMARY KEY (experiment_id, name, digest), 
	CONSTRAINT fk_datasets_experiment_id_experiments FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id) ON DELETE CASCADE
);
INSERT INTO "datasets" VALUES ('337252b2bf7b48fca75532e3bc595dc4', 1, 'churn', 'd1', 'http', '{"url": "http://example.org/churn.csv"}', '{}', '{}');
CREATE TABLE "experiment_tags" (
	"key" VARCHAR(250) NOT NULL, 
	value TEXT, 
	experiment_id INTEGER NOT NULL, 
	CONSTRAINT experiment_tag_pk PRIMARY KEY ("key", experiment_id), 
	FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id)
);
INSERT INTO "experiment_tags" VALUES ('owner', 'ana', 1);
INSERT INTO "experiment_tags" VALUES ('mlflow.note.content', 'about churn', 1);
CREATE TABLE "experiments" (
	experiment_id INTEGER NOT NULL, 
	name VARCHAR(256) NOT NULL, 
	artifact_location VARCHAR(256), 
	lifecycle_stage VARCHAR(32), 
	creation_time BIGINT, 
	last_update_time BIGINT, 
	workspace VARCHAR(63) DEFAULT 'default' NOT NULL, 
	CONSTRAINT experiment_pk PRIMARY KEY (experiment_id), 
	CONSTRAINT experiments_lifecycle_stage CHECK (lifecycle_stage IN ('active', 'deleted')), 
	CONSTRAINT uq_experiments_workspace_name UNIQUE (workspace, name)
);
INSERT INTO "experiments" VALUES (0, 'Default', '/srv/ml/mlruns/0', 'active', 1795303934885, 1795303934885, 'default');
INSERT INTO "experiments" VALUES (1, 'churn', '/srv/ml/mlruns/1', 'active', 1795303934900, 1795303934900, 'default');
INSERT INTO "experiments" VALUES (2, 'gone', '/srv/ml/mlruns/2', 'deleted', 1795303935830, 1795303935873, 'default');
CREATE TABLE input_tags (
	input_uuid VARCHAR(36) NOT NULL, 
	name VARCHAR(255) NOT NULL, 
	value VARCHAR(500) NOT NULL, 
	CONSTRAINT input_tags_pk PRIMARY KEY (input_uuid, name)
);
INSERT INTO "input_tags" VALUES ('e652afd24a84470abcb5e8de740f3ed7', 'mlflow.data.context', 'training');
CREATE TABLE inputs (
	input_uuid VARCHAR(36) NOT NULL, 
	source_type VARCHAR(36) NOT NULL, 
	source_id VARCHAR(36) NOT NULL, 
	destination_type VARCHAR(36) NOT NULL, 
	destination_id VARCHAR(36) NOT NULL, step BIGINT DEFAULT '0' NOT NULL, 
	CONSTRAINT inputs_pk PRIMARY KEY (source_type, source_id, destination_type, destination_id)
);
INSERT INTO "inputs" VALUES ('e652afd24a84470abcb5e8de740f3ed7', 'DATASET', '337252b2bf7b48fca75532e3bc595dc4', 'RUN', '4a2906a4491f47e1a4f958ce9a6e590a', 0);
INSERT INTO "inputs" VALUES ('16877f13ab714aeab4230fb9d6a57001', 'RUN_OUTPUT', '4a2906a4491f47e1a4f958ce9a6e590a', 'MODEL_OUTPUT', 'm-3a0fe5b9fecf4ffabe2253656f37bd6e', 2);
CREATE TABLE "latest_metrics" (
	"key" VARCHAR(250) NOT NULL, 
	value FLOAT NOT NULL, 
	timestamp BIGINT, 
	step BIGINT NOT NULL, 
	is_nan BOOLEAN NOT NULL, 
	run_uuid VARCHAR(32) NOT NULL, 
	CONSTRAINT latest_metric_pk PRIMARY KEY ("key", run_uuid), 
	FOREIGN KEY(run_uuid) REFERENCES runs (run_uuid), 
	CHECK (is_nan IN (0, 1))
);
INSERT INTO "latest_metrics" VALUES ('loss', 1.0e-300, 1795303935214, 4, 0, '4a2906a4491f47e1a4f958ce9a6e590a');
INSERT INTO "latest_metrics" VALUES ('val/acc', 0.75, 1795303935238, 0, 0, '4a2906a4491f47e1a4f958ce9a6e590a');
INSERT INTO "latest_metrics" VALUES ('back', 1.0, 1795303935258, -3, 0, '4a2906a4491f47e1a4f958ce9a6e590a');
INSERT INTO "latest_metrics" VALUES ('loss', 3.0, 1795303935346, 1, 0, 'fe4919b9a1d54d95b7f01c6928e33aab');
INSERT INTO "latest_metrics" VALUES ('wide', -1.79769313486231562234e+308, 6, 1, 0, 'e3107146fb1e4ad2b59ccd4877bca472');
INSERT INTO "latest_metrics" VALUES ('auc', 0.5, 7, 2, 0, '4a2906a4491f47e1a4f958ce9a6e590a');
CREATE TABLE logged_model_metrics (
	model_id VARCHAR(36) NOT NULL, 
	metric_name VARCHAR(500) NOT NULL, 
	metric_timestamp_ms BIGINT NOT NULL, 
	metric_step BIGINT NOT NULL, 
	metric_value FLOAT, 
	experiment_id INTEGER NOT NULL, 
	run_id VARCHAR(32) NOT NULL, 
	dataset_uuid VARCHAR(36), 
	dataset_name VARCHAR(500), 
	dataset_digest VARCHAR(36), 
	CONSTRAINT logged_model_metrics_pk PRIMARY KEY (model_id, metric_name, metric_timestamp_ms, metric_step, run_id), 
	CONSTRAINT fk_logged_model_metrics_experiment_id FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id), 
	CONSTRAINT fk_logged_model_metrics_model_id FOREIGN KEY(model_id) REFERENCES logged_models (model_id) ON DELETE CASCADE, 
	CONSTRAINT fk_logged_model_metrics_run_id FOREIGN KEY(run_id) REFERENCES runs (run_uuid) ON DELETE CASCADE
);
INSERT INTO "logged_model_metrics" VALUES ('m-3a0fe5b9fecf4ffabe2253656f37bd6e', 'auc', 7, 2, 0.5, 1, '4a2906a4491f47e1a4f958ce9a6e590a', NULL, NULL, NULL);
CREATE TABLE logged_model_params (
	model_id VARCHAR(36) NOT NULL, 
	experiment_id INTEGER NOT NULL, 
	param_key VARCHAR(255) NOT NULL, 
	param_value TEXT NOT NULL, 
	CONSTRAINT logged_model_params_pk PRIMARY KEY (model_id, param_key), 
	CONSTRAINT fk_logged_model_params_experiment_id FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id), 
	CONSTRAINT fk_logged_model_params_model_id FOREIGN KEY(model_id) REFERENCES logged_models (model_id) ON DELETE CASCADE
);
INSERT INTO "logged_model_params" VALUES ('m-3a0fe5b9fecf4ffabe2253656f37bd6e', 1, 'depth', '3');
CREATE TABLE logged_model_tags (
	model_id VARCHAR(36) NOT NULL, 
	experiment_id INTEGER NOT NULL, 
	tag_key VARCHAR(255) NOT NULL, 
	tag_value TEXT NOT NULL, 
	CONSTRAINT logged_model_tags_pk PRIMARY KEY (model_id, tag_key), 
	CONSTRAINT fk_logged_model_tags_experiment_id FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id), 
	CONSTRAINT fk_logged_model_tags_model_id FOREIGN KEY(model_id) REFERENCES logged_models (model_id) ON DELETE CASCADE
);
INSERT INTO "logged_model_tags" VALUES ('m-3a0fe5b9fecf4ffabe2253656f37bd6e', 1, 'mlflow.user', 'ana');
INSERT INTO "logged_model_tags" VALUES ('m-3a0fe5b9fecf4ffabe2253656f37bd6e', 1, 'mlflow.source.name', '/home/ana/churn/mlflow_store.py');
INSERT INTO "logged_model_tags" VALUES ('m-3a0fe5b9fecf4ffabe2253656f37bd6e', 1, 'mlflow.source.type', 'LOCAL');
INSERT INTO "logged_model_tags" VALUES ('m-3a0fe5b9fecf4ffabe2253656f37bd6e', 1, 'mlflow.source.git.commit', 'f40840649c79d3b3d0362e3a14f48862ddd9608c');
INSERT INTO "logged_model_tags" VALUES ('m-3a0fe5b9fecf4ffabe2253656f37bd6e', 1, 'mlflow.source.git.branch', 'moving');
INSERT INTO "logged_model_tags" VALUES ('m-3a0fe5b9fecf4ffabe2253656f37bd6e', 1, 'mlflow.source.git.repoURL', '/home/ana/churn');
INSERT INTO "logged_model_tags" VALUES ('m-3a0fe5b9fecf4ffabe2253656f37bd6e', 1, 'kind', 'tree');
CREATE TABLE logged_models (
	model_id VARCHAR(36) NOT NULL, 
	experiment_id INTEGER NOT NULL, 
	name VARCHAR(500) NOT NULL, 
	artifact_location VARCHAR(1000) NOT NULL, 
	creation_timestamp_ms BIGINT NOT NULL, 
	last_updated_timestamp_ms BIGINT NOT NULL, 
	status INTEGER NOT NULL, 
	lifecycle_stage VARCHAR(32), 
	model_type VARCHAR(500), 
	source_run_id VARCHAR(32), 
	status_message VARCHAR(1000), 
	CONSTRAINT logged_models_pk PRIMARY KEY (model_id), 
	CONSTRAINT logged_models_lifecycle_stage_check CHECK (lifecycle_stage IN ('active', 'deleted')), 
	CONSTRAINT fk_logged_models_experiment_id FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id) ON DELETE CASCADE
);
INSERT INTO "logged_models" VALUES ('m-3a0fe5b9fecf4ffabe2253656f37bd6e', 1, 'net', '/srv/ml/mlruns/1/models/m-3a0fe5b9fecf4ffabe2253656f37bd6e/artifacts', 1795303935569, 1795303935622, 2, 'active', NULL, '4a2906a4491f47e1a4f958ce9a6e590a', NULL);
CREATE TABLE "metrics" (
	"key" VARCHAR(250) NOT NULL, 
	value FLOAT NOT NULL, 
	timestamp BIGINT NOT NULL, 
	run_uuid VARCHAR(32) NOT NULL, 
	step BIGINT DEFAULT '0' NOT NULL, 
	is_nan BOOLEAN DEFAULT '0' NOT NULL, 
	CONSTRAINT metric_pk PRIMARY KEY ("key", timestamp, step, run_uuid, value, is_nan), 
	FOREIGN KEY(run_uuid) REFERENCES runs (run_uuid), 
	CHECK (is_nan IN (0, 1))
);
INSERT INTO "metrics" VALUES ('loss', 1.0, 1795303935127, '4a2906a4491f47e1a4f958ce9a6e590a', 0, 0);
INSERT INTO "metrics" VALUES ('loss', 0.0, 1795303935146, '4a2906a4491f47e1a4f958ce9a6e590a', 1, 1);
INSERT INTO "metrics" VALUES ('loss', 0.5, 1795303935166, '4a2906a4491f47e1a4f958ce9a6e590a', 2, 0);
INSERT INTO "metrics" VALUES ('loss', 0.25, 1795303935189, '4a2906a4491f47e1a4f958ce9a6e590a', 3, 0);
INSERT INTO "metrics" VALUES ('loss', 1.0e-300, 1795303935214, '4a2906a4491f47e1a4f958ce9a6e590a', 4, 0);
INSERT INTO "metrics" VALUES ('val/acc', 0.75, 1795303935238, '4a2906a4491f47e1a4f958ce9a6e590a', 0, 0);
INSERT INTO "metrics" VALUES ('back', 1.0, 1795303935258, '4a2906a4491f47e1a4f958ce9a6e590a', -3, 0);
INSERT INTO "metrics" VALUES ('loss', 3.0, 1795303935346, 'fe4919b9a1d54d95b7f01c6928e33aab', 1, 0);
INSERT INTO "metrics" VALUES ('wide', 1.79769313486231562234e+308, 5, 'e3107146fb1e4ad2b59ccd4877bca472', 0, 0);
INSERT INTO "metrics" VALUES ('wide', -1.79769313486231562234e+308, 6, 'e3107146fb1e4ad2b59ccd4877bca472', 1, 0);
INSERT INTO "metrics" VALUES ('auc', 0.5, 7, '4a2906a4491f47e1a4f958ce9a6e590a', 2, 0);
CREATE TABLE "model_version_tags" (
	"key" VARCHAR(250) NOT NULL, 
	value TEXT, 
	name VARCHAR(256) NOT NULL, 
	version INTEGER NOT NULL, 
	workspace VARCHAR(63) DEFAULT 'default' NOT NULL, 
	CONSTRAINT model_version_tag_pk PRIMARY KEY (workspace, "key", name, version), 
	CONSTRAINT fk_model_version_tags_model_versions FOREIGN KEY(workspace, name, version) REFERENCES model_versions (workspace, name, version) ON UPDATE CASCADE
);
INSERT INTO "model_version_tags" VALUES ('seen', 'yes', 'churn', 1, 'default');
INSERT INTO "model_version_tags" VALUES ('seen', 'yes', 'churn', 2, 'default');
INSERT INTO "model_version_tags" VALUES ('seen', 'yes', 'churn', 3, 'default');
CREATE TABLE "model_versions" (
	name VARCHAR(256) NOT NULL, 
	version INTEGER NOT NULL, 
	creation_time BIGINT, 
	last_updated_time BIGINT, 
	description VARCHAR(5000), 
	user_id VARCHAR(256), 
	current_stage VARCHAR(20), 
	source VARCHAR(500), 
	run_id VARCHAR(32), 
	status VARCHAR(20), 
	status_message VARCHAR(500), 
	run_link VARCHAR(500), 
	storage_location VARCHAR(500), 
	workspace VARCHAR(63) DEFAULT 'default' NOT NULL, 
	CONSTRAINT model_version_pk PRIMARY KEY (workspace, name, version), 
	CONSTRAINT fk_model_versions_registered_models FOREIGN KEY(workspace, name) REFERENCES registered_models (workspace, name) ON UPDATE CASCADE
);
INSERT INTO "model_versions" VALUES ('churn', 1, 1795303935674, 1795303935674, NULL, NULL, 'None', 'runs:/4a2906a4491f47e1a4f958ce9a6e590a/model', '4a2906a4491f47e1a4f958ce9a6e590a', 'READY', NULL, NULL, 'runs:/4a2906a4491f47e1a4f958ce9a6e590a/model', 'default');
INSERT INTO "model_versions" VALUES ('churn', 2, 1795303935698, 1795303935751, NULL, NULL, 'Deleted_Internal', 'REDACTED-SOURCE-PATH', 'REDACTED-RUN-ID', 'READY', NULL, 'REDACTED-RUN-LINK', 'runs:/4a2906a4491f47e1a4f958ce9a6e590a/model', 'default');
INSERT INTO "model_versions" VALUES ('churn', 3, 1795303935722, 1795303935791, 'the better one', NULL, 'Production', 'runs:/4a2906a4491f47e1a4f958ce9a6e590a/model', '4a2906a4491f47e1a4f958ce9a6e590a', 'READY', NULL, NULL, 'runs:/4a2906a4491f47e1a4f958ce9a6e590a/model', 'default');
CREATE TABLE "params" (
	"key" VARCHAR(250) NOT NULL, 
	value VARCHAR(8000) NOT NULL, 
	run_uuid VARCHAR(32) NOT NULL, 
	CONSTRAINT param_pk PRIMARY KEY ("key", run_uuid), 
	FOREIGN KEY(run_uuid) REFERENCES runs (run_uuid)
);
INSERT INTO "params" VALUES ('in', 'Default', 'beddec7860e14c57b37ac4dd16fb9c8e');
INSERT INTO "params" VALUES ('lr', '0.1', '4a2906a4491f47e1a4f958ce9a6e590a');
INSERT INTO "params" VALUES ('layers/0/units', '64', '4a2906a4491f47e1a4f958ce9a6e590a');
INSERT INTO "params" VALUES ('note', 'grün
zweite Zeile', '4a2906a4491f47e1a4f958ce9a6e590a');
INSERT INTO "params" VALUES ('kept', 'yes', '9d16c6a5cd4d41659225a4f1b9d2c9ce');
CREATE TABLE "registered_model_aliases" (
	alias VARCHAR(256) NOT NULL, 
	version INTEGER NOT NULL, 
	name VARCHAR(256) NOT NULL, 
	workspace VARCHAR(63) DEFAULT 'default' NOT NULL, 
	CONSTRAINT registered_model_alias_pk PRIMARY KEY (workspace, name, alias), 
	CONSTRAINT fk_registered_model_aliases_registered_models FOREIGN KEY(workspace, name) REFERENCES registered_models (workspace, name) ON DELETE CASCADE ON UPDATE CASCADE
);
INSERT INTO "registered_model_aliases" VALUES ('champion', 3, 'churn', 'default');
CREATE TABLE "registered_model_tags" (
	"key" VARCHAR(250) NOT NULL, 
	value VARCHAR(5000), 
	name VARCHAR(256) NOT NULL, 
	workspace VARCHAR(63) DEFAULT 'default' NOT NULL, 
	CONSTRAINT registered_model_tag_pk PRIMARY KEY (workspace, "key", name), 
	CONSTRAINT fk_registered_model_tags_registered_models FOREIGN KEY(workspace, name) REFERENCES registered_models (workspace, name) ON UPDATE CASCADE
);
INSERT INTO "registered_model_tags" VALUES ('area', 'sales', 'churn', 'default');
CREATE TABLE "registered_models" (
	name VARCHAR(256) NOT NULL, 
	creation_time BIGINT, 
	last_updated_time BIGINT, 
	description VARCHAR(5000), 
	workspace VARCHAR(63) DEFAULT 'default' NOT NULL, 
	CONSTRAINT registered_model_pk PRIMARY KEY (workspace, name)
);
INSERT INTO "registered_models" VALUES ('churn', 1795303935657, 1795303935791, 'who leaves', 'default');
CREATE TABLE "runs" (
	run_uuid VARCHAR(32) NOT NULL, 
	name VARCHAR(250), 
	source_type VARCHAR(20), 
	source_name VARCHAR(500), 
	entry_point_name VARCHAR(50), 
	user_id VARCHAR(256), 
	status VARCHAR(9), 
	start_time BIGINT, 
	end_time BIGINT, 
	source_version VARCHAR(50), 
	lifecycle_stage VARCHAR(20), 
	artifact_uri VARCHAR(200), 
	experiment_id INTEGER, deleted_time BIGINT, 
	CONSTRAINT run_pk PRIMARY KEY (run_uuid), 
	CONSTRAINT runs_lifecycle_stage CHECK (lifecycle_stage IN ('active', 'deleted')), 
	CONSTRAINT source_type CHECK (source_type IN ('NOTEBOOK', 'JOB', 'LOCAL', 'UNKNOWN', 'PROJECT')), 
	FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id), 
	CHECK (status IN ('SCHEDULED', 'FAILED', 'FINISHED', 'RUNNING', 'KILLED'))
);
INSERT INTO "runs" VALUES ('beddec7860e14c57b37ac4dd16fb9c8e', 'handsome-dog-514', 'UNKNOWN', '', '', 'unknown', 'RUNNING', 1795303934981, NULL, '', 'active', '/srv/ml/mlruns/0/beddec7860e14c57b37ac4dd16fb9c8e/artifacts', 0, NULL);
INSERT INTO "runs" VALUES ('4a2906a4491f47e1a4f958ce9a6e590a', 'first', 'UNKNOWN', '', '', 'ana', 'FINISHED', 1795303935081, 1795303935414, '', 'active', '/srv/ml/mlruns/1/4a2906a4491f47e1a4f958ce9a6e590a/artifacts', 1, NULL);
INSERT INTO "runs" VALUES ('fe4919b9a1d54d95b7f01c6928e33aab', 'child', 'UNKNOWN', '', '', 'ana', 'FINISHED', 1795303935322, 1795303935366, '', 'active', '/srv/ml/mlruns/1/fe4919b9a1d54d95b7f01c6928e33aab/artifacts', 1, NULL);
INSERT INTO "runs" VALUES ('e3107146fb1e4ad2b59ccd4877bca472', 'brawny-stoat-417', 'UNKNOWN', '', '', 'unknown', 'FAILED', 1700000000000, 1700000001000, '', 'active', '/srv/ml/mlruns/1/e3107146fb1e4ad2b59ccd4877bca472/artifacts', 1, NULL);
INSERT INTO "runs" VALUES ('9d16c6a5cd4d41659225a4f1b9d2c9ce', 'peaceful-frog-121', 'UNKNOWN', '', '', 'unknown', 'RUNNING', 1795303935508, NULL, '', 'deleted', '/srv/ml/mlruns/1/9d16c6a5cd4d41659225a4f1b9d2c9ce/artifacts', 1, 1795303935545);
INSERT INTO "runs" VALUES ('5ca95f16cc7b4619a3715c3cc75cad24', 'gaudy-mare-437', 'UNKNOWN', '', '', 'unknown', 'RUNNING', 1795303935846, NULL, '', 'deleted', '/srv/ml/mlruns/2/5ca95f16cc7b4619a3715c3cc75cad24/artifacts', 2, 1795303935876);
CREATE TABLE "tags" (
	"key" VARCHAR(250) NOT NULL, 
	value VARCHAR(8000), 
	run_uuid VARCHAR(32) NOT NULL, 
	CONSTRAINT tag_pk PRIMARY KEY ("key", run_uuid), 
	FOREIGN KEY(run_uuid) REFERENCES runs (run_uuid)
);
INSERT INTO "tags" VALUES ('mlflow.runName', 'handsome-dog-514', 'beddec7860e14c57b37ac4dd16fb9c8e');
INSERT INTO "tags" VALUES ('mlflow.user', 'ana', '4a2906a4491f47e1a4f958ce9a6e590a');
INSERT INTO "tags" VALUES ('mlflow.source.name', '/home/ana/churn/mlflow_store.py', '4a2906a4491f47e1a4f958ce9a6e590a');
INSERT INTO "tags" VALUES ('mlflow.source.type', 'LOCAL', '4a2906a4491f47e1a4f958ce9a6e590a');
INSERT INTO "tags" VALUES ('mlflow.source.git.commit', 'f40840649c79d3b3d0362e3a14f48862ddd9608c', '4a2906a4491f47e1a4f958ce9a6e590a');
INSERT INTO "tags" VALUES ('mlflow.source.git.branch', 'moving', '4a2906a4491f47e1a4f958ce9a6e590a');
INSERT INTO "tags" VALUES ('mlflow.source.git.repoURL', '/home/ana/churn', '4a2906a4491f47e1a4f958ce9a6e590a');
INSERT INTO "tags" VALUES ('mlflow.runName', 'first', '4a2906a4491f47e1a4f958ce9a6e590a');
INSERT INTO "tags" VALUES ('team', 'a', '4a2906a4491f47e1a4f958ce9a6e590a');
INSERT INTO "tags" VALUES ('mlflow.note.content', 'the *first* one', '4a2906a4491f47e1a4f958ce9a6e590a');
INSERT INTO "tags" VALUES ('mlflow.user', 'ana', 'fe4919b9a1d54d95b7f01c6928e33aab');
INSERT INTO "tags" VALUES ('mlflow.source.name', '/home/ana/churn/mlflow_store.py', 'fe4919b9a1d54d95b7f01c6928e33aab');
INSERT INTO "tags" VALUES ('mlflow.source.type', 'LOCAL', 'fe4919b9a1d54d95b7f01c6928e33aab');
INSERT INTO "tags" VALUES ('mlflow.source.git.commit', 'f40840649c79d3b3d0362e3a14f48862ddd9608c', 'fe4919b9a1d54d95b7f01c6928e33aab');
INSERT INTO "tags" VALUES ('mlflow.source.git.branch', 'moving', 'fe4919b9a1d54d95b7f01c6928e33aab');
INSERT INTO "tags" VALUES ('mlflow.source.git.repoURL', '/home/ana/churn', 'fe4919b9a1d54d95b7f01c6928e33aab');
INSERT INTO "tags" VALUES ('mlflow.parentRunId', '4a2906a4491f47e1a4f958ce9a6e590a', 'fe4919b9a1d54d95b7f01c6928e33aab');
INSERT INTO "tags" VALUES ('mlflow.runName', 'child', 'fe4919b9a1d54d95b7f01c6928e33aab');
INSERT INTO "tags" VALUES ('mlflow.runName', 'brawny-stoat-417', 'e3107146fb1e4ad2b59ccd4877bca472');
INSERT INTO "tags" VALUES ('mlflow.runName', 'peaceful-frog-121', '9d16c6a5cd4d41659225a4f1b9d2c9ce');
INSERT INTO "tags" VALUES ('mlflow.runName', 'gaudy-mare-437', '5ca95f16cc7b4619a3715c3cc75cad24');
CREATE TABLE workspaces (
	name VARCHAR(63) NOT NULL, 
	description TEXT, 
	default_artifact_root TEXT, trace_archival_location TEXT, trace_archival_retention VARCHAR(32), 
	CONSTRAINT workspaces_pk PRIMARY KEY (name)
);
INSERT INTO "workspaces" VALUES ('default', 'Default workspace for legacy resources', NULL, NULL, NULL);
