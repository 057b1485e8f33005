CREATE TABLE "auth_group" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(150) NOT NULL UNIQUE);

CREATE TABLE "auth_group_permissions" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "group_id" integer NOT NULL REFERENCES "auth_group" ("id") DEFERRABLE INITIALLY DEFERRED, "permission_id" integer NOT NULL REFERENCES "auth_permission" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "auth_permission" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "content_type_id" integer NOT NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED, "codename" varchar(100) NOT NULL, "name" varchar(255) NOT NULL);

CREATE TABLE "axes_accessattempt" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "user_agent" varchar(255) NOT NULL, "ip_address" char(39) NULL, "username" varchar(255) NULL, "http_accept" varchar(1025) NOT NULL, "path_info" varchar(255) NOT NULL, "attempt_time" datetime NOT NULL, "get_data" text NOT NULL, "post_data" text NOT NULL, "failures_since_start" integer unsigned NOT NULL CHECK ("failures_since_start" >= 0));

CREATE TABLE "axes_accessattemptexpiration" ("access_attempt_id" integer NOT NULL PRIMARY KEY REFERENCES "axes_accessattempt" ("id") DEFERRABLE INITIALLY DEFERRED, "expires_at" datetime NOT NULL);

CREATE TABLE "axes_accessfailurelog" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "user_agent" varchar(255) NOT NULL, "ip_address" char(39) NULL, "username" varchar(255) NULL, "http_accept" varchar(1025) NOT NULL, "path_info" varchar(255) NOT NULL, "attempt_time" datetime NOT NULL, "locked_out" bool NOT NULL);

CREATE TABLE "axes_accesslog" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "user_agent" varchar(255) NOT NULL, "ip_address" char(39) NULL, "username" varchar(255) NULL, "http_accept" varchar(1025) NOT NULL, "path_info" varchar(255) NOT NULL, "attempt_time" datetime NOT NULL, "logout_time" datetime NULL, "session_hash" varchar(64) NOT NULL);

CREATE TABLE "cases_address" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "kind" varchar(10) NOT NULL, "value" varchar(200) NOT NULL, "confirmed_at" datetime NULL, "code_digest" varchar(64) NOT NULL, "code_at" datetime NOT NULL, "wrong" smallint unsigned NOT NULL CHECK ("wrong" >= 0), "person_id" bigint NOT NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_address_of_a_kind" UNIQUE ("person_id", "kind"));

CREATE TABLE "cases_attachment" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(200) NOT NULL, "sha256" varchar(64) NOT NULL, "media_type" varchar(100) NOT NULL, "size" bigint unsigned NOT NULL CHECK ("size" >= 0), "taken_at" datetime NULL, "lat" real NULL, "lon" real NULL, "step_id" bigint NOT NULL REFERENCES "cases_step" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "cases_browser" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "channel" varchar(20) NOT NULL, "endpoint" varchar(1000) NOT NULL UNIQUE, "p256dh" varchar(100) NOT NULL, "auth" varchar(100) NOT NULL, "name" varchar(60) NOT NULL, "at" datetime NOT NULL, "person_id" bigint NOT NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "cases_case" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "number" varchar(40) NOT NULL UNIQUE, "title" varchar(200) NOT NULL, "description" text NOT NULL, "basis" varchar(600) NOT NULL, "requirement" text NOT NULL, "source" varchar(20) NOT NULL, "level" varchar(10) NOT NULL, "listed_by" varchar(10) NOT NULL, "immediate" bool NOT NULL, "liable" varchar(60) NOT NULL, "place" varchar(200) NOT NULL, "lat" real NULL, "lon" real NULL, "state" varchar(20) NOT NULL, "opened_at" datetime NOT NULL, "dispatched_at" datetime NULL, "signed_at" datetime NULL, "closed_at" datetime NULL, "due" datetime NULL, "original_due" datetime NULL, "term_days" integer unsigned NOT NULL CHECK ("term_days" >= 0), "stopped_at" datetime NULL, "stopped_seconds" bigint unsigned NOT NULL CHECK ("stopped_seconds" >= 0), "extensions" integer unsigned NOT NULL CHECK ("extensions" >= 0), "returns" integer unsigned NOT NULL CHECK ("returns" >= 0), "failures" integer unsigned NOT NULL CHECK ("failures" >= 0), "reopened" integer unsigned NOT NULL CHECK ("reopened" >= 0), "version" integer unsigned NOT NULL CHECK ("version" >= 0), "simulated" bool NOT NULL, "organisation_id" bigint NULL REFERENCES "registry_organisation" ("id") DEFERRABLE INITIALLY DEFERRED, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED, "term_unit" varchar(10) NOT NULL, "sign_due" datetime NULL, "measures" text NOT NULL, "planned" date NULL, "remark" text NOT NULL, "next_node" date NULL, "parts" integer unsigned NOT NULL CHECK ("parts" >= 0), "tie" varchar(10) NOT NULL, "leading_id" bigint NULL REFERENCES "cases_case" ("id") DEFERRABLE INITIALLY DEFERRED, "origin_id" bigint NULL REFERENCES "cases_case" ("id") DEFERRABLE INITIALLY DEFERRED, "parent_id" bigint NULL REFERENCES "cases_case" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "cases_case_findings" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "case_id" bigint NOT NULL REFERENCES "cases_case" ("id") DEFERRABLE INITIALLY DEFERRED, "finding_id" bigint NOT NULL REFERENCES "cases_finding" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "cases_checkrun" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "check_key" varchar(80) NOT NULL, "as_of" datetime NOT NULL, "started" datetime NOT NULL, "seconds" real NOT NULL, "found" integer unsigned NOT NULL CHECK ("found" >= 0), "new" integer unsigned NOT NULL CHECK ("new" >= 0), "extended" integer unsigned NOT NULL CHECK ("extended" >= 0), "unknown" text NOT NULL CHECK ((JSON_VALID("unknown") OR "unknown" IS NULL)), "error" varchar(500) NOT NULL, "skipped" varchar(500) NOT NULL, "inputs_seconds" real NOT NULL);

CREATE TABLE "cases_counter" ("year" integer unsigned NOT NULL PRIMARY KEY CHECK ("year" >= 0), "last" integer unsigned NOT NULL CHECK ("last" >= 0));

CREATE TABLE "cases_delivery" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "once" varchar(160) NOT NULL UNIQUE, "purpose" varchar(10) NOT NULL, "post" varchar(200) NOT NULL, "channel" varchar(20) NOT NULL, "kind" varchar(10) NOT NULL, "address" varchar(500) NOT NULL, "text" varchar(300) NOT NULL, "state" varchar(10) NOT NULL, "at" datetime NOT NULL, "due" datetime NOT NULL, "tries" smallint unsigned NOT NULL CHECK ("tries" >= 0), "begun_at" datetime NULL, "ended_at" datetime NULL, "result" varchar(300) NOT NULL, "batch" varchar(16) NOT NULL, "case_id" bigint NULL REFERENCES "cases_case" ("id") DEFERRABLE INITIALLY DEFERRED, "notification_id" bigint NULL REFERENCES "cases_notification" ("id") DEFERRABLE INITIALLY DEFERRED, "person_id" bigint NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "cases_finding" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "check_key" varchar(80) NOT NULL, "target_kind" varchar(20) NOT NULL, "target" varchar(80) NOT NULL, "target_name" varchar(120) NOT NULL, "title" varchar(200) NOT NULL, "started_at" datetime NOT NULL, "until" datetime NOT NULL, "item" varchar(20) NOT NULL, "magnitude" real NULL, "unit" varchar(30) NOT NULL, "severity" varchar(10) NOT NULL, "evidence" text NOT NULL CHECK ((JSON_VALID("evidence") OR "evidence" IS NULL)), "evidence_hash" varchar(64) NOT NULL, "latest" text NOT NULL CHECK ((JSON_VALID("latest") OR "latest" IS NULL)), "basis" varchar(300) NOT NULL, "status" varchar(10) NOT NULL, "running" bool NOT NULL, "silenced_until" datetime NULL, "reason" varchar(400) NOT NULL, "decided_at" datetime NULL, "found_at" datetime NOT NULL, "simulated" bool NOT NULL, "decided_by_id" bigint NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED, "organisation_id" bigint NULL REFERENCES "registry_organisation" ("id") DEFERRABLE INITIALLY DEFERRED, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED, "decided_magnitude" real NULL, "phrase" varchar(200) NOT NULL, "facet" varchar(40) NOT NULL, "explained_by" text NOT NULL CHECK ((JSON_VALID("explained_by") OR "explained_by" IS NULL)), "cause" varchar(20) NOT NULL, "incident_id" bigint NOT NULL REFERENCES "cases_incident" ("id") DEFERRABLE INITIALLY DEFERRED, "merged_into_id" bigint NULL REFERENCES "cases_finding" ("id") DEFERRABLE INITIALLY DEFERRED, "follows_id" bigint NULL REFERENCES "cases_finding" ("id") DEFERRABLE INITIALLY DEFERRED, "vendor_id" bigint NULL REFERENCES "registry_organisation" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "cases_handover" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "since" datetime NOT NULL, "at" datetime NOT NULL, "post" varchar(200) NOT NULL, "content" text NOT NULL CHECK ((JSON_VALID("content") OR "content" IS NULL)), "note" text NOT NULL, "by_id" bigint NOT NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "cases_incident" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "cause" varchar(10) NOT NULL, "by_hand" bool NOT NULL, "opened_at" datetime NOT NULL, "merged_into_id" bigint NULL REFERENCES "cases_incident" ("id") DEFERRABLE INITIALLY DEFERRED, "root_id" bigint NULL REFERENCES "cases_finding" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "cases_issuedpaper" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "kind" varchar(12) NOT NULL, "number" varchar(80) NOT NULL, "year" integer unsigned NOT NULL CHECK ("year" >= 0), "count" integer unsigned NULL CHECK ("count" >= 0), "at" datetime NOT NULL, "step_id" bigint NOT NULL, "template_id" bigint NULL REFERENCES "cases_templateversion" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_paper_per_step_and_kind" UNIQUE ("step_id", "kind"), CONSTRAINT "one_paper_per_count" UNIQUE ("kind", "year", "count"));

