import { sql } from "drizzle-orm";
import {
  type AnyPgColumn,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { suppliers } from "../endpoints/tables.ts";
import { roles, scopes } from "../permissions/index.ts";
import { sendingColumns } from "../queue/tables.ts";

const instant = () => timestamp({ withTimezone: true });

/** A user account. Columns up to `twoFactorEnabled` are better-auth's. */
export const users = pgTable(
  "users",
  {
    id: uuid().primaryKey(),
    name: text().notNull(),
    email: text().notNull(),
    emailVerified: boolean().notNull().default(false),
    image: text(),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
    username: text().notNull(),
    twoFactorEnabled: boolean().notNull().default(false),
    /** The vendor of the user; null for users of the authority, regions and others. */
    supplierId: uuid().references(() => suppliers.id),
    deactivatedAt: instant(),
    /** Incremented when the user's credentials change, which invalidates earlier proofs. */
    credentialVersion: integer().notNull().default(0),
    /** Who deactivated the user: only the authority can reactivate users it deactivated. */
    deactivatedBy: text({ enum: ["authority", "vendor"] }),
  },
  (table) => [
    uniqueIndex("users_username").on(table.username),
    index("users_supplier").on(table.supplierId, table.username),
  ],
);

/** The account that a row belongs to and ends with. */
const ofUser = () =>
  uuid()
    .notNull()
    .references(() => users.id, { onDelete: "cascade" });

/** Active sessions (better-auth's). */
export const sessions = pgTable(
  "sessions",
  {
    id: uuid().primaryKey(),
    token: text().notNull(),
    userId: ofUser(),
    expiresAt: instant().notNull(),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
    ipAddress: text(),
    userAgent: text(),
  },
  (table) => [uniqueIndex("sessions_token").on(table.token), index("sessions_user").on(table.userId)],
);

/** A user's credentials (better-auth's); here only a password, as its scrypt hash. */
export const accounts = pgTable(
  "accounts",
  {
    id: uuid().primaryKey(),
    accountId: text().notNull(),
    providerId: text().notNull(),
    userId: ofUser(),
    accessToken: text(),
    refreshToken: text(),
    idToken: text(),
    accessTokenExpiresAt: instant(),
    refreshTokenExpiresAt: instant(),
    scope: text(),
    password: text(),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
  },
  (table) => [uniqueIndex("accounts_user_provider").on(table.userId, table.providerId)],
);

/** Short-lived verifications (better-auth's): pending logins with a second factor. */
export const verifications = pgTable(
  "verifications",
  {
    id: uuid().primaryKey(),
    identifier: text().notNull(),
    value: text().notNull(),
    expiresAt: instant().notNull(),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
  },
  (table) => [index("verifications_identifier").on(table.identifier)],
);

/** A user's second factor (better-auth's); the secret and the backup codes are encrypted. */
export const twoFactors = pgTable(
  "two_factors",
  {
    id: uuid().primaryKey(),
    secret: text().notNull(),
    backupCodes: text().notNull(),
    userId: ofUser(),
    verified: boolean().notNull().default(false),
    failedVerificationCount: integer().notNull().default(0),
    lockedUntil: instant(),
    /** The time step of the last accepted code (RFC 6238, 5.2): this and earlier ones are no longer accepted. */
    lastStep: integer(),
  },
  (table) => [index("two_factors_user").on(table.userId), index("two_factors_secret").on(table.secret)],
);

/**
 * Mail to a user about their own account and work, or to the address of somebody without an account, until it is sent or has failed
 * permanently.
 */
export const accountMails = pgTable(
  "account_mails",
  {
    id: uuid().primaryKey(),
    userId: uuid().references(() => users.id, { onDelete: "cascade" }),
    /** Where there is no user. */
    address: text(),
    kind: text({
      enum: [
        ...(["second-factor-reset", "codes-refused", "password-changed", "reset-link-made"] as const),
        ...(["role-given", "role-requested", "colleague-added", "key-made", "new-browser"] as const),
        ...(["draft-expiring", "draft-withdrawn"] as const),
        ...(["proposal-arrived", "proposal-received", "proposal-answered"] as const),
      ],
    }).notNull(),
    /** Template values, by kind: a role, a key. */
    details: jsonb().$type<Record<string, string>>().notNull().default({}),
    ...sendingColumns(),
    outcome: text({ enum: ["sent", "refused", "failed"] }),
  },
  (table) => [
    index("account_mails_due").on(table.nextAttemptAt).where(sql`${table.doneAt} is null`),
    index("account_mails_user").on(table.userId, table.createdAt),
  ],
);

const roleColumn = () => text({ enum: roles });
const scopeKindColumn = () => text({ enum: ["all", "subtree", "locations", "supplier"] });
const scopeColumns = () => ({
  scopeSorId: text(),
  scopeGlns: text().array(),
  scopeSupplierId: uuid().references((): AnyPgColumn => suppliers.id),
});

type ScopeTable = Record<"scopeKind" | "scopeSorId" | "scopeGlns" | "scopeSupplierId", AnyPgColumn>;

const scopeIsWhole = (
  table: ScopeTable,
) => sql`(${table.scopeKind} = 'subtree') = (${table.scopeSorId} is not null)
  and (${table.scopeKind} = 'locations') = (${table.scopeGlns} is not null)
  and (${table.scopeKind} = 'supplier') = (${table.scopeSupplierId} is not null)`;

const grantColumns = () => ({
  userId: ofUser(),
  role: roleColumn().notNull(),
  scopeKind: scopeKindColumn().notNull(),
  ...scopeColumns(),
  validFrom: instant().notNull(),
  validTo: instant(),
});

/** A role that a user holds within a scope for a period. */
export const grants = pgTable(
  "grants",
  {
    id: uuid().primaryKey(),
    ...grantColumns(),
  },
  (table) => [
    index("grants_user").on(table.userId),
    check("grants_scope_whole", scopeIsWhole(table)),
    check("grants_period", sql`${table.validTo} is null or ${table.validTo} >= ${table.validFrom}`),
  ],
);

/** A role outside one vendor, requested by one person and granted when another approves it. */
export const grantRequests = pgTable(
  "grant_requests",
  {
    id: uuid().primaryKey(),
    ...grantColumns(),
    requestedBy: ofUser(),
    requestedAt: instant().notNull(),
    decidedBy: uuid().references(() => users.id, { onDelete: "cascade" }),
    decidedAt: instant(),
    outcome: text({ enum: ["approved", "declined"] }),
  },
  (table) => [
    index("grant_requests_open").on(table.requestedAt).where(sql`${table.decidedAt} is null`),
    index("grant_requests_user").on(table.userId),
    check("grant_requests_scope_whole", scopeIsWhole(table)),
    check(
      "grant_requests_decided",
      sql`(${table.decidedAt} is null) = (${table.outcome} is null) and (${table.decidedAt} is null) = (${table.decidedBy} is null)`,
    ),
  ],
);

/** A one-time link: to create an account, or (with `userId`) to reset an account's password. */
export const invitations = pgTable(
  "invitations",
  {
    id: uuid().primaryKey(),
    /** SHA-256 of the token in the link, hexadecimal. */
    tokenHash: text().notNull(),
    userId: uuid().references(() => users.id, { onDelete: "cascade" }),
    username: text().notNull(),
    name: text().notNull(),
    email: text().notNull(),
    supplierId: uuid().references(() => suppliers.id),
    role: roleColumn(),
    scopeKind: scopeKindColumn(),
    ...scopeColumns(),
    /** The user who created the link; null for one created on the command line. */
    invitedBy: uuid().references(() => users.id, { onDelete: "set null" }),
    createdAt: instant().notNull(),
    expiresAt: instant().notNull(),
    acceptedAt: instant(),
    withdrawnAt: instant(),
  },
  (table) => [
    uniqueIndex("invitations_token_hash").on(table.tokenHash),
    index("invitations_supplier").on(table.supplierId, table.createdAt),
    index("invitations_user").on(table.userId),
    check("invitations_scope_whole", scopeIsWhole(table)),
    check(
      "invitations_purpose",
      sql`(${table.userId} is null) = (${table.role} is not null)
      and (${table.role} is null) = (${table.scopeKind} is null)`,
    ),
  ],
);

/** A program's key to the gateway. Only its hash is stored. */
export const apiKeys = pgTable(
  "api_keys",
  {
    id: uuid().primaryKey(),
    supplierId: uuid()
      .notNull()
      .references(() => suppliers.id),
    name: text().notNull(),
    /** SHA-256 of the whole key, hexadecimal. */
    keyHash: text().notNull(),
    /** The first characters, shown to identify the key. */
    start: text().notNull(),
    scopes: text({ enum: scopes }).array().notNull(),
    /** The only location numbers it may be used for; null for all of the supplier's. */
    glns: text().array(),
    /** The part of the register that it may edit besides: `all`, or the SOR id of the unit at the top; null for none. */
    registerPart: text(),
    /** The only address ranges (CIDR) that it may be used from; null for any. */
    networks: text().array(),
    createdAt: instant().notNull(),
    expiresAt: instant(),
    revokedAt: instant(),
    lastUsedAt: instant(),
  },
  (table) => [
    uniqueIndex("api_keys_key_hash").on(table.keyHash),
    index("api_keys_supplier").on(table.supplierId, table.createdAt),
  ],
);

/** Recent wrong passwords, counted across all processes by the rules of `login-throttle.ts`. */
export const loginFailures = pgTable(
  "login_failures",
  {
    kind: text({ enum: ["address", "network", "strangers", "device", "names"] }).notNull(),
    /** SHA-256 of what is counted: user names are stored hashed, as people type passwords in the wrong field. */
    keyHash: text().notNull(),
    failures: integer().notNull(),
    windowEndsAt: instant().notNull(),
    lockedUntil: instant(),
  },
  (table) => [
    primaryKey({ name: "login_failures_pk", columns: [table.kind, table.keyHash] }),
    index("login_failures_window").on(table.windowEndsAt),
  ],
);
