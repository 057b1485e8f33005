CREATE TABLE "sewage_works_population" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "valid_from" date NOT NULL, "valid_until" date NULL, "source" varchar(120) NOT NULL, "simulated" bool NOT NULL, "people" integer unsigned NOT NULL CHECK ("people" >= 0), "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_water_population" UNIQUE ("region_id", "valid_from"));

CREATE TABLE "sewage_works_term" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "valid_from" date NOT NULL, "valid_until" date NULL, "source" varchar(120) NOT NULL, "simulated" bool NOT NULL, "capacity" real NOT NULL, "people" integer unsigned NULL CHECK ("people" >= 0), "industry" real NULL, "works_id" varchar(40) NOT NULL REFERENCES "sewage_works_works" ("code") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_works_term" UNIQUE ("works_id", "valid_from"));

CREATE TABLE "sewage_works_use" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "year" smallint unsigned NOT NULL CHECK ("year" >= 0), "month" smallint unsigned NOT NULL CHECK ("month" >= 0), "volume" real NULL, "remark" varchar(120) NOT NULL, "simulated" bool NOT NULL, "user_id" varchar(40) NOT NULL REFERENCES "sewage_works_user" ("code") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_reuse_month" UNIQUE ("user_id", "year", "month"));

CREATE TABLE "sewage_works_user" ("code" varchar(40) NOT NULL PRIMARY KEY, "name" varchar(120) NOT NULL, "lon" real NOT NULL, "lat" real NOT NULL, "geometry" text NULL CHECK ((JSON_VALID("geometry") OR "geometry" IS NULL)), "since" date NULL, "until" date NULL, "simulated" bool NOT NULL, "purpose" varchar(12) NOT NULL, "contracted" real NULL, "organisation_id" bigint NULL REFERENCES "registry_organisation" ("id") DEFERRABLE INITIALLY DEFERRED, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED, "works_id" varchar(40) NOT NULL REFERENCES "sewage_works_works" ("code") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "sewage_works_works" ("code" varchar(40) NOT NULL PRIMARY KEY, "name" varchar(120) NOT NULL, "lon" real NOT NULL, "lat" real NOT NULL, "geometry" text NULL CHECK ((JSON_VALID("geometry") OR "geometry" IS NULL)), "since" date NULL, "until" date NULL, "simulated" bool NOT NULL, "kind" varchar(10) NOT NULL, "grade" varchar(10) NOT NULL, "area" varchar(120) NOT NULL, "km" real NULL, "outlet" varchar(40) NOT NULL, "logger" varchar(40) NOT NULL, "rain_site" varchar(40) NOT NULL, "organisation_id" bigint NULL REFERENCES "registry_organisation" ("id") DEFERRABLE INITIALLY DEFERRED, "reach_id" varchar(40) NULL REFERENCES "registry_reach" ("code") DEFERRABLE INITIALLY DEFERRED, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED);

CREATE INDEX "sewage_works_population_region_id_4fbccbbf" ON "sewage_works_population" ("region_id");

CREATE INDEX "sewage_works_term_works_id_63b5dffd" ON "sewage_works_term" ("works_id");

CREATE INDEX "sewage_works_use_user_id_96d1f523" ON "sewage_works_use" ("user_id");

CREATE INDEX "sewage_works_user_organisation_id_b65f0fd8" ON "sewage_works_user" ("organisation_id");

CREATE INDEX "sewage_works_user_region_id_0b7d0f46" ON "sewage_works_user" ("region_id");

CREATE INDEX "sewage_works_user_works_id_68e332f5" ON "sewage_works_user" ("works_id");

CREATE INDEX "sewage_works_works_organisation_id_66608af2" ON "sewage_works_works" ("organisation_id");

CREATE INDEX "sewage_works_works_reach_id_370e7bb0" ON "sewage_works_works" ("reach_id");

CREATE INDEX "sewage_works_works_region_id_d5d158e0" ON "sewage_works_works" ("region_id");

INSERT INTO django_migrations (app, name, applied) VALUES ('sewage_works', '0001_initial', CURRENT_TIMESTAMP)