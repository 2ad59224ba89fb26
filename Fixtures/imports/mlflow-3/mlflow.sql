CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES ('dc11669786a5');
CREATE TABLE "assessments" (
	assessment_id VARCHAR(50) NOT NULL, 
	trace_id VARCHAR(50) NOT NULL, 
	name VARCHAR(250) NOT NULL, 
	assessment_type VARCHAR(20) NOT NULL, 
	value TEXT NOT NULL, 
	error TEXT, 
	created_timestamp BIGINT NOT NULL, 
	last_updated_timestamp BIGINT NOT NULL, 
	source_type VARCHAR(50) NOT NULL, 
	source_id VARCHAR(250), 
	run_id VARCHAR(32), 
	span_id VARCHAR(50), 
	rationale TEXT, 
	overrides VARCHAR(50), 
	valid BOOLEAN NOT NULL, 
	assessment_metadata TEXT, 
	experiment_id INTEGER, 
	trace_timestamp_ms BIGINT, 
	aggregate_value FLOAT, 
	is_numeric_value BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT assessments_pk PRIMARY KEY (assessment_id), 
	CONSTRAINT fk_assessments_trace_id FOREIGN KEY(trace_id) REFERENCES trace_info (request_id) ON DELETE CASCADE
);
INSERT INTO "assessments" VALUES ('a-d643ca0f806c4f9fae13332d48a5a7c7', 'tr-4efd4a2fadea210b232ed960ef7d2605', 'right', 'feedback', '0.5', NULL, 1795318124370, 1795318124370, 'LLM_JUDGE', 'judge-1', NULL, NULL, 'half', NULL, 0, '{"seen": "yes"}', 1, 1795318123491, 0.5, 1);
INSERT INTO "assessments" VALUES ('a-4c8ec18f2b2e4120b95ca611dc67114d', 'tr-4efd4a2fadea210b232ed960ef7d2605', 'right', 'feedback', 'true', NULL, 1795318124392, 1795318124392, 'HUMAN', 'ana', NULL, NULL, NULL, 'a-d643ca0f806c4f9fae13332d48a5a7c7', 1, NULL, 1, 1795318123491, 1.0, 0);
INSERT INTO "assessments" VALUES ('a-fc53bd281cf04bfeb29b2e3d97097f53', 'tr-4efd4a2fadea210b232ed960ef7d2605', 'facts', 'expectation', '["a", {"b": 2}]', NULL, 1795318124418, 1795318124418, 'HUMAN', 'ana', NULL, NULL, NULL, NULL, 1, NULL, 1, 1795318123491, NULL, 0);
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
INSERT INTO "datasets" VALUES ('53a74ee160b84ddda5a2462dc3621a30', 1, 'churn', 'd1', 'http', '{"url": "http://example.org/churn.csv"}', '{}', '{}');
CREATE TABLE entity_associations (
	association_id VARCHAR(36) NOT NULL, 
	source_type VARCHAR(36) NOT NULL, 
	source_id VARCHAR(36) NOT NULL, 
	destination_type VARCHAR(36) NOT NULL, 
	destination_id VARCHAR(36) NOT NULL, 
	created_time BIGINT, 
	CONSTRAINT entity_associations_pk PRIMARY KEY (source_type, source_id, destination_type, destination_id)
);
INSERT INTO "entity_associations" VALUES ('7a2f8367709841a2aa33ee929d59c167', 'trace', 'tr-4efd4a2fadea210b232ed960ef7d2605', 'run', 'a3b43e5bfded4cacb15ef12919500ebd', 1795318124467);
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
INSERT INTO "experiments" VALUES (0, 'Default', '/srv/ml/mlruns/0', 'active', 1795318121708, 1795318121708, 'default');
INSERT INTO "experiments" VALUES (1, 'churn', '/srv/ml/mlruns/1', 'active', 1795318121723, 1795318121723, 'default');
INSERT INTO "experiments" VALUES (2, 'gone', '/srv/ml/mlruns/2', 'deleted', 1795318124818, 1795318124861, 'default');
CREATE TABLE input_tags (
	input_uuid VARCHAR(36) NOT NULL, 
	name VARCHAR(255) NOT NULL, 
	value VARCHAR(500) NOT NULL, 
	CONSTRAINT input_tags_pk PRIMARY KEY (input_uuid, name)
);
INSERT INTO "input_tags" VALUES ('9ccb5ae7e5f449c99f436fcf3caaa29e', 'mlflow.data.context', 'training');
CREATE TABLE inputs (
	input_uuid VARCHAR(36) NOT NULL, 
	source_type VARCHAR(36) NOT NULL, 
	source_id VARCHAR(36) NOT NULL, 
	destination_type VARCHAR(36) NOT NULL, 
	destination_id VARCHAR(36) NOT NULL, step BIGINT DEFAULT '0' NOT NULL, 
	CONSTRAINT inputs_pk PRIMARY KEY (source_type, source_id, destination_type, destination_id)
);
INSERT INTO "inputs" VALUES ('9ccb5ae7e5f449c99f436fcf3caaa29e', 'DATASET', '53a74ee160b84ddda5a2462dc3621a30', 'RUN', 'fc1e4203de964ac397d11884919a7db1', 0);
INSERT INTO "inputs" VALUES ('fec13fba54bc421db012c861ade2385e', 'RUN_OUTPUT', 'fc1e4203de964ac397d11884919a7db1', 'MODEL_OUTPUT', 'm-327fa85d8d13426e8ae333c26d6b2b5a', 2);
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
INSERT INTO "latest_metrics" VALUES ('loss', 1.0e-300, 1795318122390, 4, 0, 'fc1e4203de964ac397d11884919a7db1');
INSERT INTO "latest_metrics" VALUES ('val/acc', 0.75, 1795318122442, 0, 0, 'fc1e4203de964ac397d11884919a7db1');
INSERT INTO "latest_metrics" VALUES ('back', 1.0, 1795318122486, -3, 0, 'fc1e4203de964ac397d11884919a7db1');
INSERT INTO "latest_metrics" VALUES ('loss', 3.0, 1795318122661, 1, 0, 'e0d7d2991b8b4dc0a92621ead86c923b');
INSERT INTO "latest_metrics" VALUES ('wide', -1.79769313486231562234e+308, 6, 1, 0, 'bf7936d582ce40bba16a7499c6b34c16');
INSERT INTO "latest_metrics" VALUES ('auc', 0.5, 7, 2, 0, 'fc1e4203de964ac397d11884919a7db1');
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
INSERT INTO "logged_model_metrics" VALUES ('m-327fa85d8d13426e8ae333c26d6b2b5a', 'auc', 7, 2, 0.5, 1, 'fc1e4203de964ac397d11884919a7db1', NULL, NULL, NULL);
CREATE TABLE logged_model_params (
	model_id VARCHAR(36) NOT NULL, 
	experiment_id INTEGER NOT NULL, 
	param_key VARCHAR(255) NOT NULL, 
	param_value TEXT NOT NULL, 
	CONSTRAINT logged_model_params_pk PRIMARY KEY (model_id, param_key), 
	CONSTRAINT fk_logged_model_params_experiment_id FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id), 
	CONSTRAINT fk_logged_model_params_model_id FOREIGN KEY(model_id) REFERENCES logged_models (model_id) ON DELETE CASCADE
);
INSERT INTO "logged_model_params" VALUES ('m-327fa85d8d13426e8ae333c26d6b2b5a', 1, 'depth', '3');
CREATE TABLE logged_model_tags (
	model_id VARCHAR(36) NOT NULL, 
	experiment_id INTEGER NOT NULL, 
	tag_key VARCHAR(255) NOT NULL, 
	tag_value TEXT NOT NULL, 
	CONSTRAINT logged_model_tags_pk PRIMARY KEY (model_id, tag_key), 
	CONSTRAINT fk_logged_model_tags_experiment_id FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id), 
	CONSTRAINT fk_logged_model_tags_model_id FOREIGN KEY(model_id) REFERENCES logged_models (model_id) ON DELETE CASCADE
);
INSERT INTO "logged_model_tags" VALUES ('m-327fa85d8d13426e8ae333c26d6b2b5a', 1, 'mlflow.user', 'ana');
INSERT INTO "logged_model_tags" VALUES ('m-327fa85d8d13426e8ae333c26d6b2b5a', 1, 'mlflow.source.name', '/srv/ml/train.py');
INSERT INTO "logged_model_tags" VALUES ('m-327fa85d8d13426e8ae333c26d6b2b5a', 1, 'mlflow.source.type', 'LOCAL');
INSERT INTO "logged_model_tags" VALUES ('m-327fa85d8d13426e8ae333c26d6b2b5a', 1, 'kind', 'tree');
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
INSERT INTO "logged_models" VALUES ('m-327fa85d8d13426e8ae333c26d6b2b5a', 1, 'net', '/srv/ml/mlruns/1/models/m-327fa85d8d13426e8ae333c26d6b2b5a/artifacts', 1795318123078, 1795318123255, 2, 'active', NULL, 'fc1e4203de964ac397d11884919a7db1', NULL);
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
INSERT INTO "metrics" VALUES ('loss', 1.0, 1795318122230, 'fc1e4203de964ac397d11884919a7db1', 0, 0);
INSERT INTO "metrics" VALUES ('loss', 0.0, 1795318122274, 'fc1e4203de964ac397d11884919a7db1', 1, 1);
INSERT INTO "metrics" VALUES ('loss', 0.5, 1795318122306, 'fc1e4203de964ac397d11884919a7db1', 2, 0);
INSERT INTO "metrics" VALUES ('loss', 0.25, 1795318122346, 'fc1e4203de964ac397d11884919a7db1', 3, 0);
INSERT INTO "metrics" VALUES ('loss', 1.0e-300, 1795318122390, 'fc1e4203de964ac397d11884919a7db1', 4, 0);
INSERT INTO "metrics" VALUES ('val/acc', 0.75, 1795318122442, 'fc1e4203de964ac397d11884919a7db1', 0, 0);
INSERT INTO "metrics" VALUES ('back', 1.0, 1795318122486, 'fc1e4203de964ac397d11884919a7db1', -3, 0);
INSERT INTO "metrics" VALUES ('loss', 3.0, 1795318122661, 'e0d7d2991b8b4dc0a92621ead86c923b', 1, 0);
INSERT INTO "metrics" VALUES ('wide', 1.79769313486231562234e+308, 5, 'bf7936d582ce40bba16a7499c6b34c16', 0, 0);
INSERT INTO "metrics" VALUES ('wide', -1.79769313486231562234e+308, 6, 'bf7936d582ce40bba16a7499c6b34c16', 1, 0);
INSERT INTO "metrics" VALUES ('auc', 0.5, 7, 'fc1e4203de964ac397d11884919a7db1', 2, 0);
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
INSERT INTO "model_versions" VALUES ('churn', 1, 1795318124565, 1795318124565, NULL, NULL, 'None', 'runs:/fc1e4203de964ac397d11884919a7db1/model', 'fc1e4203de964ac397d11884919a7db1', 'READY', NULL, NULL, 'runs:/fc1e4203de964ac397d11884919a7db1/model', 'default');
INSERT INTO "model_versions" VALUES ('churn', 2, 1795318124603, 1795318124674, NULL, NULL, 'Deleted_Internal', 'REDACTED-SOURCE-PATH', 'REDACTED-RUN-ID', 'READY', NULL, 'REDACTED-RUN-LINK', 'runs:/fc1e4203de964ac397d11884919a7db1/model', 'default');
INSERT INTO "model_versions" VALUES ('churn', 3, 1795318124628, 1795318124736, 'the better one', NULL, 'Production', 'runs:/fc1e4203de964ac397d11884919a7db1/model', 'fc1e4203de964ac397d11884919a7db1', 'READY', NULL, NULL, 'runs:/fc1e4203de964ac397d11884919a7db1/model', 'default');
CREATE TABLE "params" (
	"key" VARCHAR(250) NOT NULL, 
	value VARCHAR(8000) NOT NULL, 
	run_uuid VARCHAR(32) NOT NULL, 
	CONSTRAINT param_pk PRIMARY KEY ("key", run_uuid), 
	FOREIGN KEY(run_uuid) REFERENCES runs (run_uuid)
);
INSERT INTO "params" VALUES ('in', 'Default', 'a3b43e5bfded4cacb15ef12919500ebd');
INSERT INTO "params" VALUES ('lr', '0.1', 'fc1e4203de964ac397d11884919a7db1');
INSERT INTO "params" VALUES ('layers/0/units', '64', 'fc1e4203de964ac397d11884919a7db1');
INSERT INTO "params" VALUES ('note', 'grün
zweite Zeile', 'fc1e4203de964ac397d11884919a7db1');
INSERT INTO "params" VALUES ('kept', 'yes', 'aed349bec6b44816b24a3e4b4985975f');
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
INSERT INTO "registered_models" VALUES ('churn', 1795318124538, 1795318124736, 'who leaves', 'default');
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
INSERT INTO "runs" VALUES ('a3b43e5bfded4cacb15ef12919500ebd', 'awesome-fawn-858', 'UNKNOWN', '', '', 'unknown', 'RUNNING', 1795318121795, NULL, '', 'active', '/srv/ml/mlruns/0/a3b43e5bfded4cacb15ef12919500ebd/artifacts', 0, NULL);
INSERT INTO "runs" VALUES ('fc1e4203de964ac397d11884919a7db1', 'first', 'UNKNOWN', '', '', 'ana', 'FINISHED', 1795318122099, 1795318124139, '', 'active', '/srv/ml/mlruns/1/fc1e4203de964ac397d11884919a7db1/artifacts', 1, NULL);
INSERT INTO "runs" VALUES ('e0d7d2991b8b4dc0a92621ead86c923b', 'child', 'UNKNOWN', '', '', 'ana', 'FINISHED', 1795318122622, 1795318122694, '', 'active', '/srv/ml/mlruns/1/e0d7d2991b8b4dc0a92621ead86c923b/artifacts', 1, NULL);
INSERT INTO "runs" VALUES ('bf7936d582ce40bba16a7499c6b34c16', 'unique-cub-259', 'UNKNOWN', '', '', 'unknown', 'FAILED', 1700000000000, 1700000001000, '', 'active', '/srv/ml/mlruns/1/bf7936d582ce40bba16a7499c6b34c16/artifacts', 1, NULL);
INSERT INTO "runs" VALUES ('aed349bec6b44816b24a3e4b4985975f', 'lyrical-skunk-175', 'UNKNOWN', '', '', 'unknown', 'RUNNING', 1795318122958, NULL, '', 'deleted', '/srv/ml/mlruns/1/aed349bec6b44816b24a3e4b4985975f/artifacts', 1, 1795318123030);
INSERT INTO "runs" VALUES ('7f14a5d18d4d40b8be99bd2b536708ad', 'calm-dolphin-109', 'UNKNOWN', '', '', 'unknown', 'RUNNING', 1795318124824, NULL, '', 'deleted', '/srv/ml/mlruns/2/7f14a5d18d4d40b8be99bd2b536708ad/artifacts', 2, 1795318124863);
CREATE TABLE "spans" (
	trace_id VARCHAR(50) NOT NULL, 
	experiment_id INTEGER NOT NULL, 
	span_id VARCHAR(50) NOT NULL, 
	parent_span_id VARCHAR(50), 
	name TEXT, 
	type VARCHAR(500), 
	status VARCHAR(50) NOT NULL, 
	start_time_unix_nano BIGINT NOT NULL, 
	end_time_unix_nano BIGINT, 
	duration_ns BIGINT GENERATED ALWAYS AS (end_time_unix_nano - start_time_unix_nano) STORED, 
	content TEXT NOT NULL, 
	input_cost FLOAT, 
	output_cost FLOAT, 
	total_cost FLOAT, 
	model_name VARCHAR(500), 
	model_provider VARCHAR(500), 
	CONSTRAINT spans_pk PRIMARY KEY (trace_id, span_id), 
	CONSTRAINT fk_spans_experiment_id FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id), 
	CONSTRAINT fk_spans_trace_id FOREIGN KEY(trace_id) REFERENCES trace_info (request_id) ON DELETE CASCADE
);
INSERT INTO "spans" VALUES ('tr-4efd4a2fadea210b232ed960ef7d2605', 1, 'b10ba883938b2a3d', 'b8cfb0f09fd3759c', 'ask', 'LLM', 'OK', 1795318123691751253, 1795318123692204196, '{"trace_id": "Tv1KL63qIQsjLtlg730mBQ==", "span_id": "sQuog5OLKj0=", "parent_span_id": "uM+w8J/TdZw=", "name": "ask", "start_time_unix_nano": 1795318123691751253, "end_time_unix_nano": 1795318123692204196, "events": [{"name": "first token", "time_unix_nano": 1795318123691917568, "attributes": {"at": 1}}], "status": {"code": "STATUS_CODE_OK", "message": ""}, "attributes": {"mlflow.traceRequestId": "\"tr-4efd4a2fadea210b232ed960ef7d2605\"", "mlflow.spanType": "\"LLM\"", "temperature": "0.5", "deep": "{\"list\": [1, 2.5, null, true]}", "mlflow.chat.tokenUsage": "{\"input_tokens\": 10, \"output_tokens\": 5, \"total_tokens\": 15}", "mlflow.spanOutputs": "\"so\"", "mlflow.spanLogLevel": "20"}, "links": []}', NULL, NULL, NULL, NULL, NULL);
INSERT INTO "spans" VALUES ('tr-4efd4a2fadea210b232ed960ef7d2605', 1, 'b8cfb0f09fd3759c', NULL, 'answer', 'AGENT', 'OK', 1795318123491196232, 1795318123943777274, '{"trace_id": "Tv1KL63qIQsjLtlg730mBQ==", "span_id": "uM+w8J/TdZw=", "parent_span_id": null, "name": "answer", "start_time_unix_nano": 1795318123491196232, "end_time_unix_nano": 1795318123943777274, "events": [], "status": {"code": "STATUS_CODE_OK", "message": ""}, "attributes": {"mlflow.traceRequestId": "\"tr-4efd4a2fadea210b232ed960ef7d2605\"", "mlflow.spanType": "\"AGENT\"", "mlflow.spanInputs": "{\"question\": \"wie heißt\\ndas?\", \"n\": 3}", "mlflow.spanOutputs": "[\"so\", 1]", "mlflow.spanLogLevel": "20"}, "links": []}', NULL, NULL, NULL, NULL, NULL);
INSERT INTO "spans" VALUES ('tr-06094c9dd742f1cff64f4b042df02f8c', 1, '22f0d4cd0fc31fe8', NULL, 'broken', 'UNKNOWN', 'ERROR', 1795318124170809402, 1795318124171470755, '{"trace_id": "BglMnddC8c/2T0sELfAvjA==", "span_id": "IvDUzQ/DH+g=", "parent_span_id": null, "name": "broken", "start_time_unix_nano": 1795318124170809402, "end_time_unix_nano": 1795318124171470755, "events": [{"name": "exception", "time_unix_nano": 1795318124171295232, "attributes": {"exception.type": "ValueError"}}], "status": {"code": "STATUS_CODE_ERROR", "message": ""}, "attributes": {"mlflow.traceRequestId": "\"tr-06094c9dd742f1cff64f4b042df02f8c\"", "mlflow.spanType": "\"UNKNOWN\"", "mlflow.spanLogLevel": "40"}, "links": []}', NULL, NULL, NULL, NULL, NULL);
CREATE TABLE "tags" (
	"key" VARCHAR(250) NOT NULL, 
	value VARCHAR(8000), 
	run_uuid VARCHAR(32) NOT NULL, 
	CONSTRAINT tag_pk PRIMARY KEY ("key", run_uuid), 
	FOREIGN KEY(run_uuid) REFERENCES runs (run_uuid)
);
INSERT INTO "tags" VALUES ('mlflow.runName', 'awesome-fawn-858', 'a3b43e5bfded4cacb15ef12919500ebd');
INSERT INTO "tags" VALUES ('mlflow.user', 'ana', 'fc1e4203de964ac397d11884919a7db1');
INSERT INTO "tags" VALUES ('mlflow.source.name', '/srv/ml/train.py', 'fc1e4203de964ac397d11884919a7db1');
INSERT INTO "tags" VALUES ('mlflow.source.type', 'LOCAL', 'fc1e4203de964ac397d11884919a7db1');
INSERT INTO "tags" VALUES ('mlflow.runName', 'first', 'fc1e4203de964ac397d11884919a7db1');
INSERT INTO "tags" VALUES ('team', 'a', 'fc1e4203de964ac397d11884919a7db1');
INSERT INTO "tags" VALUES ('mlflow.note.content', 'the *first* one', 'fc1e4203de964ac397d11884919a7db1');
INSERT INTO "tags" VALUES ('mlflow.user', 'ana', 'e0d7d2991b8b4dc0a92621ead86c923b');
INSERT INTO "tags" VALUES ('mlflow.source.name', '/srv/ml/train.py', 'e0d7d2991b8b4dc0a92621ead86c923b');
INSERT INTO "tags" VALUES ('mlflow.source.type', 'LOCAL', 'e0d7d2991b8b4dc0a92621ead86c923b');
INSERT INTO "tags" VALUES ('mlflow.parentRunId', 'fc1e4203de964ac397d11884919a7db1', 'e0d7d2991b8b4dc0a92621ead86c923b');
INSERT INTO "tags" VALUES ('mlflow.runName', 'child', 'e0d7d2991b8b4dc0a92621ead86c923b');
INSERT INTO "tags" VALUES ('mlflow.runName', 'unique-cub-259', 'bf7936d582ce40bba16a7499c6b34c16');
INSERT INTO "tags" VALUES ('mlflow.runName', 'lyrical-skunk-175', 'aed349bec6b44816b24a3e4b4985975f');
INSERT INTO "tags" VALUES ('mlflow.runName', 'calm-dolphin-109', '7f14a5d18d4d40b8be99bd2b536708ad');
CREATE TABLE "trace_info" (
	request_id VARCHAR(50) NOT NULL, 
	experiment_id INTEGER NOT NULL, 
	timestamp_ms BIGINT NOT NULL, 
	execution_time_ms BIGINT, 
	status VARCHAR(50) NOT NULL, 
	client_request_id VARCHAR(50), 
	request_preview VARCHAR(1000), 
	response_preview VARCHAR(1000), 
	db_payload_generation INTEGER DEFAULT '0' NOT NULL, trace_name VARCHAR(4096), session_id VARCHAR(250), input_tokens BIGINT, output_tokens BIGINT, total_tokens BIGINT, cache_read_input_tokens BIGINT, cache_creation_input_tokens BIGINT, cache_creation_input_tokens_above_1hr BIGINT, input_cost FLOAT, output_cost FLOAT, total_cost FLOAT, 
	CONSTRAINT trace_info_pk PRIMARY KEY (request_id), 
	CONSTRAINT fk_trace_info_experiment_id FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id) ON DELETE CASCADE
);
INSERT INTO "trace_info" VALUES ('tr-4efd4a2fadea210b232ed960ef7d2605', 1, 1795318123491, 452, 'OK', NULL, '{"question": "wie heißt\ndas?", "n": 3}', '["so", 1]', 3, 'answer', NULL, 10, 5, 15, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO "trace_info" VALUES ('tr-06094c9dd742f1cff64f4b042df02f8c', 1, 1795318124170, 0, 'ERROR', NULL, NULL, NULL, 2, 'broken', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
CREATE TABLE "trace_request_metadata" (
	"key" VARCHAR(250) NOT NULL, 
	value VARCHAR(8000), 
	request_id VARCHAR(50) NOT NULL, 
	CONSTRAINT trace_request_metadata_pk PRIMARY KEY ("key", request_id), 
	CONSTRAINT fk_trace_request_metadata_request_id FOREIGN KEY(request_id) REFERENCES trace_info (request_id) ON DELETE CASCADE
);
INSERT INTO "trace_request_metadata" VALUES ('mlflow.source.git.branch', '', 'tr-4efd4a2fadea210b232ed960ef7d2605');
INSERT INTO "trace_request_metadata" VALUES ('mlflow.source.git.commit', '', 'tr-4efd4a2fadea210b232ed960ef7d2605');
INSERT INTO "trace_request_metadata" VALUES ('mlflow.source.git.repoURL', '', 'tr-4efd4a2fadea210b232ed960ef7d2605');
INSERT INTO "trace_request_metadata" VALUES ('mlflow.source.name', '/srv/ml/train.py', 'tr-4efd4a2fadea210b232ed960ef7d2605');
INSERT INTO "trace_request_metadata" VALUES ('mlflow.source.type', 'LOCAL', 'tr-4efd4a2fadea210b232ed960ef7d2605');
INSERT INTO "trace_request_metadata" VALUES ('mlflow.sourceRun', 'fc1e4203de964ac397d11884919a7db1', 'tr-4efd4a2fadea210b232ed960ef7d2605');
INSERT INTO "trace_request_metadata" VALUES ('mlflow.trace.infoFinalized', 'true', 'tr-4efd4a2fadea210b232ed960ef7d2605');
INSERT INTO "trace_request_metadata" VALUES ('mlflow.trace.sizeBytes', '2177', 'tr-4efd4a2fadea210b232ed960ef7d2605');
INSERT INTO "trace_request_metadata" VALUES ('mlflow.trace.sizeStats', '{"total_size_bytes": 2177, "num_spans": 2, "max": 708, "p25": 578, "p50": 621, "p75": 664}', 'tr-4efd4a2fadea210b232ed960ef7d2605');
INSERT INTO "trace_request_metadata" VALUES ('mlflow.traceInputs', '{"question": "wie heißt\ndas?", "n": 3}', 'tr-4efd4a2fadea210b232ed960ef7d2605');
INSERT INTO "trace_request_metadata" VALUES ('mlflow.traceOutputs', '["so", 1]', 'tr-4efd4a2fadea210b232ed960ef7d2605');
INSERT INTO "trace_request_metadata" VALUES ('mlflow.trace_schema.version', '3', 'tr-4efd4a2fadea210b232ed960ef7d2605');
INSERT INTO "trace_request_metadata" VALUES ('mlflow.user', 'ana', 'tr-4efd4a2fadea210b232ed960ef7d2605');
INSERT INTO "trace_request_metadata" VALUES ('mlflow.source.git.branch', '', 'tr-06094c9dd742f1cff64f4b042df02f8c');
INSERT INTO "trace_request_metadata" VALUES ('mlflow.source.git.commit', '', 'tr-06094c9dd742f1cff64f4b042df02f8c');
INSERT INTO "trace_request_metadata" VALUES ('mlflow.source.git.repoURL', '', 'tr-06094c9dd742f1cff64f4b042df02f8c');
INSERT INTO "trace_request_metadata" VALUES ('mlflow.source.name', '/srv/ml/train.py', 'tr-06094c9dd742f1cff64f4b042df02f8c');
INSERT INTO "trace_request_metadata" VALUES ('mlflow.source.type', 'LOCAL', 'tr-06094c9dd742f1cff64f4b042df02f8c');
INSERT INTO "trace_request_metadata" VALUES ('mlflow.trace.infoFinalized', 'true', 'tr-06094c9dd742f1cff64f4b042df02f8c');
INSERT INTO "trace_request_metadata" VALUES ('mlflow.trace.sizeBytes', '1144', 'tr-06094c9dd742f1cff64f4b042df02f8c');
INSERT INTO "trace_request_metadata" VALUES ('mlflow.trace.sizeStats', '{"total_size_bytes": 1144, "num_spans": 1, "max": 535, "p25": 535, "p50": 535, "p75": 535}', 'tr-06094c9dd742f1cff64f4b042df02f8c');
INSERT INTO "trace_request_metadata" VALUES ('mlflow.traceInputs', '', 'tr-06094c9dd742f1cff64f4b042df02f8c');
INSERT INTO "trace_request_metadata" VALUES ('mlflow.traceOutputs', '', 'tr-06094c9dd742f1cff64f4b042df02f8c');
INSERT INTO "trace_request_metadata" VALUES ('mlflow.trace_schema.version', '3', 'tr-06094c9dd742f1cff64f4b042df02f8c');
INSERT INTO "trace_request_metadata" VALUES ('mlflow.user', 'ana', 'tr-06094c9dd742f1cff64f4b042df02f8c');
CREATE TABLE "trace_tags" (
	"key" VARCHAR(250) NOT NULL, 
	value VARCHAR(8000), 
	request_id VARCHAR(50) NOT NULL, 
	CONSTRAINT trace_tag_pk PRIMARY KEY ("key", request_id), 
	CONSTRAINT fk_trace_tags_request_id FOREIGN KEY(request_id) REFERENCES trace_info (request_id) ON DELETE CASCADE
);
INSERT INTO "trace_tags" VALUES ('mlflow.artifactLocation', '/srv/ml/mlruns/1/traces/tr-4efd4a2fadea210b232ed960ef7d2605/artifacts', 'tr-4efd4a2fadea210b232ed960ef7d2605');
INSERT INTO "trace_tags" VALUES ('mlflow.trace.spansLocation', 'TRACKING_STORE', 'tr-4efd4a2fadea210b232ed960ef7d2605');
INSERT INTO "trace_tags" VALUES ('mlflow.artifactLocation', '/srv/ml/mlruns/1/traces/tr-06094c9dd742f1cff64f4b042df02f8c/artifacts', 'tr-06094c9dd742f1cff64f4b042df02f8c');
INSERT INTO "trace_tags" VALUES ('mlflow.trace.spansLocation', 'TRACKING_STORE', 'tr-06094c9dd742f1cff64f4b042df02f8c');
INSERT INTO "trace_tags" VALUES ('reviewed', 'yes', 'tr-4efd4a2fadea210b232ed960ef7d2605');
CREATE TABLE workspaces (
	name VARCHAR(63) NOT NULL, 
	description TEXT, 
	default_artifact_root TEXT, trace_archival_location TEXT, trace_archival_retention VARCHAR(32), 
	CONSTRAINT workspaces_pk PRIMARY KEY (name)
);
INSERT INTO "workspaces" VALUES ('default', 'Default workspace for legacy resources', NULL, NULL, NULL);
