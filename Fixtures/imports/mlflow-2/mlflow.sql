CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES ('acf3f17fdcc7');
CREATE TABLE datasets (
	dataset_uuid VARCHAR(36) NOT NULL, 
	experiment_id INTEGER NOT NULL, 
	name VARCHAR(500) NOT NULL, 
	digest VARCHAR(36) NOT NULL, 
	dataset_source_type VARCHAR(36) NOT NULL, 
	dataset_source TEXT NOT NULL, 
	dataset_schema TEXT, 
	dataset_profile TEXT, 
	CONSTRAINT dataset_pk PRIMARY KEY (experiment_id, name, digest), 
	FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id)
);
INSERT INTO "datasets" VALUES ('de10259c007243a081c9d098b3eba8df', 1, 'churn', 'd1', 'http', '{"url": "http://example.org/churn.csv"}', '{}', '{}');
CREATE TABLE experiment_tags (
	"key" VARCHAR(250) NOT NULL, 
	value VARCHAR(5000), 
	experiment_id INTEGER NOT NULL, 
	CONSTRAINT experiment_tag_pk PRIMARY KEY ("key", experiment_id), 
	FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id)
);
INSERT INTO "experiment_tags" VALUES ('owner', 'ana', 1);
INSERT INTO "experiment_tags" VALUES ('mlflow.note.content', 'about churn', 1);
CREATE TABLE experiments (
	experiment_id INTEGER NOT NULL, 
	name VARCHAR(256) NOT NULL, 
	artifact_location VARCHAR(256), 
	lifecycle_stage VARCHAR(32), creation_time BIGINT, last_update_time BIGINT, 
	CONSTRAINT experiment_pk PRIMARY KEY (experiment_id), 
	CONSTRAINT experiments_lifecycle_stage CHECK (lifecycle_stage IN ('active', 'deleted')), 
	UNIQUE (name)
);
INSERT INTO "experiments" VALUES (0, 'Default', '/srv/ml/mlruns/0', 'active', 1795303923253, 1795303923253);
INSERT INTO "experiments" VALUES (1, 'churn', '/srv/ml/mlruns/1', 'active', 1795303923255, 1795303923255);
INSERT INTO "experiments" VALUES (2, 'gone', '/srv/ml/mlruns/2', 'deleted', 1795303923995, 1795303924032);
CREATE TABLE input_tags (
	input_uuid VARCHAR(36) NOT NULL, 
	name VARCHAR(255) NOT NULL, 
	value VARCHAR(500) NOT NULL, 
	CONSTRAINT input_tags_pk PRIMARY KEY (input_uuid, name)
);
INSERT INTO "input_tags" VALUES ('ae7c7280ea20440d811122517ead819f', 'mlflow.data.context', 'training');
CREATE TABLE inputs (
	input_uuid VARCHAR(36) NOT NULL, 
	source_type VARCHAR(36) NOT NULL, 
	source_id VARCHAR(36) NOT NULL, 
	destination_type VARCHAR(36) NOT NULL, 
	destination_id VARCHAR(36) NOT NULL, 
	CONSTRAINT inputs_pk PRIMARY KEY (source_type, source_id, destination_type, destination_id)
);
INSERT INTO "inputs" VALUES ('ae7c7280ea20440d811122517ead819f', 'DATASET', 'de10259c007243a081c9d098b3eba8df', 'RUN', 'b4154391a9a24de3aede26956d6dd4fb');
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
INSERT INTO "latest_metrics" VALUES ('loss', 1.0e-300, 1795303923458, 4, 0, 'b4154391a9a24de3aede26956d6dd4fb');
INSERT INTO "latest_metrics" VALUES ('val/acc', 0.75, 1795303923464, 0, 0, 'b4154391a9a24de3aede26956d6dd4fb');
INSERT INTO "latest_metrics" VALUES ('back', 1.0, 1795303923471, -3, 0, 'b4154391a9a24de3aede26956d6dd4fb');
INSERT INTO "latest_metrics" VALUES ('loss', 3.0, 1795303923586, 1, 0, 'ddb8fea5bf4f4ac0a92cf1b5817c4055');
INSERT INTO "latest_metrics" VALUES ('wide', -1.79769313486231562234e+308, 6, 1, 0, '7363dadcbb914eb2a8a09fa3f20abc18');
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
INSERT INTO "metrics" VALUES ('loss', 1.0, 1795303923410, 'b4154391a9a24de3aede26956d6dd4fb', 0, 0);
INSERT INTO "metrics" VALUES ('loss', 0.0, 1795303923424, 'b4154391a9a24de3aede26956d6dd4fb', 1, 1);
INSERT INTO "metrics" VALUES ('loss', 0.5, 1795303923446, 'b4154391a9a24de3aede26956d6dd4fb', 2, 0);
INSERT INTO "metrics" VALUES ('loss', 0.25, 1795303923450, 'b4154391a9a24de3aede26956d6dd4fb', 3, 0);
INSERT INTO "metrics" VALUES ('loss', 1.0e-300, 1795303923458, 'b4154391a9a24de3aede26956d6dd4fb', 4, 0);
INSERT INTO "metrics" VALUES ('val/acc', 0.75, 1795303923464, 'b4154391a9a24de3aede26956d6dd4fb', 0, 0);
INSERT INTO "metrics" VALUES ('back', 1.0, 1795303923471, 'b4154391a9a24de3aede26956d6dd4fb', -3, 0);
INSERT INTO "metrics" VALUES ('loss', 3.0, 1795303923586, 'ddb8fea5bf4f4ac0a92cf1b5817c4055', 1, 0);
INSERT INTO "metrics" VALUES ('wide', 1.79769313486231562234e+308, 5, '7363dadcbb914eb2a8a09fa3f20abc18', 0, 0);
INSERT INTO "metrics" VALUES ('wide', -1.79769313486231562234e+308, 6, '7363dadcbb914eb2a8a09fa3f20abc18', 1, 0);
CREATE TABLE model_version_tags (
	"key" VARCHAR(250) NOT NULL, 
	value VARCHAR(5000), 
	name VARCHAR(256) NOT NULL, 
	version INTEGER NOT NULL, 
	CONSTRAINT model_version_tag_pk PRIMARY KEY ("key", name, version), 
	FOREIGN KEY(name, version) REFERENCES model_versions (name, version) ON UPDATE cascade
);
INSERT INTO "model_version_tags" VALUES ('seen', 'yes', 'churn', 1);
INSERT INTO "model_version_tags" VALUES ('seen', 'yes', 'churn', 2);
INSERT INTO "model_version_tags" VALUES ('seen', 'yes', 'churn', 3);
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
	run_link VARCHAR(500), storage_location VARCHAR(500), 
	CONSTRAINT model_version_pk PRIMARY KEY (name, version), 
	FOREIGN KEY(name) REFERENCES registered_models (name) ON UPDATE CASCADE
);
INSERT INTO "model_versions" VALUES ('churn', 1, 1795303923877, 1795303923877, NULL, NULL, 'None', 'runs:/b4154391a9a24de3aede26956d6dd4fb/model', 'b4154391a9a24de3aede26956d6dd4fb', 'READY', NULL, NULL, 'runs:/b4154391a9a24de3aede26956d6dd4fb/model');
INSERT INTO "model_versions" VALUES ('churn', 2, 1795303923907, 1795303923933, NULL, NULL, 'Deleted_Internal', 'REDACTED-SOURCE-PATH', 'REDACTED-RUN-ID', 'READY', NULL, 'REDACTED-RUN-LINK', 'runs:/b4154391a9a24de3aede26956d6dd4fb/model');
INSERT INTO "model_versions" VALUES ('churn', 3, 1795303923919, 1795303923973, 'the better one', NULL, 'Production', 'runs:/b4154391a9a24de3aede26956d6dd4fb/model', 'b4154391a9a24de3aede26956d6dd4fb', 'READY', NULL, NULL, 'runs:/b4154391a9a24de3aede26956d6dd4fb/model');
CREATE TABLE "params" (
	"key" VARCHAR(250) NOT NULL, 
	value VARCHAR(8000) NOT NULL, 
	run_uuid VARCHAR(32) NOT NULL, 
	CONSTRAINT param_pk PRIMARY KEY ("key", run_uuid), 
	FOREIGN KEY(run_uuid) REFERENCES runs (run_uuid)
);
INSERT INTO "params" VALUES ('in', 'Default', 'a92fc99fa4a249498de534963d32bac8');
INSERT INTO "params" VALUES ('lr', '0.1', 'b4154391a9a24de3aede26956d6dd4fb');
INSERT INTO "params" VALUES ('layers/0/units', '64', 'b4154391a9a24de3aede26956d6dd4fb');
INSERT INTO "params" VALUES ('note', 'grün
zweite Zeile', 'b4154391a9a24de3aede26956d6dd4fb');
INSERT INTO "params" VALUES ('kept', 'yes', '8e5605b7666844908bcdd94b310ae0ee');
CREATE TABLE registered_model_aliases (
	alias VARCHAR(256) NOT NULL, 
	version INTEGER NOT NULL, 
	name VARCHAR(256) NOT NULL, 
	CONSTRAINT registered_model_alias_pk PRIMARY KEY (name, alias), 
	CONSTRAINT registered_model_alias_name_fkey FOREIGN KEY(name) REFERENCES registered_models (name) ON DELETE cascade ON UPDATE cascade
);
INSERT INTO "registered_model_aliases" VALUES ('champion', 3, 'churn');
CREATE TABLE registered_model_tags (
	"key" VARCHAR(250) NOT NULL, 
	value VARCHAR(5000), 
	name VARCHAR(256) NOT NULL, 
	CONSTRAINT registered_model_tag_pk PRIMARY KEY ("key", name), 
	FOREIGN KEY(name) REFERENCES registered_models (name) ON UPDATE cascade
);
INSERT INTO "registered_model_tags" VALUES ('area', 'sales', 'churn');
CREATE TABLE registered_models (
	name VARCHAR(256) NOT NULL, 
	creation_time BIGINT, 
	last_updated_time BIGINT, 
	description VARCHAR(5000), 
	CONSTRAINT registered_model_pk PRIMARY KEY (name), 
	UNIQUE (name)
);
INSERT INTO "registered_models" VALUES ('churn', 1795303923843, 1795303923973, 'who leaves');
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
INSERT INTO "runs" VALUES ('a92fc99fa4a249498de534963d32bac8', 'peaceful-fawn-667', 'UNKNOWN', '', '', 'unknown', 'RUNNING', 1795303923290, NULL, '', 'active', '/srv/ml/mlruns/0/a92fc99fa4a249498de534963d32bac8/artifacts', 0, NULL);
INSERT INTO "runs" VALUES ('b4154391a9a24de3aede26956d6dd4fb', 'first', 'UNKNOWN', '', '', 'ana', 'FINISHED', 1795303923375, 1795303923658, '', 'active', '/srv/ml/mlruns/1/b4154391a9a24de3aede26956d6dd4fb/artifacts', 1, NULL);
INSERT INTO "runs" VALUES ('ddb8fea5bf4f4ac0a92cf1b5817c4055', 'child', 'UNKNOWN', '', '', 'ana', 'FINISHED', 1795303923554, 1795303923610, '', 'active', '/srv/ml/mlruns/1/ddb8fea5bf4f4ac0a92cf1b5817c4055/artifacts', 1, NULL);
INSERT INTO "runs" VALUES ('7363dadcbb914eb2a8a09fa3f20abc18', 'delicate-pig-715', 'UNKNOWN', '', '', 'unknown', 'FAILED', 1700000000000, 1700000001000, '', 'active', '/srv/ml/mlruns/1/7363dadcbb914eb2a8a09fa3f20abc18/artifacts', 1, NULL);
INSERT INTO "runs" VALUES ('8e5605b7666844908bcdd94b310ae0ee', 'bold-seal-726', 'UNKNOWN', '', '', 'unknown', 'RUNNING', 1795303923773, NULL, '', 'deleted', '/srv/ml/mlruns/1/8e5605b7666844908bcdd94b310ae0ee/artifacts', 1, 1795303923817);
INSERT INTO "runs" VALUES ('d26d63d071a04504a062418fcd37e2a5', 'delicate-fish-278', 'UNKNOWN', '', '', 'unknown', 'RUNNING', 1795303924018, NULL, '', 'deleted', '/srv/ml/mlruns/2/d26d63d071a04504a062418fcd37e2a5/artifacts', 2, 1795303924041);
CREATE TABLE "tags" (
	"key" VARCHAR(250) NOT NULL, 
	value VARCHAR(5000), 
	run_uuid VARCHAR(32) NOT NULL, 
	CONSTRAINT tag_pk PRIMARY KEY ("key", run_uuid), 
	FOREIGN KEY(run_uuid) REFERENCES runs (run_uuid)
);
INSERT INTO "tags" VALUES ('mlflow.runName', 'peaceful-fawn-667', 'a92fc99fa4a249498de534963d32bac8');
INSERT INTO "tags" VALUES ('mlflow.user', 'ana', 'b4154391a9a24de3aede26956d6dd4fb');
INSERT INTO "tags" VALUES ('mlflow.source.name', '/home/ana/churn/mlflow_store.py', 'b4154391a9a24de3aede26956d6dd4fb');
INSERT INTO "tags" VALUES ('mlflow.source.type', 'LOCAL', 'b4154391a9a24de3aede26956d6dd4fb');
INSERT INTO "tags" VALUES ('mlflow.source.git.commit', 'f40840649c79d3b3d0362e3a14f48862ddd9608c', 'b4154391a9a24de3aede26956d6dd4fb');
INSERT INTO "tags" VALUES ('mlflow.runName', 'first', 'b4154391a9a24de3aede26956d6dd4fb');
INSERT INTO "tags" VALUES ('team', 'a', 'b4154391a9a24de3aede26956d6dd4fb');
INSERT INTO "tags" VALUES ('mlflow.note.content', 'the *first* one', 'b4154391a9a24de3aede26956d6dd4fb');
INSERT INTO "tags" VALUES ('mlflow.user', 'ana', 'ddb8fea5bf4f4ac0a92cf1b5817c4055');
INSERT INTO "tags" VALUES ('mlflow.source.name', '/home/ana/churn/mlflow_store.py', 'ddb8fea5bf4f4ac0a92cf1b5817c4055');
INSERT INTO "tags" VALUES ('mlflow.source.type', 'LOCAL', 'ddb8fea5bf4f4ac0a92cf1b5817c4055');
INSERT INTO "tags" VALUES ('mlflow.source.git.commit', 'f40840649c79d3b3d0362e3a14f48862ddd9608c', 'ddb8fea5bf4f4ac0a92cf1b5817c4055');
INSERT INTO "tags" VALUES ('mlflow.parentRunId', 'b4154391a9a24de3aede26956d6dd4fb', 'ddb8fea5bf4f4ac0a92cf1b5817c4055');
INSERT INTO "tags" VALUES ('mlflow.runName', 'child', 'ddb8fea5bf4f4ac0a92cf1b5817c4055');
INSERT INTO "tags" VALUES ('mlflow.runName', 'delicate-pig-715', '7363dadcbb914eb2a8a09fa3f20abc18');
INSERT INTO "tags" VALUES ('mlflow.runName', 'bold-seal-726', '8e5605b7666844908bcdd94b310ae0ee');
INSERT INTO "tags" VALUES ('mlflow.runName', 'delicate-fish-278', 'd26d63d071a04504a062418fcd37e2a5');