CREATE TABLE "cases_notification" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "key" varchar(60) NOT NULL, "text" varchar(300) NOT NULL, "at" datetime NOT NULL, "read_at" datetime NULL, "case_id" bigint NOT NULL REFERENCES "cases_case" ("id") DEFERRABLE INITIALLY DEFERRED, "person_id" bigint NOT NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED, "step_id" bigint NULL REFERENCES "cases_step" ("id") DEFERRABLE INITIALLY DEFERRED, "acts" bool NOT NULL, "next_at" datetime NULL, "party" varchar(10) NOT NULL, "post_id" bigint NULL REFERENCES "registry_post" ("id") DEFERRABLE INITIALLY DEFERRED, "reached" smallint unsigned NOT NULL CHECK ("reached" >= 0), "why" varchar(200) NOT NULL, "written_at" datetime NOT NULL, CONSTRAINT "told_once" UNIQUE ("person_id", "case_id", "key"));

CREATE TABLE "cases_numberrule" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "kind" varchar(12) NOT NULL, "pattern" varchar(60) NOT NULL, "reason" varchar(400) NOT NULL, "at" datetime NOT NULL, "by_id" bigint NOT NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "cases_ownquiet" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "hours" varchar(11) NOT NULL, "person_id" bigint NOT NULL UNIQUE REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "cases_papercounter" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "kind" varchar(12) NOT NULL, "year" integer unsigned NOT NULL CHECK ("year" >= 0), "last" integer unsigned NOT NULL CHECK ("last" >= 0), CONSTRAINT "one_counter_per_paper_and_year" UNIQUE ("kind", "year"));

CREATE TABLE "cases_proposal" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "verdict" varchar(10) NOT NULL, "reason" varchar(400) NOT NULL, "at" datetime NOT NULL, "by_id" bigint NOT NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED, "finding_id" bigint NOT NULL REFERENCES "cases_finding" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "cases_regrouping" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "kind" varchar(10) NOT NULL, "findings" text NOT NULL CHECK ((JSON_VALID("findings") OR "findings" IS NULL)), "reason" varchar(400) NOT NULL, "at" datetime NOT NULL, "by_id" bigint NOT NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED, "into_id" bigint NOT NULL REFERENCES "cases_incident" ("id") DEFERRABLE INITIALLY DEFERRED, "source_id" bigint NOT NULL REFERENCES "cases_incident" ("id") DEFERRABLE INITIALLY DEFERRED, "undoes_id" bigint NULL UNIQUE REFERENCES "cases_regrouping" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "cases_routeversion" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "rule" varchar(40) NOT NULL, "kind" varchar(10) NOT NULL, "content" text NOT NULL CHECK ((JSON_VALID("content") OR "content" IS NULL)), "reason" varchar(400) NOT NULL, "at" datetime NOT NULL, "by_id" bigint NOT NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "cases_ruletry" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "check_key" varchar(80) NOT NULL, "content" text NOT NULL CHECK ((JSON_VALID("content") OR "content" IS NULL)), "at" datetime NOT NULL, "begun" smallint unsigned NOT NULL CHECK ("begun" >= 0), "done" integer unsigned NOT NULL CHECK ("done" >= 0), "total" integer unsigned NOT NULL CHECK ("total" >= 0), "ended" bool NOT NULL, "result" text NULL CHECK ((JSON_VALID("result") OR "result" IS NULL)), "error" varchar(500) NOT NULL, "by_id" bigint NOT NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "cases_ruleversion" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "check_key" varchar(80) NOT NULL, "kind" varchar(10) NOT NULL, "content" text NOT NULL CHECK ((JSON_VALID("content") OR "content" IS NULL)), "reason" varchar(400) NOT NULL, "at" datetime NOT NULL, "by_id" bigint NOT NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "cases_step" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "seq" integer unsigned NOT NULL CHECK ("seq" >= 0), "action" varchar(20) NOT NULL, "from_state" varchar(20) NOT NULL, "to_state" varchar(20) NOT NULL, "post" varchar(200) NOT NULL, "by_unit" bool NOT NULL, "at" datetime NOT NULL, "note" text NOT NULL, "data" text NOT NULL CHECK ((JSON_VALID("data") OR "data" IS NULL)), "due" datetime NULL, "original_due" datetime NULL, "previous_hash" varchar(64) NOT NULL, "hash" varchar(64) NOT NULL, "case_id" bigint NOT NULL REFERENCES "cases_case" ("id") DEFERRABLE INITIALLY DEFERRED, "organisation_id" bigint NULL REFERENCES "registry_organisation" ("id") DEFERRABLE INITIALLY DEFERRED, "actor_id" bigint NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_step_per_place" UNIQUE ("case_id", "seq"));

CREATE TABLE "cases_takeover" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "post" varchar(200) NOT NULL, "at" datetime NOT NULL, "note" text NOT NULL, "by_id" bigint NOT NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED, "handover_id" bigint NOT NULL UNIQUE REFERENCES "cases_handover" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "cases_templateversion" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(200) NOT NULL, "sha256" varchar(64) NOT NULL, "media_type" varchar(100) NOT NULL, "size" bigint unsigned NOT NULL CHECK ("size" >= 0), "taken_at" datetime NULL, "lat" real NULL, "lon" real NULL, "paper" varchar(12) NOT NULL, "kind" varchar(10) NOT NULL, "reason" varchar(400) NOT NULL, "at" datetime NOT NULL, "by_id" bigint NOT NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "cases_termversion" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "rule" varchar(40) NOT NULL, "kind" varchar(10) NOT NULL, "content" text NOT NULL CHECK ((JSON_VALID("content") OR "content" IS NULL)), "reason" varchar(400) NOT NULL, "at" datetime NOT NULL, "by_id" bigint NOT NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "django_content_type" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "app_label" varchar(100) NOT NULL, "model" varchar(100) NOT NULL);

CREATE TABLE "django_migrations" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "app" varchar(255) NOT NULL, "name" varchar(255) NOT NULL, "applied" datetime NOT NULL);

CREATE TABLE "django_session" ("session_key" varchar(40) NOT NULL PRIMARY KEY, "session_data" text NOT NULL, "expire_date" datetime NOT NULL);

CREATE TABLE "inspection_answer" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "instance" varchar(80) NOT NULL UNIQUE, "at" datetime NOT NULL, "said_at" datetime NULL, "target_kind" varchar(20) NOT NULL, "target" varchar(80) NOT NULL, "target_name" varchar(120) NOT NULL, "lat" real NULL, "lon" real NULL, "xml" text NOT NULL, "sha256" varchar(64) NOT NULL, "values" text NOT NULL CHECK ((JSON_VALID("values") OR "values" IS NULL)), "score" real NULL, "score_most" real NULL, "summary" varchar(400) NOT NULL, "simulated" bool NOT NULL, "by_id" bigint NOT NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED, "organisation_id" bigint NULL REFERENCES "registry_organisation" ("id") DEFERRABLE INITIALLY DEFERRED, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED, "form_id" bigint NOT NULL REFERENCES "inspection_formversion" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "inspection_answerfile" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(200) NOT NULL, "sha256" varchar(64) NOT NULL, "media_type" varchar(100) NOT NULL, "size" bigint unsigned NOT NULL CHECK ("size" >= 0), "taken_at" datetime NULL, "lat" real NULL, "lon" real NULL, "answer_id" bigint NOT NULL REFERENCES "inspection_answer" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "inspection_answerproblem" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "path" varchar(400) NOT NULL, "number" integer unsigned NOT NULL CHECK ("number" >= 0), "label" varchar(400) NOT NULL, "value" varchar(400) NOT NULL, "requirement" varchar(400) NOT NULL, "photos" text NOT NULL CHECK ((JSON_VALID("photos") OR "photos" IS NULL)), "lat" real NULL, "lon" real NULL, "answer_id" bigint NOT NULL REFERENCES "inspection_answer" ("id") DEFERRABLE INITIALLY DEFERRED, "finding_id" bigint NOT NULL REFERENCES "cases_finding" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "inspection_formversion" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "form" varchar(60) NOT NULL, "version" varchar(60) NOT NULL, "title" varchar(120) NOT NULL, "file" varchar(200) NOT NULL, "sha256" varchar(64) NOT NULL, "xform" text NOT NULL, "html" text NOT NULL, "model" text NOT NULL, "reason" varchar(400) NOT NULL, "at" datetime NOT NULL, "by_id" bigint NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_form_version" UNIQUE ("form", "version"));

