CREATE TABLE "water_sections_formername" ("site" varchar(100) NOT NULL PRIMARY KEY, "renamed" date NULL, "section_id" varchar(40) NOT NULL REFERENCES "water_sections_section" ("code") DEFERRABLE INITIALLY DEFERRED, "lat" real NULL, "lon" real NULL);

CREATE TABLE "water_sections_logger" ("mn" varchar(40) NOT NULL PRIMARY KEY, "section_id" varchar(40) NOT NULL REFERENCES "water_sections_section" ("code") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "water_sections_outlook" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "day" date NOT NULL, "as_of" datetime NOT NULL, "content" text NOT NULL CHECK ((JSON_VALID("content") OR "content" IS NULL)), "section_id" varchar(40) NOT NULL REFERENCES "water_sections_section" ("code") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_outlook_a_day" UNIQUE ("section_id", "day"));

CREATE TABLE "water_sections_section" ("code" varchar(40) NOT NULL PRIMARY KEY, "name" varchar(120) NOT NULL, "lon" real NOT NULL, "lat" real NOT NULL, "geometry" text NULL CHECK ((JSON_VALID("geometry") OR "geometry" IS NULL)), "since" date NULL, "until" date NULL, "simulated" bool NOT NULL, "kind" varchar(10) NOT NULL, "rank" varchar(10) NOT NULL, "km" real NULL, "extra" varchar(200) NOT NULL, "organisation_id" bigint NULL REFERENCES "registry_organisation" ("id") DEFERRABLE INITIALLY DEFERRED, "reach_id" varchar(40) NULL REFERENCES "registry_reach" ("code") DEFERRABLE INITIALLY DEFERRED, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED, "remark" varchar(200) NOT NULL);

CREATE TABLE "water_sections_target" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "year" smallint unsigned NOT NULL CHECK ("year" >= 0), "water_class" smallint unsigned NOT NULL CHECK ("water_class" >= 0), "source" varchar(120) NOT NULL, "section_id" varchar(40) NOT NULL REFERENCES "water_sections_section" ("code") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_target_in_a_year" UNIQUE ("section_id", "year"));

CREATE INDEX "water_sections_formername_section_id_d490ad03" ON "water_sections_formername" ("section_id");

CREATE INDEX "water_sections_logger_section_id_cf2f4874" ON "water_sections_logger" ("section_id");

CREATE INDEX "water_sections_outlook_section_id_1d6f8cde" ON "water_sections_outlook" ("section_id");

CREATE INDEX "water_sections_section_organisation_id_c578079d" ON "water_sections_section" ("organisation_id");

CREATE INDEX "water_sections_section_reach_id_ec974521" ON "water_sections_section" ("reach_id");

CREATE INDEX "water_sections_section_region_id_2a892ce1" ON "water_sections_section" ("region_id");

CREATE INDEX "water_sections_target_section_id_18d15826" ON "water_sections_target" ("section_id");

CREATE TRIGGER water_sections_outlook_no_delete BEFORE DELETE ON water_sections_outlook BEGIN SELECT RAISE(ABORT, '断面水质展望只能追加, 不能修改或删除'); END;

CREATE TRIGGER water_sections_outlook_no_update BEFORE UPDATE ON water_sections_outlook BEGIN SELECT RAISE(ABORT, '断面水质展望只能追加, 不能修改或删除'); END;

INSERT INTO django_migrations (app, name, applied) VALUES ('water_sections', '0001_initial', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('water_sections', '0002_remark', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('water_sections', '0003_outlooks', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('water_sections', '0004_append_only', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('water_sections', '0005_former_places', CURRENT_TIMESTAMP)