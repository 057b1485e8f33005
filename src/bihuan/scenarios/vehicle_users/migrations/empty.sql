CREATE TABLE "vehicle_users_inplantvehicle" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "number" varchar(40) NOT NULL, "kind" varchar(10) NOT NULL, "plate" varchar(12) NOT NULL, "vin" varchar(17) NOT NULL, "make" varchar(60) NOT NULL, "engine_no" varchar(40) NOT NULL, "fuel" varchar(14) NOT NULL, "stage" varchar(10) NOT NULL, "stage_source" varchar(10) NOT NULL, "made" date NULL, "owner" varchar(120) NOT NULL, "since" date NULL, "until" date NULL, "simulated" bool NOT NULL, "user_id" varchar(40) NOT NULL REFERENCES "registry_vehicleuser" ("code") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_in_plant_vehicle_of_a_number" UNIQUE ("user_id", "number"));

CREATE TABLE "vehicle_users_spotdraw" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "seed" varchar(32) NOT NULL, "first" date NOT NULL, "last" date NOT NULL, "at" datetime NOT NULL, "drawn" text NOT NULL CHECK ((JSON_VALID("drawn") OR "drawn" IS NULL)), "by_id" bigint NOT NULL REFERENCES "registry_person" ("id") DEFERRABLE INITIALLY DEFERRED, "unit_id" varchar(40) NOT NULL REFERENCES "registry_vehicleuser" ("code") DEFERRABLE INITIALLY DEFERRED);

CREATE INDEX "vehicle_users_inplantvehicle_user_id_3150df5b" ON "vehicle_users_inplantvehicle" ("user_id");

CREATE INDEX "vehicle_users_spotdraw_by_id_f5b5e799" ON "vehicle_users_spotdraw" ("by_id");

CREATE INDEX "vehicle_users_spotdraw_unit_id_0ecd7466" ON "vehicle_users_spotdraw" ("unit_id");

INSERT INTO django_migrations (app, name, applied) VALUES ('vehicle_users', '0001_initial', CURRENT_TIMESTAMP)