CREATE TABLE "inspection_refusedanswer" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "form" varchar(60) NOT NULL, "version" varchar(60) NOT NULL, "instance" varchar(80) NOT NULL, "at" datetime NOT NULL, "target" varchar(80) NOT NULL, "xml" text NOT NULL, "sha256" varchar(64) NOT NULL, "reasons" text NOT NULL CHECK ((JSON_VALID("reasons") OR "reasons" IS NULL)), "by_id" bigint NOT NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "inspection_refusedfile" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(200) NOT NULL, "sha256" varchar(64) NOT NULL, "media_type" varchar(100) NOT NULL, "size" bigint unsigned NOT NULL CHECK ("size" >= 0), "taken_at" datetime NULL, "lat" real NULL, "lon" real NULL, "answer_id" bigint NOT NULL REFERENCES "inspection_refusedanswer" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "inspection_round" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "title" varchar(60) NOT NULL, "form" varchar(60) NOT NULL, "since" date NOT NULL, "until" date NOT NULL, "at" datetime NOT NULL, "by_id" bigint NOT NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "inspection_roundend" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "reason" varchar(400) NOT NULL, "at" datetime NOT NULL, "by_id" bigint NOT NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED, "round_id" bigint NOT NULL UNIQUE REFERENCES "inspection_round" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "inspection_roundstep" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "kind" varchar(10) NOT NULL, "reason" varchar(400) NOT NULL, "at" datetime NOT NULL, "by_id" bigint NOT NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED, "person_id" bigint NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED, "task_id" bigint NOT NULL REFERENCES "inspection_roundtask" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "inspection_roundtask" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "target" varchar(80) NOT NULL, "target_name" varchar(120) NOT NULL, "lat" real NULL, "lon" real NULL, "simulated" bool NOT NULL, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED, "round_id" bigint NOT NULL REFERENCES "inspection_round" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_task_once" UNIQUE ("round_id", "target"));

CREATE TABLE "patrol_batch" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "kind" varchar(10) NOT NULL, "raw" text NOT NULL, "sha256" varchar(64) NOT NULL, "received" datetime NOT NULL, "patrol_id" bigint NOT NULL REFERENCES "patrol_patrol" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_batch_once" UNIQUE ("patrol_id", "sha256"));

CREATE TABLE "patrol_patrol" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "key" varchar(36) NOT NULL UNIQUE, "said_start" datetime NOT NULL, "at" datetime NOT NULL, "simulated" bool NOT NULL, "person_id" bigint NOT NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "patrol_plan" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "title" varchar(60) NOT NULL, "objects_of" varchar(40) NOT NULL, "codes" text NOT NULL CHECK ((JSON_VALID("codes") OR "codes" IS NULL)), "every_days" integer unsigned NOT NULL CHECK ("every_days" >= 0), "since" date NOT NULL, "until" date NULL, "at" datetime NOT NULL, "by_id" bigint NOT NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED, "person_id" bigint NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "patrol_planend" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "reason" varchar(400) NOT NULL, "at" datetime NOT NULL, "by_id" bigint NOT NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED, "plan_id" bigint NOT NULL UNIQUE REFERENCES "patrol_plan" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "patrol_result" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "made" datetime NOT NULL, "batches" integer unsigned NOT NULL CHECK ("batches" >= 0), "signs_of" integer unsigned NOT NULL CHECK ("signs_of" >= 0), "rules" text NOT NULL CHECK ((JSON_VALID("rules") OR "rules" IS NULL)), "day" date NOT NULL, "first" datetime NULL, "last" datetime NULL, "totals" text NOT NULL CHECK ((JSON_VALID("totals") OR "totals" IS NULL)), "conditions" text NOT NULL CHECK ((JSON_VALID("conditions") OR "conditions" IS NULL)), "effective" bool NOT NULL, "refused" text NOT NULL CHECK ((JSON_VALID("refused") OR "refused" IS NULL)), "clock_off" real NULL, "steps" text NOT NULL CHECK ((JSON_VALID("steps") OR "steps" IS NULL)), "patrol_id" bigint NOT NULL UNIQUE REFERENCES "patrol_patrol" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "patrol_rulesversion" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "since" date NOT NULL, "values" text NOT NULL CHECK ((JSON_VALID("values") OR "values" IS NULL)), "reason" varchar(400) NOT NULL, "at" datetime NOT NULL, "by_id" bigint NOT NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "patrol_sign" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "kind" varchar(10) NOT NULL, "start" datetime NOT NULL, "until" datetime NOT NULL, "evidence" text NOT NULL CHECK ((JSON_VALID("evidence") OR "evidence" IS NULL)), "at" datetime NOT NULL, "other_id" bigint NULL REFERENCES "patrol_patrol" ("id") DEFERRABLE INITIALLY DEFERRED, "patrol_id" bigint NOT NULL REFERENCES "patrol_patrol" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_sign_once" UNIQUE ("patrol_id", "kind", "start"));

CREATE TABLE "patrol_signverdict" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "verdict" varchar(10) NOT NULL, "reason" varchar(400) NOT NULL, "at" datetime NOT NULL, "by_id" bigint NOT NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED, "sign_id" bigint NOT NULL REFERENCES "patrol_sign" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "patrol_stop" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "key" varchar(36) NOT NULL UNIQUE, "said_at" datetime NOT NULL, "at" datetime NOT NULL, "lat" real NOT NULL, "lon" real NOT NULL, "objects_of" varchar(40) NOT NULL, "code" varchar(80) NOT NULL, "name" varchar(120) NOT NULL, "text" varchar(400) NOT NULL, "finding_id" bigint NULL REFERENCES "cases_finding" ("id") DEFERRABLE INITIALLY DEFERRED, "patrol_id" bigint NOT NULL REFERENCES "patrol_patrol" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "patrol_stopfile" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(200) NOT NULL, "sha256" varchar(64) NOT NULL, "media_type" varchar(100) NOT NULL, "size" bigint unsigned NOT NULL CHECK ("size" >= 0), "taken_at" datetime NULL, "lat" real NULL, "lon" real NULL, "stop_id" bigint NOT NULL REFERENCES "patrol_stop" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "phone_arrived" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(200) NOT NULL, "sha256" varchar(64) NOT NULL, "media_type" varchar(100) NOT NULL, "size" bigint unsigned NOT NULL CHECK ("size" >= 0), "taken_at" datetime NULL, "lat" real NULL, "lon" real NULL, "at" datetime NOT NULL, "person_id" bigint NOT NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "each_photo_arrived_once" UNIQUE ("person_id", "sha256"));

CREATE TABLE "phone_item" ("id" varchar(36) NOT NULL PRIMARY KEY, "device" varchar(36) NOT NULL, "chain" varchar(80) NOT NULL, "seq" integer unsigned NOT NULL CHECK ("seq" >= 0), "kind" varchar(20) NOT NULL, "content" text NOT NULL CHECK ((JSON_VALID("content") OR "content" IS NULL)), "saved_at" datetime NOT NULL, "received_at" datetime NOT NULL, "outcome" varchar(10) NOT NULL, "why" text NOT NULL, "field" varchar(40) NOT NULL, "version" integer unsigned NOT NULL CHECK ("version" >= 0), "case_id" bigint NULL REFERENCES "cases_case" ("id") DEFERRABLE INITIALLY DEFERRED, "person_id" bigint NOT NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED, "step_id" bigint NULL REFERENCES "cases_step" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_item_per_place_in_chain" UNIQUE ("person_id", "device", "chain", "seq"));

CREATE TABLE "phone_itemfile" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(200) NOT NULL, "sha256" varchar(64) NOT NULL, "media_type" varchar(100) NOT NULL, "size" bigint unsigned NOT NULL CHECK ("size" >= 0), "taken_at" datetime NULL, "lat" real NULL, "lon" real NULL, "item_id" varchar(36) NOT NULL REFERENCES "phone_item" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "registry_auditentry" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "at" datetime NOT NULL, "real_at" datetime NOT NULL, "action" varchar(60) NOT NULL, "target" varchar(120) NOT NULL, "detail" text NOT NULL CHECK ((JSON_VALID("detail") OR "detail" IS NULL)), "address" char(39) NULL, "person_id" bigint NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "registry_batch" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "kind" varchar(60) NOT NULL, "operator" varchar(60) NOT NULL, "reason" varchar(400) NOT NULL, "at" datetime NOT NULL, "real_at" datetime NOT NULL, "file" varchar(200) NOT NULL, "blob" varchar(64) NOT NULL, "changes" integer unsigned NOT NULL CHECK ("changes" >= 0), "digest" varchar(64) NOT NULL, "person_id" bigint NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED, "undoes_id" bigint NULL UNIQUE REFERENCES "registry_batch" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "registry_calendarday" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "day" date NOT NULL UNIQUE, "kind" varchar(10) NOT NULL, "feast" varchar(20) NOT NULL, "source" varchar(120) NOT NULL);

