CREATE TABLE "vehicle_reporting_comparedday" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "kind" varchar(10) NOT NULL, "day" date NOT NULL, "site" varchar(60) NOT NULL, "ours" integer NOT NULL, "taken" integer NOT NULL, "waiting" integer NOT NULL, "refused" integer NOT NULL, "theirs" integer NULL, "lost" text NOT NULL CHECK ((JSON_VALID("lost") OR "lost" IS NULL)), "older" text NOT NULL CHECK ((JSON_VALID("older") OR "older" IS NULL)), "extra" text NOT NULL CHECK ((JSON_VALID("extra") OR "extra" IS NULL)), "at" datetime NOT NULL, CONSTRAINT "one_comparison_of_a_day" UNIQUE ("kind", "day", "site"));

CREATE TABLE "vehicle_reporting_line" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "failures" integer NOT NULL, "until" datetime NULL, "said" varchar(300) NOT NULL, "failed_since" datetime NULL, "answered_at" datetime NULL);

CREATE TABLE "vehicle_reporting_message" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "number" varchar(64) NOT NULL UNIQUE, "kind" varchar(10) NOT NULL, "key" varchar(200) NOT NULL, "revision" bigint NOT NULL, "site" varchar(60) NOT NULL, "day" date NOT NULL, "state" varchar(10) NOT NULL, "body" text NOT NULL, "wrong" text NOT NULL CHECK ((JSON_VALID("wrong") OR "wrong" IS NULL)), "code" varchar(20) NOT NULL, "said" varchar(300) NOT NULL, "tries" integer NOT NULL, "due" datetime NOT NULL, "made_at" datetime NOT NULL, "ended_at" datetime NULL);

CREATE TABLE "vehicle_reporting_reading" ("kind" varchar(10) NOT NULL PRIMARY KEY, "position" bigint NOT NULL, "until" datetime NULL);

CREATE INDEX "vehicle_rep_kind_3ff310_idx" ON "vehicle_reporting_message" ("kind", "day", "state");

CREATE INDEX "vehicle_rep_kind_5bdc07_idx" ON "vehicle_reporting_message" ("kind", "key");

CREATE INDEX "vehicle_rep_state_9e52a0_idx" ON "vehicle_reporting_message" ("state", "day", "id");

INSERT INTO django_migrations (app, name, applied) VALUES ('vehicle_reporting', '0001_initial', CURRENT_TIMESTAMP)