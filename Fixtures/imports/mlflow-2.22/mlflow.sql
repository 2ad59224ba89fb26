CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES ('0584bdc529eb');
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
INSERT INTO "datasets" VALUES ('77de45b4547a41459ddc0a944ba76dae', 1, 'churn', 'd1', 'http', '{"url": "http://example.org/churn.csv"}', '{}', '{}');
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
INSERT INTO "experiments" VALUES (0, 'Default', '/srv/ml/mlruns/0', 'active', 1795316870646, 1795316870646);
INSERT INTO "experiments" VALUES (1, 'churn', '/srv/ml/mlruns/1', 'active', 1795316870666, 1795316870666);
INSERT INTO "experiments" VALUES (2, 'gone', '/srv/ml/mlruns/2', 'deleted', 1795316872350, 1795316872395);
CREATE TABLE input_tags (
	input_uuid VARCHAR(36) NOT NULL, 
	name VARCHAR(255) NOT NULL, 
	value VARCHAR(500) NOT NULL, 
	CONSTRAINT input_tags_pk PRIMARY KEY (input_uuid, name)
);
INSERT INTO "input_tags" VALUES ('77121a1ea33f4e54a4d1c29d133c73e7', 'mlflow.data.context', 'training');
CREATE TABLE inputs (
	input_uuid VARCHAR(36) NOT NULL, 
	source_type VARCHAR(36) NOT NULL, 
	source_id VARCHAR(36) NOT NULL, 
	destination_type VARCHAR(36) NOT NULL, 
	destination_id VARCHAR(36) NOT NULL, 
	CONSTRAINT inputs_pk PRIMARY KEY (source_type, source_id, destination_type, destination_id)
);
INSERT INTO "inputs" VALUES ('77121a1ea33f4e54a4d1c29d133c73e7', 'DATASET', '77de45b4547a41459ddc0a944ba76dae', 'RUN', '56581f8a8ab14c3490e76a2814a0fb42');
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
INSERT INTO "latest_metrics" VALUES ('loss', 1.0e-300, 1795316871066, 4, 0, '56581f8a8ab14c3490e76a2814a0fb42');
INSERT INTO "latest_metrics" VALUES ('val/acc', 0.75, 1795316871090, 0, 0, '56581f8a8ab14c3490e76a2814a0fb42');
INSERT INTO "latest_metrics" VALUES ('back', 1.0, 1795316871110, -3, 0, '56581f8a8ab14c3490e76a2814a0fb42');
INSERT INTO "latest_metrics" VALUES ('loss', 3.0, 1795316871230, 1, 0, '2299b8d906f94308b1b724c19f2addcb');
INSERT INTO "latest_metrics" VALUES ('wide', -1.79769313486231562234e+308, 6, 1, 0, 'e0bed1fe25a34076a4756ee27e7909fa');
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
INSERT INTO "metrics" VALUES ('loss', 1.0, 1795316870958, '56581f8a8ab14c3490e76a2814a0fb42', 0, 0);
INSERT INTO "metrics" VALUES ('loss', 0.0, 1795316870990, '56581f8a8ab14c3490e76a2814a0fb42', 1, 1);
INSERT INTO "metrics" VALUES ('loss', 0.5, 1795316871022, '56581f8a8ab14c3490e76a2814a0fb42', 2, 0);
INSERT INTO "metrics" VALUES ('loss', 0.25, 1795316871046, '56581f8a8ab14c3490e76a2814a0fb42', 3, 0);
INSERT INTO "metrics" VALUES ('loss', 1.0e-300, 1795316871066, '56581f8a8ab14c3490e76a2814a0fb42', 4, 0);
INSERT INTO "metrics" VALUES ('val/acc', 0.75, 1795316871090, '56581f8a8ab14c3490e76a2814a0fb42', 0, 0);
INSERT INTO "metrics" VALUES ('back', 1.0, 1795316871110, '56581f8a8ab14c3490e76a2814a0fb42', -3, 0);
INSERT INTO "metrics" VALUES ('loss', 3.0, 1795316871230, '2299b8d906f94308b1b724c19f2addcb', 1, 0);
INSERT INTO "metrics" VALUES ('wide', 1.79769313486231562234e+308, 5, 'e0bed1fe25a34076a4756ee27e7909fa', 0, 0);
INSERT INTO "metrics" VALUES ('wide', -1.79769313486231562234e+308, 6, 'e0bed1fe25a34076a4756ee27e7909fa', 1, 0);
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
INSERT INTO "model_versions" VALUES ('churn', 1, 1795316872166, 1795316872166, NULL, NULL, 'None', 'runs:/56581f8a8ab14c3490e76a2814a0fb42/model', '56581f8a8ab14c3490e76a2814a0fb42', 'READY', NULL, NULL, 'runs:/56581f8a8ab14c3490e76a2814a0fb42/model');
INSERT INTO "model_versions" VALUES ('churn', 2, 1795316872190, 1795316872241, NULL, NULL, 'Deleted_Internal', 'REDACTED-SOURCE-PATH', 'REDACTED-RUN-ID', 'READY', NULL, 'REDACTED-RUN-LINK', 'runs:/56581f8a8ab14c3490e76a2814a0fb42/model');
INSERT INTO "model_versions" VALUES ('churn', 3, 1795316872210, 1795316872298, 'the better one', NULL, 'Production', 'runs:/56581f8a8ab14c3490e76a2814a0fb42/model', '56581f8a8ab14c3490e76a2814a0fb42', 'READY', NULL, NULL, 'runs:/56581f8a8ab14c3490e76a2814a0fb42/model');
CREATE TABLE "params" (
	"key" VARCHAR(250) NOT NULL, 
	value VARCHAR(8000) NOT NULL, 
	run_uuid VARCHAR(32) NOT NULL, 
	CONSTRAINT param_pk PRIMARY KEY ("key", run_uuid), 
	FOREIGN KEY(run_uuid) REFERENCES runs (run_uuid)
);
INSERT INTO "params" VALUES ('in', 'Default', '9c021c4eb2f04c50ab382b610f681cd8');
INSERT INTO "params" VALUES ('lr', '0.1', '56581f8a8ab14c3490e76a2814a0fb42');
INSERT INTO "params" VALUES ('layers/0/units', '64', '56581f8a8ab14c3490e76a2814a0fb42');
INSERT INTO "params" VALUES ('note', 'grün
zweite Zeile', '56581f8a8ab14c3490e76a2814a0fb42');
INSERT INTO "params" VALUES ('kept', 'yes', '30438490067847f991118909d5822562');
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
INSERT INTO "registered_models" VALUES ('churn', 1795316872143, 1795316872298, 'who leaves');
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
	CONSTRAINT source_type CHECK (source_type IN ('NOTEBOOK', 'JOB', 'LOCAL', 'UNKNOWN', 'PROJECT')), 
	CONSTRAINT runs_lifecycle_stage CHECK (lifecycle_stage IN ('active', 'deleted')), 
	FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id), 
	CHECK (status IN ('SCHEDULED', 'FAILED', 'FINISHED', 'RUNNING', 'KILLED'))
);
INSERT INTO "runs" VALUES ('9c021c4eb2f04c50ab382b610f681cd8', 'fearless-rook-750', 'UNKNOWN', '', '', 'unknown', 'RUNNING', 1795316870749, NULL, '', 'active', '/srv/ml/mlruns/0/9c021c4eb2f04c50ab382b610f681cd8/artifacts', 0, NULL);
INSERT INTO "runs" VALUES ('56581f8a8ab14c3490e76a2814a0fb42', 'first', 'UNKNOWN', '', '', 'ana', 'FINISHED', 1795316870899, 1795316872046, '', 'active', '/srv/ml/mlruns/1/56581f8a8ab14c3490e76a2814a0fb42/artifacts', 1, NULL);
INSERT INTO "runs" VALUES ('2299b8d906f94308b1b724c19f2addcb', 'child', 'UNKNOWN', '', '', 'ana', 'FINISHED', 1795316871179, 1795316871258, '', 'active', '/srv/ml/mlruns/1/2299b8d906f94308b1b724c19f2addcb/artifacts', 1, NULL);
INSERT INTO "runs" VALUES ('e0bed1fe25a34076a4756ee27e7909fa', 'rebellious-goat-290', 'UNKNOWN', '', '', 'unknown', 'FAILED', 1700000000000, 1700000001000, '', 'active', '/srv/ml/mlruns/1/e0bed1fe25a34076a4756ee27e7909fa/artifacts', 1, NULL);
INSERT INTO "runs" VALUES ('30438490067847f991118909d5822562', 'bemused-auk-983', 'UNKNOWN', '', '', 'unknown', 'RUNNING', 1795316871525, NULL, '', 'deleted', '/srv/ml/mlruns/1/30438490067847f991118909d5822562/artifacts', 1, 1795316871582);
INSERT INTO "runs" VALUES ('9d98436c359d43d787ac6247dbe9a263', 'bald-lamb-867', 'UNKNOWN', '', '', 'unknown', 'RUNNING', 1795316872369, NULL, '', 'deleted', '/srv/ml/mlruns/2/9d98436c359d43d787ac6247dbe9a263/artifacts', 2, 1795316872397);
CREATE TABLE "tags" (
	"key" VARCHAR(250) NOT NULL, 
	value VARCHAR(8000), 
	run_uuid VARCHAR(32) NOT NULL, 
	CONSTRAINT tag_pk PRIMARY KEY ("key", run_uuid), 
	FOREIGN KEY(run_uuid) REFERENCES runs (run_uuid)
);
INSERT INTO "tags" VALUES ('mlflow.runName', 'fearless-rook-750', '9c021c4eb2f04c50ab382b610f681cd8');
INSERT INTO "tags" VALUES ('mlflow.user', 'ana', '56581f8a8ab14c3490e76a2814a0fb42');
INSERT INTO "tags" VALUES ('mlflow.source.name', '/srv/ml/train.py', '56581f8a8ab14c3490e76a2814a0fb42');
INSERT INTO "tags" VALUES ('mlflow.source.type', 'LOCAL', '56581f8a8ab14c3490e76a2814a0fb42');
INSERT INTO "tags" VALUES ('mlflow.runName', 'first', '56581f8a8ab14c3490e76a2814a0fb42');
INSERT INTO "tags" VALUES ('team', 'a', '56581f8a8ab14c3490e76a2814a0fb42');
INSERT INTO "tags" VALUES ('mlflow.note.content', 'the *first* one', '56581f8a8ab14c3490e76a2814a0fb42');
INSERT INTO "tags" VALUES ('mlflow.user', 'ana', '2299b8d906f94308b1b724c19f2addcb');
INSERT INTO "tags" VALUES ('mlflow.source.name', '/srv/ml/train.py', '2299b8d906f94308b1b724c19f2addcb');
INSERT INTO "tags" VALUES ('mlflow.source.type', 'LOCAL', '2299b8d906f94308b1b724c19f2addcb');
INSERT INTO "tags" VALUES ('mlflow.parentRunId', '56581f8a8ab14c3490e76a2814a0fb42', '2299b8d906f94308b1b724c19f2addcb');
INSERT INTO "tags" VALUES ('mlflow.runName', 'child', '2299b8d906f94308b1b724c19f2addcb');
INSERT INTO "tags" VALUES ('mlflow.runName', 'rebellious-goat-290', 'e0bed1fe25a34076a4756ee27e7909fa');
INSERT INTO "tags" VALUES ('mlflow.runName', 'bemused-auk-983', '30438490067847f991118909d5822562');
INSERT INTO "tags" VALUES ('mlflow.runName', 'bald-lamb-867', '9d98436c359d43d787ac6247dbe9a263');
CREATE TABLE trace_info (
	request_id VARCHAR(50) NOT NULL, 
	experiment_id INTEGER NOT NULL, 
	timestamp_ms BIGINT NOT NULL, 
	execution_time_ms BIGINT, 
	status VARCHAR(50) NOT NULL, 
	CONSTRAINT trace_info_pk PRIMARY KEY (request_id), 
	CONSTRAINT fk_trace_info_experiment_id FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id)
);
INSERT INTO "trace_info" VALUES ('83383158bffe4ee0bdf3a3d7a1210465', 1, 1795316871622, 364, 'OK');
INSERT INTO "trace_info" VALUES ('8750369e327949b99617cf5d44c9179a', 1, 1795316872065, 25, 'ERROR');
CREATE TABLE "trace_request_metadata" (
	"key" VARCHAR(250) NOT NULL, 
	value VARCHAR(8000), 
	request_id VARCHAR(50) NOT NULL, 
	CONSTRAINT trace_request_metadata_pk PRIMARY KEY ("key", request_id), 
	CONSTRAINT fk_trace_request_metadata_request_id FOREIGN KEY(request_id) REFERENCES trace_info (request_id) ON DELETE CASCADE
);
INSERT INTO "trace_request_metadata" VALUES ('mlflow.trace_schema.version', '2', '83383158bffe4ee0bdf3a3d7a1210465');
INSERT INTO "trace_request_metadata" VALUES ('mlflow.sourceRun', '56581f8a8ab14c3490e76a2814a0fb42', '83383158bffe4ee0bdf3a3d7a1210465');
INSERT INTO "trace_request_metadata" VALUES ('mlflow.traceInputs', '{"question": "wie heißt\ndas?", "n": 3}', '83383158bffe4ee0bdf3a3d7a1210465');
INSERT INTO "trace_request_metadata" VALUES ('mlflow.traceOutputs', '["so", 1]', '83383158bffe4ee0bdf3a3d7a1210465');
INSERT INTO "trace_request_metadata" VALUES ('mlflow.trace_schema.version', '2', '8750369e327949b99617cf5d44c9179a');
INSERT INTO "trace_request_metadata" VALUES ('mlflow.traceInputs', '', '8750369e327949b99617cf5d44c9179a');
INSERT INTO "trace_request_metadata" VALUES ('mlflow.traceOutputs', '', '8750369e327949b99617cf5d44c9179a');
CREATE TABLE "trace_tags" (
	"key" VARCHAR(250) NOT NULL, 
	value VARCHAR(8000), 
	request_id VARCHAR(50) NOT NULL, 
	CONSTRAINT trace_tag_pk PRIMARY KEY ("key", request_id), 
	CONSTRAINT fk_trace_tags_request_id FOREIGN KEY(request_id) REFERENCES trace_info (request_id) ON DELETE CASCADE
);
INSERT INTO "trace_tags" VALUES ('mlflow.source.name', '/srv/ml/train.py', '83383158bffe4ee0bdf3a3d7a1210465');
INSERT INTO "trace_tags" VALUES ('mlflow.source.type', 'LOCAL', '83383158bffe4ee0bdf3a3d7a1210465');
INSERT INTO "trace_tags" VALUES ('mlflow.traceName', 'answer', '83383158bffe4ee0bdf3a3d7a1210465');
INSERT INTO "trace_tags" VALUES ('mlflow.artifactLocation', '/srv/ml/mlruns/1/traces/83383158bffe4ee0bdf3a3d7a1210465/artifacts', '83383158bffe4ee0bdf3a3d7a1210465');
INSERT INTO "trace_tags" VALUES ('mlflow.source.name', '/srv/ml/train.py', '8750369e327949b99617cf5d44c9179a');
INSERT INTO "trace_tags" VALUES ('mlflow.source.type', 'LOCAL', '8750369e327949b99617cf5d44c9179a');
INSERT INTO "trace_tags" VALUES ('mlflow.traceName', 'broken', '8750369e327949b99617cf5d44c9179a');
INSERT INTO "trace_tags" VALUES ('mlflow.artifactLocation', '/srv/ml/mlruns/1/traces/8750369e327949b99617cf5d44c9179a/artifacts', '8750369e327949b99617cf5d44c9179a');
INSERT INTO "trace_tags" VALUES ('reviewed', 'yes', '83383158bffe4ee0bdf3a3d7a1210465');