CREATE TABLE "registry_change" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "kind" varchar(60) NOT NULL, "key" varchar(120) NOT NULL, "action" varchar(10) NOT NULL, "before" text NOT NULL CHECK ((JSON_VALID("before") OR "before" IS NULL)), "after" text NOT NULL CHECK ((JSON_VALID("after") OR "after" IS NULL)), "batch_id" bigint NOT NULL REFERENCES "registry_batch" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "registry_dustperiod" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "since" datetime NOT NULL, "until" datetime NOT NULL, "source" varchar(120) NOT NULL, "simulated" bool NOT NULL, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_dust_period" UNIQUE ("region_id", "since"));

CREATE TABLE "registry_emitter" ("code" varchar(40) NOT NULL PRIMARY KEY, "name" varchar(120) NOT NULL, "kind" varchar(20) NOT NULL, "industry" varchar(60) NOT NULL, "grade" varchar(12) NOT NULL, "guaranteed" bool NOT NULL, "lon" real NOT NULL, "lat" real NOT NULL, "simulated" bool NOT NULL, "organisation_id" bigint NULL REFERENCES "registry_organisation" ("id") DEFERRABLE INITIALLY DEFERRED, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED, "geometry" text NULL CHECK ((JSON_VALID("geometry") OR "geometry" IS NULL)), "since" date NULL, "until" date NULL);

CREATE TABLE "registry_gate" ("code" varchar(40) NOT NULL PRIMARY KEY, "name" varchar(120) NOT NULL, "lon" real NOT NULL, "lat" real NOT NULL, "geometry" text NULL CHECK ((JSON_VALID("geometry") OR "geometry" IS NULL)), "since" date NULL, "until" date NULL, "simulated" bool NOT NULL, "kind" varchar(10) NOT NULL, "weighbridge" bool NOT NULL, "vendor" varchar(60) NOT NULL, "organisation_id" bigint NULL REFERENCES "registry_organisation" ("id") DEFERRABLE INITIALLY DEFERRED, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED, "unit_id" varchar(40) NOT NULL REFERENCES "registry_vehicleuser" ("code") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "registry_gatekey" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "salt" varchar(32) NOT NULL UNIQUE, "dialect" varchar(40) NOT NULL, "made_at" datetime NOT NULL, "revoked_at" datetime NULL, "simulated" bool NOT NULL, "unit_id" varchar(40) NOT NULL REFERENCES "registry_vehicleuser" ("code") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "registry_gatepass" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "plate" varchar(12) NOT NULL, "reason" varchar(12) NOT NULL, "note" varchar(200) NOT NULL, "since" datetime NOT NULL, "until" datetime NOT NULL, "simulated" bool NOT NULL, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED, "unit_id" varchar(40) NULL REFERENCES "registry_vehicleuser" ("code") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_gate_pass_of_a_plate" UNIQUE ("plate", "since"));

CREATE TABLE "registry_installation" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "number_prefix" varchar(12) NOT NULL);

CREATE TABLE "registry_jobrun" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "job" varchar(60) NOT NULL, "as_of" datetime NOT NULL, "started" datetime NOT NULL, "ended" datetime NULL, "progress" varchar(200) NOT NULL, "ok" bool NULL, "result" varchar(500) NOT NULL);

CREATE TABLE "registry_logentry" ("seq" bigint unsigned NOT NULL PRIMARY KEY CHECK ("seq" >= 0), "at" datetime NOT NULL, "kind" varchar(60) NOT NULL, "key" varchar(120) NOT NULL, "digest" varchar(64) NOT NULL, "note" varchar(60) NOT NULL, "content" text NULL CHECK ((JSON_VALID("content") OR "content" IS NULL)), "previous" varchar(64) NOT NULL UNIQUE, "hash" varchar(64) NOT NULL);

CREATE TABLE "registry_measure" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "level" varchar(10) NOT NULL, "pollutant" varchar(10) NOT NULL, "text" varchar(200) NOT NULL, "kg_per_day" real NOT NULL, "basis" varchar(200) NOT NULL, "emitter_id" varchar(40) NOT NULL REFERENCES "registry_emitter" ("code") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "registry_organisation" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(120) NOT NULL UNIQUE, "kind" varchar(20) NOT NULL, "simulated" bool NOT NULL, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "registry_person" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "password" varchar(128) NOT NULL, "last_login" datetime NULL, "is_superuser" bool NOT NULL, "username" varchar(150) NOT NULL UNIQUE, "first_name" varchar(150) NOT NULL, "last_name" varchar(150) NOT NULL, "email" varchar(254) NOT NULL, "is_staff" bool NOT NULL, "is_active" bool NOT NULL, "date_joined" datetime NOT NULL, "full_name" varchar(60) NOT NULL, "phone" varchar(30) NOT NULL, "theme" varchar(10) NOT NULL, "must_change_password" bool NOT NULL);

CREATE TABLE "registry_person_groups" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "person_id" bigint NOT NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED, "group_id" integer NOT NULL REFERENCES "auth_group" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "registry_person_user_permissions" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "person_id" bigint NOT NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED, "permission_id" integer NOT NULL REFERENCES "auth_permission" ("id") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "registry_post" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "role" varchar(20) NOT NULL, "organisation_id" bigint NULL REFERENCES "registry_organisation" ("id") DEFERRABLE INITIALLY DEFERRED, "person_id" bigint NOT NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED, "since" datetime NULL, "until" datetime NULL);

