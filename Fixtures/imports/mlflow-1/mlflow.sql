CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES ('97727af70f4d');
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
INSERT INTO "experiments" VALUES (0, 'Default', './mlruns/0', 'active', 1795303915995, 1795303915995);
INSERT INTO "experiments" VALUES (1, 'churn', './mlruns/1', 'active', 1795303916003, 1795303916003);
INSERT INTO "experiments" VALUES (2, 'gone', './mlruns/2', 'deleted', 1795303916851, 1795303916880);
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
INSERT INTO "latest_metrics" VALUES ('loss', 1.0e-300, 1795303916306, 4, 0, 'a3d81afeb77345329113d821282f8ffb');
INSERT INTO "latest_metrics" VALUES ('val/acc', 0.75, 1795303916326, 0, 0, 'a3d81afeb77345329113d821282f8ffb');
INSERT INTO "latest_metrics" VALUES ('back', 1.0, 1795303916334, -3, 0, 'a3d81afeb77345329113d821282f8ffb');
INSERT INTO "latest_metrics" VALUES ('loss', 3.0, 1795303916418, 1, 0, 'd70cda6f35754664925dc9f0a1a4e5c3');
INSERT INTO "latest_metrics" VALUES ('wide', -1.79769313486231562234e+308, 6, 1, 0, 'fe749b86648240429228c99a06e6e096');
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
INSERT INTO "metrics" VALUES ('loss', 1.0, 1795303916192, 'a3d81afeb77345329113d821282f8ffb', 0, 0);
INSERT INTO "metrics" VALUES ('loss', 0.0, 1795303916218, 'a3d81afeb77345329113d821282f8ffb', 1, 1);
INSERT INTO "metrics" VALUES ('loss', 0.5, 1795303916258, 'a3d81afeb77345329113d821282f8ffb', 2, 0);
INSERT INTO "metrics" VALUES ('loss', 0.25, 1795303916278, 'a3d81afeb77345329113d821282f8ffb', 3, 0);
INSERT INTO "metrics" VALUES ('loss', 1.0e-300, 1795303916306, 'a3d81afeb77345329113d821282f8ffb', 4, 0);
INSERT INTO "metrics" VALUES ('val/acc', 0.75, 1795303916326, 'a3d81afeb77345329113d821282f8ffb', 0, 0);
INSERT INTO "metrics" VALUES ('back', 1.0, 1795303916334, 'a3d81afeb77345329113d821282f8ffb', -3, 0);
INSERT INTO "metrics" VALUES ('loss', 3.0, 1795303916418, 'd70cda6f35754664925dc9f0a1a4e5c3', 1, 0);
INSERT INTO "metrics" VALUES ('wide', 1.79769313486231562234e+308, 5, 'fe749b86648240429228c99a06e6e096', 0, 0);
INSERT INTO "metrics" VALUES ('wide', -1.79769313486231562234e+308, 6, 'fe749b86648240429228c99a06e6e096', 1, 0);
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
	run_link VARCHAR(500), 
	CONSTRAINT model_version_pk PRIMARY KEY (name, version), 
	FOREIGN KEY(name) REFERENCES registered_models (name) ON UPDATE CASCADE
);
INSERT INTO "model_versions" VALUES ('churn', 1, 1795303916760, 1795303916760, NULL, NULL, 'None', 'runs:/a3d81afeb77345329113d821282f8ffb/model', 'a3d81afeb77345329113d821282f8ffb', 'READY', NULL, NULL);
INSERT INTO "model_versions" VALUES ('churn', 2, 1795303916783, 1795303916807, NULL, NULL, 'Deleted_Internal', 'REDACTED-SOURCE-PATH', 'REDACTED-RUN-ID', 'READY', NULL, 'REDACTED-RUN-LINK');
INSERT INTO "model_versions" VALUES ('churn', 3, 1795303916796, 1795303916836, 'the better one', NULL, 'Production', 'runs:/a3d81afeb77345329113d821282f8ffb/model', 'a3d81afeb77345329113d821282f8ffb', 'READY', NULL, NULL);
CREATE TABLE "params" (
	"key" VARCHAR(250) NOT NULL, 
	value VARCHAR(500) NOT NULL, 
	run_uuid VARCHAR(32) NOT NULL, 
	CONSTRAINT param_pk PRIMARY KEY ("key", run_uuid), 
	FOREIGN KEY(run_uuid) REFERENCES runs (run_uuid)
);
INSERT INTO "params" VALUES ('in', 'Default', 'c357325e1821457cb1832c4046e0cf2f');
INSERT INTO "params" VALUES ('lr', '0.1', 'a3d81afeb77345329113d821282f8ffb');
INSERT INTO "params" VALUES ('layers/0/units', '64', 'a3d81afeb77345329113d821282f8ffb');
INSERT INTO "params" VALUES ('note', 'grün
zweite Zeile', 'a3d81afeb77345329113d821282f8ffb');
INSERT INTO "params" VALUES ('kept', 'yes', 'a3fe6b98e64a47c68797a74aeffa25a5');
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
INSERT INTO "registered_models" VALUES ('churn', 1795303916703, 1795303916836, 'who leaves');
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
INSERT INTO "runs" VALUES ('c357325e1821457cb1832c4046e0cf2f', 'intelligent-shad-131', 'UNKNOWN', '', '', 'unknown', 'RUNNING', 1795303916042, NULL, '', 'active', './mlruns/0/c357325e1821457cb1832c4046e0cf2f/artifacts', 0, NULL);
INSERT INTO "runs" VALUES ('a3d81afeb77345329113d821282f8ffb', 'first', 'UNKNOWN', '', '', 'ana', 'FINISHED', 1795303916148, 1795303916435, '', 'active', './mlruns/1/a3d81afeb77345329113d821282f8ffb/artifacts', 1, NULL);
INSERT INTO "runs" VALUES ('d70cda6f35754664925dc9f0a1a4e5c3', 'child', 'UNKNOWN', '', '', 'ana', 'FINISHED', 1795303916378, 1795303916428, '', 'active', './mlruns/1/d70cda6f35754664925dc9f0a1a4e5c3/artifacts', 1, NULL);
INSERT INTO "runs" VALUES ('fe749b86648240429228c99a06e6e096', 'bright-sponge-350', 'UNKNOWN', '', '', 'unknown', 'FAILED', 1700000000000, 1700000001000, '', 'active', './mlruns/1/fe749b86648240429228c99a06e6e096/artifacts', 1, NULL);
INSERT INTO "runs" VALUES ('a3fe6b98e64a47c68797a74aeffa25a5', 'spiffy-tern-18', 'UNKNOWN', '', '', 'unknown', 'RUNNING', 1795303916594, NULL, '', 'deleted', './mlruns/1/a3fe6b98e64a47c68797a74aeffa25a5/artifacts', 1, 1795303916635);
INSERT INTO "runs" VALUES ('d64b71afb93f4d05ba900b791d063d8f', 'colorful-fish-422', 'UNKNOWN', '', '', 'unknown', 'RUNNING', 1795303916862, NULL, '', 'deleted', './mlruns/2/d64b71afb93f4d05ba900b791d063d8f/artifacts', 2, 1795303916886);
CREATE TABLE "tags" (
	"key" VARCHAR(250) NOT NULL, 
	value VARCHAR(5000), 
	run_uuid VARCHAR(32) NOT NULL, 
	CONSTRAINT tag_pk PRIMARY KEY ("key", run_uuid), 
	FOREIGN KEY(run_uuid) REFERENCES runs (run_uuid)
);
INSERT INTO "tags" VALUES ('mlflow.runName', 'intelligent-shad-131', 'c357325e1821457cb1832c4046e0cf2f');
INSERT INTO "tags" VALUES ('mlflow.user', 'ana', 'a3d81afeb77345329113d821282f8ffb');
INSERT INTO "tags" VALUES ('mlflow.source.name', '/home/ana/churn/mlflow_store.py', 'a3d81afeb77345329113d821282f8ffb');
INSERT INTO "tags" VALUES ('mlflow.source.type', 'LOCAL', 'a3d81afeb77345329113d821282f8ffb');
INSERT INTO "tags" VALUES ('mlflow.source.git.commit', 'f40840649c79d3b3d0362e3a14f48862ddd9608c', 'a3d81afeb77345329113d821282f8ffb');
INSERT INTO "tags" VALUES ('mlflow.runName', 'first', 'a3d81afeb77345329113d821282f8ffb');
INSERT INTO "tags" VALUES ('team', 'a', 'a3d81afeb77345329113d821282f8ffb');
INSERT INTO "tags" VALUES ('mlflow.note.content', 'the *first* one', 'a3d81afeb77345329113d821282f8ffb');
INSERT INTO "tags" VALUES ('mlflow.user', 'ana', 'd70cda6f35754664925dc9f0a1a4e5c3');
INSERT INTO "tags" VALUES ('mlflow.source.name', '/home/ana/churn/mlflow_store.py', 'd70cda6f35754664925dc9f0a1a4e5c3');
INSERT INTO "tags" VALUES ('mlflow.source.type', 'LOCAL', 'd70cda6f35754664925dc9f0a1a4e5c3');
INSERT INTO "tags" VALUES ('mlflow.source.git.commit', 'f40840649c79d3b3d0362e3a14f48862ddd9608c', 'd70cda6f35754664925dc9f0a1a4e5c3');
INSERT INTO "tags" VALUES ('mlflow.parentRunId', 'a3d81afeb77345329113d821282f8ffb', 'd70cda6f35754664925dc9f0a1a4e5c3');
INSERT INTO "tags" VALUES ('mlflow.runName', 'child', 'd70cda6f35754664925dc9f0a1a4e5c3');
INSERT INTO "tags" VALUES ('mlflow.runName', 'bright-sponge-350', 'fe749b86648240429228c99a06e6e096');
INSERT INTO "tags" VALUES ('mlflow.runName', 'spiffy-tern-18', 'a3fe6b98e64a47c68797a74aeffa25a5');
INSERT INTO "tags" VALUES ('mlflow.runName', 'colorful-fish-422', 'd64b71afb93f4d05ba900b791d063d8f');
