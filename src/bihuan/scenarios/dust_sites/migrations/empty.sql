CREATE TABLE "dust_sites_boxplace" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "at" datetime NOT NULL, "lon" real NOT NULL, "lat" real NOT NULL, "monitor_id" varchar(40) NOT NULL REFERENCES "dust_sites_monitor" ("code") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_box_place" UNIQUE ("monitor_id", "at"));

CREATE TABLE "dust_sites_dustsite" ("code" varchar(40) NOT NULL PRIMARY KEY, "name" varchar(120) NOT NULL, "lon" real NOT NULL, "lat" real NOT NULL, "geometry" text NULL CHECK ((JSON_VALID("geometry") OR "geometry" IS NULL)), "since" date NULL, "until" date NULL, "simulated" bool NOT NULL, "kind" varchar(12) NOT NULL, "phase" varchar(12) NOT NULL, "area" real NULL, "setting" varchar(10) NOT NULL, "address" varchar(120) NOT NULL, "builder" varchar(120) NOT NULL, "supervisor" varchar(120) NOT NULL, "manager" varchar(40) NOT NULL, "emitter" varchar(40) NOT NULL, "material" varchar(60) NOT NULL, "shed" varchar(4) NOT NULL, "spray" varchar(4) NOT NULL, "pile_height" real NULL, "daily_tonnes" real NULL, "moisture" real NULL, "organisation_id" bigint NULL REFERENCES "registry_organisation" ("id") DEFERRABLE INITIALLY DEFERRED, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "dust_sites_exit" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(40) NOT NULL, "wash" varchar(4) NOT NULL, "video" varchar(4) NOT NULL, "paved_metres" real NULL, "simulated" bool NOT NULL, "site_id" varchar(40) NOT NULL REFERENCES "dust_sites_dustsite" ("code") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_dust_exit" UNIQUE ("site_id", "name"));

CREATE TABLE "dust_sites_monitor" ("code" varchar(40) NOT NULL PRIMARY KEY, "name" varchar(120) NOT NULL, "lon" real NOT NULL, "lat" real NOT NULL, "geometry" text NULL CHECK ((JSON_VALID("geometry") OR "geometry" IS NULL)), "since" date NULL, "until" date NULL, "simulated" bool NOT NULL, "mn" varchar(40) NOT NULL, "unit" varchar(4) NOT NULL, "place" varchar(60) NOT NULL, "height" real NULL, "model" varchar(60) NOT NULL, "organisation_id" bigint NULL REFERENCES "registry_organisation" ("id") DEFERRABLE INITIALLY DEFERRED, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED, "site_id" varchar(40) NULL REFERENCES "dust_sites_dustsite" ("code") DEFERRABLE INITIALLY DEFERRED, "sender_id" varchar(40) NULL REFERENCES "dust_sites_sender" ("code") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "dust_sites_nightpermit" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "since" datetime NOT NULL, "until" datetime NOT NULL, "simulated" bool NOT NULL, "number" varchar(60) NOT NULL, "issuer" varchar(60) NOT NULL, "site_id" varchar(40) NOT NULL REFERENCES "dust_sites_dustsite" ("code") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_night_permit" UNIQUE ("site_id", "since"));

CREATE TABLE "dust_sites_sender" ("code" varchar(40) NOT NULL PRIMARY KEY, "name" varchar(120) NOT NULL, "lon" real NOT NULL, "lat" real NOT NULL, "geometry" text NULL CHECK ((JSON_VALID("geometry") OR "geometry" IS NULL)), "since" date NULL, "until" date NULL, "simulated" bool NOT NULL, "organisation_id" bigint NULL REFERENCES "registry_organisation" ("id") DEFERRABLE INITIALLY DEFERRED, "region_id" varchar(12) NOT NULL REFERENCES "registry_region" ("code") DEFERRABLE INITIALLY DEFERRED);

CREATE TABLE "dust_sites_sendertoken" ("sender_id" varchar(40) NOT NULL PRIMARY KEY REFERENCES "dust_sites_sender" ("code") DEFERRABLE INITIALLY DEFERRED, "digest" varchar(64) NOT NULL);

CREATE TABLE "dust_sites_watering" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "since" datetime NOT NULL, "until" datetime NOT NULL, "simulated" bool NOT NULL, "way" varchar(8) NOT NULL, "water" real NULL, "site_id" varchar(40) NOT NULL REFERENCES "dust_sites_dustsite" ("code") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_watering" UNIQUE ("site_id", "since", "way"));

CREATE INDEX "dust_sites_boxplace_monitor_id_ec13a4f8" ON "dust_sites_boxplace" ("monitor_id");

CREATE INDEX "dust_sites_dustsite_organisation_id_e5f3a713" ON "dust_sites_dustsite" ("organisation_id");

CREATE INDEX "dust_sites_dustsite_region_id_f95f22f2" ON "dust_sites_dustsite" ("region_id");

CREATE INDEX "dust_sites_exit_site_id_58b6aae4" ON "dust_sites_exit" ("site_id");

CREATE INDEX "dust_sites_monitor_organisation_id_6dcb8549" ON "dust_sites_monitor" ("organisation_id");

CREATE INDEX "dust_sites_monitor_region_id_068ae450" ON "dust_sites_monitor" ("region_id");

CREATE INDEX "dust_sites_monitor_sender_id_916282ba" ON "dust_sites_monitor" ("sender_id");

CREATE INDEX "dust_sites_monitor_site_id_e3053d44" ON "dust_sites_monitor" ("site_id");

CREATE INDEX "dust_sites_nightpermit_site_id_2ba81b72" ON "dust_sites_nightpermit" ("site_id");

CREATE INDEX "dust_sites_sender_organisation_id_99bacf1a" ON "dust_sites_sender" ("organisation_id");

CREATE INDEX "dust_sites_sender_region_id_6ebf5178" ON "dust_sites_sender" ("region_id");

CREATE INDEX "dust_sites_watering_site_id_ae565425" ON "dust_sites_watering" ("site_id");

INSERT INTO django_migrations (app, name, applied) VALUES ('dust_sites', '0001_initial', CURRENT_TIMESTAMP);

INSERT INTO django_migrations (app, name, applied) VALUES ('dust_sites', '0002_senders', CURRENT_TIMESTAMP)