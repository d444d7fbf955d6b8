import { sql } from "drizzle-orm";
import {
  boolean,
  date,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { probeTargets } from "./schemas.ts";

export const services = pgTable("services", {
  id: text().primaryKey(),
  environment: text({ enum: ["production", "demo"] }).notNull(),
  nameDa: text().notNull(),
  nameEn: text().notNull(),
  descriptionDa: text().notNull(),
  descriptionEn: text().notNull(),
  position: integer().notNull(),
  /** If down, a critical service is shown red, any other yellow. */
  isCritical: boolean().notNull(),
  /** The target to probe; null for none. */
  probe: text({ enum: probeTargets }),
});

/** Manual states. The newest that is neither cleared nor expired applies. */
export const serviceStates = pgTable(
  "service_states",
  {
    id: uuid().primaryKey(),
    serviceId: text()
      .notNull()
      .references(() => services.id),
    state: text({ enum: ["operational", "reduced", "down"] }).notNull(),
    reason: text().notNull(),
    setByName: text().notNull(),
    setAt: timestamp({ withTimezone: true }).notNull(),
    expiresAt: timestamp({ withTimezone: true }),
    clearedAt: timestamp({ withTimezone: true }),
  },
  (table) => [index("service_states_present").on(table.serviceId).where(sql`${table.clearedAt} is null`)],
);

/** The latest probe of each target. */
export const serviceProbes = pgTable("service_probes", {
  target: text({ enum: probeTargets }).primaryKey(),
  at: timestamp({ withTimezone: true }).notNull(),
  isUp: boolean().notNull(),
  latencyMilliseconds: integer().notNull(),
});

/** How many probes of a target found it up, slow or down on a day in Denmark. */
export const serviceProbeDays = pgTable(
  "service_probe_days",
  {
    target: text({ enum: probeTargets }).notNull(),
    day: date().notNull(),
    up: integer().notNull(),
    slow: integer().notNull(),
    down: integer().notNull(),
  },
  (table) => [primaryKey({ name: "service_probe_days_target_day", columns: [table.target, table.day] })],
);

export const notices = pgTable(
  "notices",
  {
    id: uuid().primaryKey(),
    kind: text({ enum: ["incident", "window", "information"] }).notNull(),
    title: text().notNull(),
    priority: integer(),
    plannedStart: timestamp({ withTimezone: true }),
    plannedEnd: timestamp({ withTimezone: true }),
    createdAt: timestamp({ withTimezone: true }).notNull(),
    updatedAt: timestamp({ withTimezone: true }).notNull(),
    /** When an update closed it; null while it is open. */
    closedAt: timestamp({ withTimezone: true }),
    /** By when its author promised the next update; null for none. */
    nextUpdateBy: timestamp({ withTimezone: true }),
    /** When subscribers were reminded of a coming window; null: not yet. */
    remindedAt: timestamp({ withTimezone: true }),
    /** The alert that it tells of; null for none. */
    alertId: uuid(),
  },
  (table) => [index("notices_updated").on(table.updatedAt), uniqueIndex("notices_alert").on(table.alertId)],
);

export const noticeServices = pgTable(
  "notice_services",
  {
    noticeId: uuid()
      .notNull()
      .references(() => notices.id),
    serviceId: text()
      .notNull()
      .references(() => services.id),
  },
  (table) => [
    primaryKey({ name: "notice_services_pair", columns: [table.noticeId, table.serviceId] }),
    index("notice_services_service").on(table.serviceId),
  ],
);

export const noticeUpdates = pgTable(
  "notice_updates",
  {
    id: uuid().primaryKey(),
    noticeId: uuid()
      .notNull()
      .references(() => notices.id),
    /** 1, 2, 3 within the notice: the fragment of its address. */
    number: integer().notNull(),
    state: text({
      enum: [
        "investigating",
        "identified",
        "monitoring",
        "resolved",
        "scheduled",
        "in-progress",
        "extended",
        "completed",
        "cancelled",
        "published",
        "ended",
      ],
    }).notNull(),
    text: text().notNull(),
    publishedAt: timestamp({ withTimezone: true }).notNull(),
    correctedAt: timestamp({ withTimezone: true }),
    authorName: text().notNull(),
    /** Whether subscribers are told of it. */
    isSent: boolean().notNull(),
    /** When the outbox got its rows for them; null: not yet. */
    spreadAt: timestamp({ withTimezone: true }),
  },
  (table) => [
    index("notice_updates_to_spread").on(table.publishedAt).where(sql`${table.spreadAt} is null`),
    uniqueIndex("notice_updates_number").on(table.noticeId, table.number),
    index("notice_updates_published").on(table.publishedAt),
  ],
);