CREATE TABLE "registry_reach" ("code" varchar(40) NOT NULL PRIMARY KEY, "name" varchar(120) NOT NULL, "lon" real NOT NULL, "lat" real NOT NULL, "geometry" text NULL CHECK ((JSON_VALID("geometry") OR "geometry" IS NULL)), "since" date NULL, "until" date NULL, "simulated" bool NOT NULL, "length_km" real NOT NULL, "speed" real NULL, "flow" real NULL, "below_id" varchar(40) NULL REFERENCES "registry_reach" ("code") DEFERRABLE INITIALLY DEFERRED, "organisation_id" bigint NULL REFERENCES "registry_organisation" ("id") DEFERRABLE INITIALLY DEFERRED, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED, "river_id" varchar(40) NOT NULL REFERENCES "registry_river" ("code") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "registry_region" ("code" varchar(12) NOT NULL PRIMARY KEY, "name" varchar(60) NOT NULL, "parent_id" varchar(12) NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED, "geometry" text NULL CHECK ((JSON_VALID("geometry") OR "geometry" IS NULL)));

CREATE TABLE "registry_river" ("code" varchar(40) NOT NULL PRIMARY KEY, "name" varchar(120) NOT NULL, "lon" real NOT NULL, "lat" real NOT NULL, "geometry" text NULL CHECK ((JSON_VALID("geometry") OR "geometry" IS NULL)), "since" date NULL, "until" date NULL, "simulated" bool NOT NULL, "basin" varchar(40) NOT NULL, "length_km" real NULL, "area_km2" real NULL, "organisation_id" bigint NULL REFERENCES "registry_organisation" ("id") DEFERRABLE INITIALLY DEFERRED, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "registry_site" ("code" varchar(40) NOT NULL PRIMARY KEY, "rank" varchar(20) NOT NULL, "lon" real NOT NULL, "lat" real NOT NULL, "evaluated" bool NOT NULL, "neighbour" bool NOT NULL, "simulated" bool NOT NULL, "city_id" varchar(12) NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED, "geometry" text NULL CHECK ((JSON_VALID("geometry") OR "geometry" IS NULL)), "organisation_id" bigint NULL REFERENCES "registry_organisation" ("id") DEFERRABLE INITIALLY DEFERRED, "since" date NULL, "until" date NULL, "name" varchar(120) NOT NULL);

CREATE TABLE "registry_target" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "year" smallint unsigned NOT NULL CHECK ("year" >= 0), "item" varchar(12) NOT NULL, "value" real NOT NULL, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_target_once" UNIQUE ("region_id", "year", "item"));

CREATE TABLE "registry_valuedecision" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "items" varchar(60) NOT NULL, "start" datetime NOT NULL, "until" datetime NOT NULL, "verdict" varchar(10) NOT NULL, "stage" varchar(12) NOT NULL, "reason" varchar(400) NOT NULL, "at" datetime NOT NULL, "reviewer_id" bigint NOT NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED, "site_id" varchar(40) NOT NULL REFERENCES "registry_site" ("code") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "registry_vehicle" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "plate" varchar(12) NOT NULL, "colour" varchar(14) NOT NULL, "vin" varchar(17) NOT NULL, "engine_no" varchar(40) NOT NULL, "vehicle_type" varchar(40) NOT NULL, "fuel" varchar(14) NOT NULL, "stage" varchar(10) NOT NULL, "stage_source" varchar(10) NOT NULL, "registered" date NULL, "use" varchar(30) NOT NULL, "owner" varchar(120) NOT NULL, "permitted_kg" real NULL, "curb_kg" real NULL, "source" varchar(120) NOT NULL, "simulated" bool NOT NULL, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_vehicle_of_a_plate" UNIQUE ("plate", "colour"));

CREATE TABLE "registry_vehicleuser" ("code" varchar(40) NOT NULL PRIMARY KEY, "name" varchar(120) NOT NULL, "lon" real NOT NULL, "lat" real NOT NULL, "geometry" text NULL CHECK ((JSON_VALID("geometry") OR "geometry" IS NULL)), "since" date NULL, "until" date NULL, "simulated" bool NOT NULL, "industry" varchar(60) NOT NULL, "grade" varchar(12) NOT NULL, "guaranteed" bool NOT NULL, "clean_goal" real NULL, "contact" varchar(60) NOT NULL, "phone" varchar(30) NOT NULL, "emitter_id" varchar(40) NULL REFERENCES "registry_emitter" ("code") DEFERRABLE INITIALLY DEFERRED, "organisation_id" bigint NULL REFERENCES "registry_organisation" ("id") DEFERRABLE INITIALLY DEFERRED, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED);

CREATE INDEX "auth_group_permissions_group_id_b120cbf9" ON "auth_group_permissions" ("group_id");

CREATE UNIQUE INDEX "auth_group_permissions_group_id_permission_id_0cd325b0_uniq" ON "auth_group_permissions" ("group_id", "permission_id");

CREATE INDEX "auth_group_permissions_permission_id_84c5c92e" ON "auth_group_permissions" ("permission_id");

CREATE INDEX "auth_permission_content_type_id_2f476e4b" ON "auth_permission" ("content_type_id");

CREATE UNIQUE INDEX "auth_permission_content_type_id_codename_01ab375a_uniq" ON "auth_permission" ("content_type_id", "codename");

CREATE INDEX "axes_accessattempt_ip_address_10922d9c" ON "axes_accessattempt" ("ip_address");

CREATE INDEX "axes_accessattempt_user_agent_ad89678b" ON "axes_accessattempt" ("user_agent");

CREATE INDEX "axes_accessattempt_username_3f2d4ca0" ON "axes_accessattempt" ("username");

CREATE UNIQUE INDEX "axes_accessattempt_username_ip_address_user_agent_8ea22282_uniq" ON "axes_accessattempt" ("username", "ip_address", "user_agent");

CREATE INDEX "axes_accessfailurelog_ip_address_2e9f5a7f" ON "axes_accessfailurelog" ("ip_address");

CREATE INDEX "axes_accessfailurelog_user_agent_ea145dda" ON "axes_accessfailurelog" ("user_agent");

CREATE INDEX "axes_accessfailurelog_username_a8b7e8a4" ON "axes_accessfailurelog" ("username");

CREATE INDEX "axes_accesslog_ip_address_86b417e5" ON "axes_accesslog" ("ip_address");

CREATE INDEX "axes_accesslog_user_agent_0e659004" ON "axes_accesslog" ("user_agent");

CREATE INDEX "axes_accesslog_username_df93064b" ON "axes_accesslog" ("username");

CREATE INDEX "cases_address_person_id_6d2dfede" ON "cases_address" ("person_id");

CREATE INDEX "cases_attachment_sha256_40e281e0" ON "cases_attachment" ("sha256");

CREATE INDEX "cases_attachment_step_id_575f5356" ON "cases_attachment" ("step_id");

CREATE INDEX "cases_browser_person_id_9c56a2e3" ON "cases_browser" ("person_id");

CREATE INDEX "cases_case_due_f0a198d4" ON "cases_case" ("due");

CREATE INDEX "cases_case_findings_case_id_2a89aa8a" ON "cases_case_findings" ("case_id");

CREATE UNIQUE INDEX "cases_case_findings_case_id_finding_id_4c5cdf7f_uniq" ON "cases_case_findings" ("case_id", "finding_id");

CREATE INDEX "cases_case_findings_finding_id_47b025a3" ON "cases_case_findings" ("finding_id");

CREATE INDEX "cases_case_leading_id_2cb50a51" ON "cases_case" ("leading_id");

CREATE INDEX "cases_case_next_node_b5d1e235" ON "cases_case" ("next_node");

CREATE INDEX "cases_case_organisation_id_dac38ff3" ON "cases_case" ("organisation_id");

CREATE INDEX "cases_case_origin_id_88b5dce9" ON "cases_case" ("origin_id");

CREATE INDEX "cases_case_parent_id_30365dcb" ON "cases_case" ("parent_id");

CREATE INDEX "cases_case_region_id_ffee331b" ON "cases_case" ("region_id");

CREATE INDEX "cases_case_state_eb673365" ON "cases_case" ("state");

CREATE INDEX "cases_check_check_k_ce8349_idx" ON "cases_checkrun" ("check_key", "id" DESC);

CREATE INDEX "cases_checkrun_as_of_ca8af332" ON "cases_checkrun" ("as_of");

CREATE INDEX "cases_delivery_at_cd7d3efb" ON "cases_delivery" ("at");

CREATE INDEX "cases_delivery_case_id_89c6e15d" ON "cases_delivery" ("case_id");

CREATE INDEX "cases_delivery_channel_2a3d0884" ON "cases_delivery" ("channel");

CREATE INDEX "cases_delivery_notification_id_59cdcba4" ON "cases_delivery" ("notification_id");

CREATE INDEX "cases_delivery_person_id_59424797" ON "cases_delivery" ("person_id");

CREATE INDEX "cases_delivery_state_e4f1ecdd" ON "cases_delivery" ("state");

CREATE INDEX "cases_findi_check_k_f4c464_idx" ON "cases_finding" ("check_key", "target");

CREATE INDEX "cases_findi_status_60296a_idx" ON "cases_finding" ("status", "started_at" DESC);

CREATE INDEX "cases_finding_decided_by_id_69d342e8" ON "cases_finding" ("decided_by_id");

CREATE INDEX "cases_finding_follows_id_b66c32ca" ON "cases_finding" ("follows_id");

CREATE INDEX "cases_finding_incident_id_8a2732e4" ON "cases_finding" ("incident_id");

CREATE INDEX "cases_finding_merged_into_id_5dddf4a8" ON "cases_finding" ("merged_into_id");

CREATE INDEX "cases_finding_organisation_id_39e7386f" ON "cases_finding" ("organisation_id");

CREATE INDEX "cases_finding_region_id_1401d60c" ON "cases_finding" ("region_id");

CREATE INDEX "cases_finding_started_at_20b0278a" ON "cases_finding" ("started_at");

CREATE INDEX "cases_finding_vendor_id_c45ed428" ON "cases_finding" ("vendor_id");

CREATE INDEX "cases_handover_at_9aa28e4c" ON "cases_handover" ("at");

CREATE INDEX "cases_handover_by_id_e4bf7759" ON "cases_handover" ("by_id");

CREATE INDEX "cases_handover_region_id_001e0254" ON "cases_handover" ("region_id");

CREATE INDEX "cases_incident_merged_into_id_24248739" ON "cases_incident" ("merged_into_id");

CREATE INDEX "cases_incident_opened_at_496658ee" ON "cases_incident" ("opened_at");

CREATE INDEX "cases_incident_root_id_c68fdece" ON "cases_incident" ("root_id");

CREATE INDEX "cases_issuedpaper_step_id_0aca9056" ON "cases_issuedpaper" ("step_id");

CREATE INDEX "cases_issuedpaper_template_id_2bb28f4c" ON "cases_issuedpaper" ("template_id");

CREATE INDEX "cases_notification_case_id_1094e2c6" ON "cases_notification" ("case_id");

CREATE INDEX "cases_notification_next_at_a80b2b0a" ON "cases_notification" ("next_at");

CREATE INDEX "cases_notification_person_id_53a68831" ON "cases_notification" ("person_id");

CREATE INDEX "cases_notification_post_id_7f6dc564" ON "cases_notification" ("post_id");

CREATE INDEX "cases_notification_step_id_31c9acdd" ON "cases_notification" ("step_id");

CREATE INDEX "cases_numberrule_by_id_6cedf6ab" ON "cases_numberrule" ("by_id");

CREATE INDEX "cases_numberrule_kind_ac678231" ON "cases_numberrule" ("kind");

CREATE INDEX "cases_proposal_by_id_975348bc" ON "cases_proposal" ("by_id");

CREATE INDEX "cases_proposal_finding_id_ba77da9f" ON "cases_proposal" ("finding_id");

CREATE INDEX "cases_regrouping_by_id_79ae8f08" ON "cases_regrouping" ("by_id");

CREATE INDEX "cases_regrouping_into_id_62b98850" ON "cases_regrouping" ("into_id");

CREATE INDEX "cases_regrouping_source_id_cc3f24c9" ON "cases_regrouping" ("source_id");

CREATE INDEX "cases_routeversion_by_id_19c8b25e" ON "cases_routeversion" ("by_id");

CREATE INDEX "cases_routeversion_rule_1540db90" ON "cases_routeversion" ("rule");

CREATE INDEX "cases_ruletry_by_id_e3778932" ON "cases_ruletry" ("by_id");

CREATE INDEX "cases_ruleversion_by_id_bd7fd542" ON "cases_ruleversion" ("by_id");

CREATE INDEX "cases_ruleversion_check_key_4a319b79" ON "cases_ruleversion" ("check_key");

CREATE INDEX "cases_step_actor_id_2f0c630e" ON "cases_step" ("actor_id");

CREATE INDEX "cases_step_at_9ee80393" ON "cases_step" ("at");

CREATE INDEX "cases_step_case_id_95522377" ON "cases_step" ("case_id");

CREATE INDEX "cases_step_organisation_id_df4ae631" ON "cases_step" ("organisation_id");

CREATE INDEX "cases_takeover_by_id_85fbaf49" ON "cases_takeover" ("by_id");

CREATE INDEX "cases_templateversion_by_id_8627a526" ON "cases_templateversion" ("by_id");

CREATE INDEX "cases_templateversion_paper_ca14cfaa" ON "cases_templateversion" ("paper");

CREATE INDEX "cases_templateversion_sha256_ea436b75" ON "cases_templateversion" ("sha256");

CREATE INDEX "cases_termversion_by_id_d11835dc" ON "cases_termversion" ("by_id");

CREATE INDEX "cases_termversion_rule_5c81ad3a" ON "cases_termversion" ("rule");

CREATE INDEX "change_by_object" ON "registry_change" ("kind", "key");

CREATE UNIQUE INDEX "django_content_type_app_label_model_76bd3d3b_uniq" ON "django_content_type" ("app_label", "model");

CREATE INDEX "django_session_expire_date_a5c62663" ON "django_session" ("expire_date");

CREATE INDEX "inspection_answer_at_24d59d7b" ON "inspection_answer" ("at");

CREATE INDEX "inspection_answer_by_id_bd6f5360" ON "inspection_answer" ("by_id");

CREATE INDEX "inspection_answer_form_id_864977d5" ON "inspection_answer" ("form_id");

CREATE INDEX "inspection_answer_organisation_id_ed524c9a" ON "inspection_answer" ("organisation_id");

CREATE INDEX "inspection_answer_region_id_e6556892" ON "inspection_answer" ("region_id");

CREATE INDEX "inspection_answerfile_answer_id_9e7bd9f3" ON "inspection_answerfile" ("answer_id");

CREATE INDEX "inspection_answerfile_sha256_b678395d" ON "inspection_answerfile" ("sha256");

CREATE INDEX "inspection_answerproblem_answer_id_a26932ab" ON "inspection_answerproblem" ("answer_id");

CREATE INDEX "inspection_answerproblem_finding_id_b6fa9cf2" ON "inspection_answerproblem" ("finding_id");

CREATE INDEX "inspection_formversion_by_id_0bba4d1e" ON "inspection_formversion" ("by_id");

CREATE INDEX "inspection_refusedanswer_by_id_105508c1" ON "inspection_refusedanswer" ("by_id");

CREATE INDEX "inspection_refusedanswer_region_id_954f9660" ON "inspection_refusedanswer" ("region_id");

CREATE INDEX "inspection_refusedfile_answer_id_ea4f1309" ON "inspection_refusedfile" ("answer_id");

CREATE INDEX "inspection_refusedfile_sha256_efd5e64c" ON "inspection_refusedfile" ("sha256");

CREATE INDEX "inspection_round_by_id_1a2d6a8b" ON "inspection_round" ("by_id");

CREATE INDEX "inspection_round_region_id_bec9c4a8" ON "inspection_round" ("region_id");

CREATE INDEX "inspection_roundend_by_id_9ac84ae7" ON "inspection_roundend" ("by_id");

CREATE INDEX "inspection_roundstep_by_id_db11ad50" ON "inspection_roundstep" ("by_id");

CREATE INDEX "inspection_roundstep_person_id_2963d3ca" ON "inspection_roundstep" ("person_id");

CREATE INDEX "inspection_roundstep_task_id_cf1e7f29" ON "inspection_roundstep" ("task_id");

CREATE INDEX "inspection_roundtask_region_id_9e2de657" ON "inspection_roundtask" ("region_id");

CREATE INDEX "inspection_roundtask_round_id_9b05d4f1" ON "inspection_roundtask" ("round_id");

CREATE INDEX "log_by_row" ON "registry_logentry" ("kind", "key");

CREATE UNIQUE INDEX "one_open_post_once" ON "registry_post" ("person_id", "role", "region_id", "organisation_id") WHERE "until" IS NULL;

CREATE UNIQUE INDEX "one_paper_per_number" ON "cases_issuedpaper" ("number") WHERE NOT ("number" = '');

CREATE UNIQUE INDEX "one_running_finding" ON "cases_finding" ("check_key", "target_kind", "item", "target") WHERE "running";

CREATE INDEX "outbox" ON "cases_delivery" ("state", "due");

CREATE INDEX "patrol_batch_patrol_id_33d5c81e" ON "patrol_batch" ("patrol_id");

CREATE INDEX "patrol_patrol_person_id_eff579ab" ON "patrol_patrol" ("person_id");

CREATE INDEX "patrol_patrol_region_id_b8ef8f53" ON "patrol_patrol" ("region_id");

CREATE INDEX "patrol_patrol_said_start_83580d4f" ON "patrol_patrol" ("said_start");

CREATE INDEX "patrol_plan_by_id_78c17090" ON "patrol_plan" ("by_id");

CREATE INDEX "patrol_plan_person_id_5b5b395d" ON "patrol_plan" ("person_id");

CREATE INDEX "patrol_plan_region_id_848b993b" ON "patrol_plan" ("region_id");

CREATE INDEX "patrol_planend_by_id_7f38e9af" ON "patrol_planend" ("by_id");

CREATE INDEX "patrol_result_day_214edb5a" ON "patrol_result" ("day");

CREATE INDEX "patrol_rulesversion_by_id_8c8e8d45" ON "patrol_rulesversion" ("by_id");

CREATE INDEX "patrol_sign_other_id_aaab2070" ON "patrol_sign" ("other_id");

CREATE INDEX "patrol_sign_patrol_id_7276ed87" ON "patrol_sign" ("patrol_id");

CREATE INDEX "patrol_signverdict_by_id_b750138a" ON "patrol_signverdict" ("by_id");

CREATE INDEX "patrol_signverdict_sign_id_90afc824" ON "patrol_signverdict" ("sign_id");

CREATE INDEX "patrol_stop_finding_id_65d2f982" ON "patrol_stop" ("finding_id");

CREATE INDEX "patrol_stop_patrol_id_cdfd4e33" ON "patrol_stop" ("patrol_id");

CREATE INDEX "patrol_stopfile_sha256_8048f4f7" ON "patrol_stopfile" ("sha256");

CREATE INDEX "patrol_stopfile_stop_id_cc13576c" ON "patrol_stopfile" ("stop_id");

CREATE INDEX "phone_arrived_at_31329348" ON "phone_arrived" ("at");

CREATE INDEX "phone_arrived_person_id_ad31c25c" ON "phone_arrived" ("person_id");

CREATE INDEX "phone_arrived_sha256_af64af8c" ON "phone_arrived" ("sha256");

CREATE INDEX "phone_item_case_id_171c32a9" ON "phone_item" ("case_id");

CREATE INDEX "phone_item_person_id_9415f965" ON "phone_item" ("person_id");

CREATE INDEX "phone_item_received_at_2bfbe5ca" ON "phone_item" ("received_at");

CREATE INDEX "phone_item_step_id_3bc7ad43" ON "phone_item" ("step_id");

CREATE INDEX "phone_itemfile_item_id_931d4714" ON "phone_itemfile" ("item_id");

CREATE INDEX "phone_itemfile_sha256_393b3257" ON "phone_itemfile" ("sha256");

CREATE INDEX "registry_auditentry_at_10f25fc3" ON "registry_auditentry" ("at");

CREATE INDEX "registry_auditentry_person_id_78ed6503" ON "registry_auditentry" ("person_id");

CREATE INDEX "registry_batch_kind_e7a528b2" ON "registry_batch" ("kind");

CREATE INDEX "registry_batch_person_id_8c140496" ON "registry_batch" ("person_id");

CREATE INDEX "registry_change_batch_id_358a3957" ON "registry_change" ("batch_id");

CREATE INDEX "registry_dustperiod_region_id_6488a933" ON "registry_dustperiod" ("region_id");

CREATE INDEX "registry_emitter_organisation_id_684a27f7" ON "registry_emitter" ("organisation_id");

CREATE INDEX "registry_emitter_region_id_79c1690d" ON "registry_emitter" ("region_id");

CREATE INDEX "registry_gate_organisation_id_66fe9dcd" ON "registry_gate" ("organisation_id");

CREATE INDEX "registry_gate_region_id_fabc8a55" ON "registry_gate" ("region_id");

CREATE INDEX "registry_gate_unit_id_678e387c" ON "registry_gate" ("unit_id");

CREATE INDEX "registry_gatekey_unit_id_0c335757" ON "registry_gatekey" ("unit_id");

CREATE INDEX "registry_gatepass_plate_d8f3effd" ON "registry_gatepass" ("plate");

CREATE INDEX "registry_gatepass_region_id_509588b2" ON "registry_gatepass" ("region_id");

CREATE INDEX "registry_gatepass_unit_id_4f7dfbde" ON "registry_gatepass" ("unit_id");

CREATE INDEX "registry_jobrun_job_83cfa473" ON "registry_jobrun" ("job");

CREATE INDEX "registry_measure_emitter_id_3ec77738" ON "registry_measure" ("emitter_id");

CREATE INDEX "registry_organisation_region_id_b56d3ce5" ON "registry_organisation" ("region_id");

CREATE INDEX "registry_person_groups_group_id_40342505" ON "registry_person_groups" ("group_id");

CREATE INDEX "registry_person_groups_person_id_5c2262bb" ON "registry_person_groups" ("person_id");

CREATE UNIQUE INDEX "registry_person_groups_person_id_group_id_219b0697_uniq" ON "registry_person_groups" ("person_id", "group_id");

CREATE INDEX "registry_person_user_permissions_permission_id_5f07be69" ON "registry_person_user_permissions" ("permission_id");

CREATE INDEX "registry_person_user_permissions_person_id_d4b5ac74" ON "registry_person_user_permissions" ("person_id");

CREATE UNIQUE INDEX "registry_person_user_permissions_person_id_permission_id_5302bc02_uniq" ON "registry_person_user_permissions" ("person_id", "permission_id");

CREATE INDEX "registry_post_organisation_id_876b25be" ON "registry_post" ("organisation_id");

CREATE INDEX "registry_post_person_id_943c4cd1" ON "registry_post" ("person_id");

CREATE INDEX "registry_post_region_id_89fd0252" ON "registry_post" ("region_id");

CREATE INDEX "registry_reach_below_id_d23979a3" ON "registry_reach" ("below_id");

CREATE INDEX "registry_reach_organisation_id_a379a72b" ON "registry_reach" ("organisation_id");

CREATE INDEX "registry_reach_region_id_ae3f7db0" ON "registry_reach" ("region_id");

CREATE INDEX "registry_reach_river_id_11f48cee" ON "registry_reach" ("river_id");

CREATE INDEX "registry_region_parent_id_9f18316b" ON "registry_region" ("parent_id");

CREATE INDEX "registry_river_organisation_id_f99698d3" ON "registry_river" ("organisation_id");

CREATE INDEX "registry_river_region_id_301af89f" ON "registry_river" ("region_id");

CREATE INDEX "registry_site_city_id_6844cb86" ON "registry_site" ("city_id");

CREATE INDEX "registry_site_organisation_id_963f38a6" ON "registry_site" ("organisation_id");

CREATE INDEX "registry_site_region_id_4f2120bd" ON "registry_site" ("region_id");

CREATE INDEX "registry_target_region_id_7939baa2" ON "registry_target" ("region_id");

CREATE INDEX "registry_valuedecision_reviewer_id_5dd02699" ON "registry_valuedecision" ("reviewer_id");

CREATE INDEX "registry_valuedecision_site_id_df6f9109" ON "registry_valuedecision" ("site_id");

CREATE INDEX "registry_vehicle_region_id_41b3ef8b" ON "registry_vehicle" ("region_id");

CREATE INDEX "registry_vehicle_vin_dc6fb3ce" ON "registry_vehicle" ("vin");

CREATE INDEX "registry_vehicleuser_emitter_id_ee76a27d" ON "registry_vehicleuser" ("emitter_id");

CREATE INDEX "registry_vehicleuser_organisation_id_a7e483d0" ON "registry_vehicleuser" ("organisation_id");

CREATE INDEX "registry_vehicleuser_region_id_88f65e16" ON "registry_vehicleuser" ("region_id");

CREATE TRIGGER cases_attachment_no_delete BEFORE DELETE ON cases_attachment BEGIN SELECT RAISE(ABORT, '办理记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER cases_attachment_no_update BEFORE UPDATE ON cases_attachment BEGIN SELECT RAISE(ABORT, '办理记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER cases_handover_no_delete BEFORE DELETE ON cases_handover BEGIN SELECT RAISE(ABORT, '交接班记录签字后不能修改或删除'); END;

CREATE TRIGGER cases_handover_no_update BEFORE UPDATE ON cases_handover BEGIN SELECT RAISE(ABORT, '交接班记录签字后不能修改或删除'); END;

CREATE TRIGGER cases_issuedpaper_no_delete BEFORE DELETE ON cases_issuedpaper BEGIN SELECT RAISE(ABORT, '文书模板、文号和签发记录不能修改或删除'); END;

CREATE TRIGGER cases_issuedpaper_no_update BEFORE UPDATE ON cases_issuedpaper BEGIN SELECT RAISE(ABORT, '文书模板、文号和签发记录不能修改或删除'); END;

CREATE TRIGGER cases_numberrule_no_delete BEFORE DELETE ON cases_numberrule BEGIN SELECT RAISE(ABORT, '文书模板、文号和签发记录不能修改或删除'); END;

CREATE TRIGGER cases_numberrule_no_update BEFORE UPDATE ON cases_numberrule BEGIN SELECT RAISE(ABORT, '文书模板、文号和签发记录不能修改或删除'); END;

CREATE TRIGGER cases_proposal_no_delete BEFORE DELETE ON cases_proposal BEGIN SELECT RAISE(ABORT, '判定建议只能追加, 不能修改或删除'); END;

CREATE TRIGGER cases_proposal_no_update BEFORE UPDATE ON cases_proposal BEGIN SELECT RAISE(ABORT, '判定建议只能追加, 不能修改或删除'); END;

CREATE TRIGGER cases_regrouping_no_delete BEFORE DELETE ON cases_regrouping BEGIN SELECT RAISE(ABORT, '归并记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER cases_regrouping_no_update BEFORE UPDATE ON cases_regrouping BEGIN SELECT RAISE(ABORT, '归并记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER cases_routeversion_no_delete BEFORE DELETE ON cases_routeversion BEGIN SELECT RAISE(ABORT, '交办规则的历次设定不能修改或删除'); END;

CREATE TRIGGER cases_routeversion_no_update BEFORE UPDATE ON cases_routeversion BEGIN SELECT RAISE(ABORT, '交办规则的历次设定不能修改或删除'); END;

CREATE TRIGGER cases_ruleversion_no_delete BEFORE DELETE ON cases_ruleversion BEGIN SELECT RAISE(ABORT, '规则的历次设定不能修改或删除'); END;

CREATE TRIGGER cases_ruleversion_no_update BEFORE UPDATE ON cases_ruleversion BEGIN SELECT RAISE(ABORT, '规则的历次设定不能修改或删除'); END;

CREATE TRIGGER cases_step_no_delete BEFORE DELETE ON cases_step BEGIN SELECT RAISE(ABORT, '办理记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER cases_step_no_update BEFORE UPDATE ON cases_step BEGIN SELECT RAISE(ABORT, '办理记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER cases_takeover_no_delete BEFORE DELETE ON cases_takeover BEGIN SELECT RAISE(ABORT, '交接班记录签字后不能修改或删除'); END;

CREATE TRIGGER cases_takeover_no_update BEFORE UPDATE ON cases_takeover BEGIN SELECT RAISE(ABORT, '交接班记录签字后不能修改或删除'); END;

CREATE TRIGGER cases_templateversion_no_delete BEFORE DELETE ON cases_templateversion BEGIN SELECT RAISE(ABORT, '文书模板、文号和签发记录不能修改或删除'); END;

CREATE TRIGGER cases_templateversion_no_update BEFORE UPDATE ON cases_templateversion BEGIN SELECT RAISE(ABORT, '文书模板、文号和签发记录不能修改或删除'); END;

CREATE TRIGGER cases_termversion_no_delete BEFORE DELETE ON cases_termversion BEGIN SELECT RAISE(ABORT, '时限规则的历次设定不能修改或删除'); END;

CREATE TRIGGER cases_termversion_no_update BEFORE UPDATE ON cases_termversion BEGIN SELECT RAISE(ABORT, '时限规则的历次设定不能修改或删除'); END;

CREATE TRIGGER inspection_answer_no_delete BEFORE DELETE ON inspection_answer BEGIN SELECT RAISE(ABORT, '表单版本和检查记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER inspection_answer_no_update BEFORE UPDATE ON inspection_answer BEGIN SELECT RAISE(ABORT, '表单版本和检查记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER inspection_answerfile_no_delete BEFORE DELETE ON inspection_answerfile BEGIN SELECT RAISE(ABORT, '表单版本和检查记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER inspection_answerfile_no_update BEFORE UPDATE ON inspection_answerfile BEGIN SELECT RAISE(ABORT, '表单版本和检查记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER inspection_answerproblem_no_delete BEFORE DELETE ON inspection_answerproblem BEGIN SELECT RAISE(ABORT, '表单版本和检查记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER inspection_answerproblem_no_update BEFORE UPDATE ON inspection_answerproblem BEGIN SELECT RAISE(ABORT, '表单版本和检查记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER inspection_formversion_no_delete BEFORE DELETE ON inspection_formversion BEGIN SELECT RAISE(ABORT, '表单版本和检查记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER inspection_formversion_no_update BEFORE UPDATE ON inspection_formversion BEGIN SELECT RAISE(ABORT, '表单版本和检查记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER inspection_refusedanswer_no_delete BEFORE DELETE ON inspection_refusedanswer BEGIN SELECT RAISE(ABORT, '表单版本和检查记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER inspection_refusedanswer_no_update BEFORE UPDATE ON inspection_refusedanswer BEGIN SELECT RAISE(ABORT, '表单版本和检查记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER inspection_refusedfile_no_delete BEFORE DELETE ON inspection_refusedfile BEGIN SELECT RAISE(ABORT, '表单版本和检查记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER inspection_refusedfile_no_update BEFORE UPDATE ON inspection_refusedfile BEGIN SELECT RAISE(ABORT, '表单版本和检查记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER inspection_round_no_delete BEFORE DELETE ON inspection_round BEGIN SELECT RAISE(ABORT, '检查轮次只能追加, 不能修改或删除'); END;

CREATE TRIGGER inspection_round_no_update BEFORE UPDATE ON inspection_round BEGIN SELECT RAISE(ABORT, '检查轮次只能追加, 不能修改或删除'); END;

CREATE TRIGGER inspection_roundend_no_delete BEFORE DELETE ON inspection_roundend BEGIN SELECT RAISE(ABORT, '检查轮次只能追加, 不能修改或删除'); END;

CREATE TRIGGER inspection_roundend_no_update BEFORE UPDATE ON inspection_roundend BEGIN SELECT RAISE(ABORT, '检查轮次只能追加, 不能修改或删除'); END;

CREATE TRIGGER inspection_roundstep_no_delete BEFORE DELETE ON inspection_roundstep BEGIN SELECT RAISE(ABORT, '检查轮次只能追加, 不能修改或删除'); END;

CREATE TRIGGER inspection_roundstep_no_update BEFORE UPDATE ON inspection_roundstep BEGIN SELECT RAISE(ABORT, '检查轮次只能追加, 不能修改或删除'); END;

CREATE TRIGGER inspection_roundtask_no_delete BEFORE DELETE ON inspection_roundtask BEGIN SELECT RAISE(ABORT, '检查轮次只能追加, 不能修改或删除'); END;

CREATE TRIGGER inspection_roundtask_no_update BEFORE UPDATE ON inspection_roundtask BEGIN SELECT RAISE(ABORT, '检查轮次只能追加, 不能修改或删除'); END;

CREATE TRIGGER patrol_batch_no_delete BEFORE DELETE ON patrol_batch BEGIN SELECT RAISE(ABORT, '巡查记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER patrol_batch_no_update BEFORE UPDATE ON patrol_batch BEGIN SELECT RAISE(ABORT, '巡查记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER patrol_patrol_no_delete BEFORE DELETE ON patrol_patrol BEGIN SELECT RAISE(ABORT, '巡查记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER patrol_patrol_no_update BEFORE UPDATE ON patrol_patrol BEGIN SELECT RAISE(ABORT, '巡查记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER patrol_plan_no_delete BEFORE DELETE ON patrol_plan BEGIN SELECT RAISE(ABORT, '巡查记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER patrol_plan_no_update BEFORE UPDATE ON patrol_plan BEGIN SELECT RAISE(ABORT, '巡查记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER patrol_planend_no_delete BEFORE DELETE ON patrol_planend BEGIN SELECT RAISE(ABORT, '巡查记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER patrol_planend_no_update BEFORE UPDATE ON patrol_planend BEGIN SELECT RAISE(ABORT, '巡查记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER patrol_rulesversion_no_delete BEFORE DELETE ON patrol_rulesversion BEGIN SELECT RAISE(ABORT, '巡查记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER patrol_rulesversion_no_update BEFORE UPDATE ON patrol_rulesversion BEGIN SELECT RAISE(ABORT, '巡查记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER patrol_sign_no_delete BEFORE DELETE ON patrol_sign BEGIN SELECT RAISE(ABORT, '巡查记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER patrol_sign_no_update BEFORE UPDATE ON patrol_sign BEGIN SELECT RAISE(ABORT, '巡查记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER patrol_signverdict_no_delete BEFORE DELETE ON patrol_signverdict BEGIN SELECT RAISE(ABORT, '巡查记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER patrol_signverdict_no_update BEFORE UPDATE ON patrol_signverdict BEGIN SELECT RAISE(ABORT, '巡查记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER patrol_stop_no_delete BEFORE DELETE ON patrol_stop BEGIN SELECT RAISE(ABORT, '巡查记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER patrol_stop_no_update BEFORE UPDATE ON patrol_stop BEGIN SELECT RAISE(ABORT, '巡查记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER patrol_stopfile_no_delete BEFORE DELETE ON patrol_stopfile BEGIN SELECT RAISE(ABORT, '巡查记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER patrol_stopfile_no_update BEFORE UPDATE ON patrol_stopfile BEGIN SELECT RAISE(ABORT, '巡查记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER phone_item_no_delete BEFORE DELETE ON phone_item BEGIN SELECT RAISE(ABORT, '手机提交的记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER phone_item_no_update BEFORE UPDATE ON phone_item BEGIN SELECT RAISE(ABORT, '手机提交的记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER phone_itemfile_no_delete BEFORE DELETE ON phone_itemfile BEGIN SELECT RAISE(ABORT, '手机提交的记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER phone_itemfile_no_update BEFORE UPDATE ON phone_itemfile BEGIN SELECT RAISE(ABORT, '手机提交的记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER registry_auditentry_no_delete BEFORE DELETE ON registry_auditentry BEGIN SELECT RAISE(ABORT, '日志和审核决定只能追加, 不能修改或删除'); END;

CREATE TRIGGER registry_auditentry_no_update BEFORE UPDATE ON registry_auditentry BEGIN SELECT RAISE(ABORT, '日志和审核决定只能追加, 不能修改或删除'); END;

CREATE TRIGGER registry_batch_no_delete BEFORE DELETE ON registry_batch BEGIN SELECT RAISE(ABORT, '登记的变更记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER registry_batch_no_update BEFORE UPDATE ON registry_batch BEGIN SELECT RAISE(ABORT, '登记的变更记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER registry_change_no_delete BEFORE DELETE ON registry_change BEGIN SELECT RAISE(ABORT, '登记的变更记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER registry_change_no_update BEFORE UPDATE ON registry_change BEGIN SELECT RAISE(ABORT, '登记的变更记录只能追加, 不能修改或删除'); END;

CREATE TRIGGER registry_logentry_no_delete BEFORE DELETE ON registry_logentry BEGIN SELECT RAISE(ABORT, '日志和审核决定只能追加, 不能修改或删除'); END;

CREATE TRIGGER registry_logentry_no_update BEFORE UPDATE ON registry_logentry BEGIN SELECT RAISE(ABORT, '日志和审核决定只能追加, 不能修改或删除'); END;

CREATE TRIGGER registry_valuedecision_no_delete BEFORE DELETE ON registry_valuedecision BEGIN SELECT RAISE(ABORT, '日志和审核决定只能追加, 不能修改或删除'); END;

CREATE TRIGGER registry_valuedecision_no_update BEFORE UPDATE ON registry_valuedecision BEGIN SELECT RAISE(ABORT, '日志和审核决定只能追加, 不能修改或删除'); END;

INSERT INTO django_migrations (app, name, applied) VALUES ('auth', '0001_initial', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('auth', '0002_alter_permission_name_max_length', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('auth', '0003_alter_user_email_max_length', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('auth', '0004_alter_user_username_opts', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('auth', '0005_alter_user_last_login_null', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('auth', '0006_require_contenttypes_0002', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('auth', '0007_alter_validators_add_error_messages', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('auth', '0008_alter_user_username_max_length', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('auth', '0009_alter_user_last_name_max_length', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('auth', '0010_alter_group_name_max_length', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('auth', '0011_update_proxy_permissions', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('auth', '0012_alter_user_first_name_max_length', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('axes', '0001_initial', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('axes', '0002_auto_20151217_2044', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('axes', '0003_auto_20160322_0929', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('axes', '0004_auto_20181024_1538', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('axes', '0005_remove_accessattempt_trusted', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('axes', '0006_remove_accesslog_trusted', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('axes', '0007_alter_accessattempt_unique_together', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('axes', '0008_accessfailurelog', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('axes', '0009_add_session_hash', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('axes', '0010_accessattemptexpiration', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('cases', '0001_initial', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('cases', '0002_initial', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('cases', '0003_append_only', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('cases', '0004_finding_index', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('cases', '0005_check_and_item', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('cases', '0006_phrases_and_runs', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('cases', '0007_log', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('cases', '0008_step_notices', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('cases', '0009_proposals', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('cases', '0010_proposals_in_log', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('cases', '0011_incidents', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('cases', '0012_every_finding_in_an_incident', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('cases', '0013_check_inputs_seconds', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('cases', '0014_handovers', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('cases', '0015_put_together_by_hand', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('cases', '0016_alarm_rules', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('cases', '0017_finding_vendor', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('cases', '0018_rule_tries', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('cases', '0019_terms', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('cases', '0020_step_without_person', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('cases', '0021_sign_due', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('cases', '0022_papers', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('cases', '0023_ledger', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('cases', '0024_routes', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('cases', '0025_families', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('cases', '0026_messages', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('cases', '0027_trees', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('cases', '0028_browsers', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('contenttypes', '0001_initial', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('contenttypes', '0002_remove_content_type_name', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('inspection', '0001_initial', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('inspection', '0002_append_only', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('inspection', '0003_rounds', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('inspection', '0004_rounds_append_only', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('patrol', '0001_initial', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('patrol', '0002_append_only', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('phone', '0001_initial', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('phone', '0002_append_only', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('registry', '0001_initial', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('registry', '0002_target', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('registry', '0003_log', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('registry', '0004_posts_end', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('registry', '0005_targets_in_log', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('registry', '0006_subjects_and_changes', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('registry', '0007_boundaries_and_guards', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('registry', '0008_installation', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('registry', '0009_vendors', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('registry', '0010_calendar', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('registry', '0011_rivers', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('registry', '0012_dust_periods', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('registry', '0013_transport', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('registry', '0014_gate_access', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('registry', '0015_gate_pass_once', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('sessions', '0001_initial', CURRENT_TIMESTAMP)