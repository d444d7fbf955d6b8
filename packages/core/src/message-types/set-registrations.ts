import type { Context } from "../context.ts";
import type { Transaction } from "../database/index.ts";
import { DomainError } from "../errors.ts";
import type { ExpectedEtag } from "../etag.ts";
import { compareEnds } from "../validity/index.ts";
import {
  changeRegistrations,
  loadPlanInput,
  type RegistrationsOutcome,
  type Standing,
  save,
  show,
} from "./change-registrations.ts";
import { planRegistrations } from "./plan-registrations.ts";
import type { RegistrationRow } from "./registration-plan.ts";
import { asWanted, isPair, wantedAfterEnd } from "./registration-plan.ts";
import type { NewRegistration, RegistrationEnd, RegistrationSet, WantedRegistration } from "./schemas.ts";

type Wanting = {
  gln: string;
  allowGaps?: boolean;
  /** Returns the wanted registrations from the current and future ones. */
  wantedOf: (lasting: readonly RegistrationRow[]) => readonly WantedRegistration[];
};

const planOf =
  ({ gln, allowGaps = false, wantedOf }: Wanting) =>
  async (tx: Transaction, standing: Standing) => {
    const wanted = wantedOf(standing.current.filter((row) => compareEnds(standing.now, row.validTo) < 0));
    return planRegistrations({ ...(await loadPlanInput(tx, { gln, wanted }, standing)), allowGaps });
  };

type Setting = Omit<RegistrationSet, "etag"> & { etag?: ExpectedEtag };

const planSet = ({ gln, allowGaps, registrations }: Setting) =>
  planOf({ gln, allowGaps, wantedOf: () => registrations });

/**
 * Sets everything that a location number receives and sends from now on; the past is unchanged. Types left out end now.
 * `conflict` when the state does not match `etag`; `invalid` with the problems found, among them every gap unless `allowGaps`.
 */
export async function setRegistrations(ctx: Context, input: Setting): Promise<RegistrationsOutcome> {
  return await changeRegistrations(ctx, { ...input, planOf: planSet(input) }, save);
}

/** A dry run of `setRegistrations`, with its problems. Checks the same permission. */
export async function previewRegistrations(ctx: Context, input: Setting): Promise<RegistrationsOutcome> {
  return await changeRegistrations(ctx, { ...input, planOf: planSet(input) }, show);
}

/** Adds one registration and leaves the others unchanged. `invalid` with `overlap` if it is registered already. */
export async function addRegistration(ctx: Context, input: NewRegistration): Promise<RegistrationsOutcome> {
  const { gln, comment, ...added } = input;
  const wantedOf = (lasting: readonly RegistrationRow[]) => [...lasting.map(asWanted), added];
  return await changeRegistrations(ctx, { gln, comment, planOf: planOf({ gln, wantedOf }) }, save);
}

/**
 * Ends one type in one version, now or at a later instant, and leaves the others unchanged. `not-found` when it is not
 * registered.
 */
export async function endRegistration(ctx: Context, input: RegistrationEnd): Promise<RegistrationsOutcome> {
  const { gln, comment, at } = input;
  if (at !== null && at <= ctx.now) {
    throw new DomainError("invalid", "registration-end-past", { field: "at", fault: "past" });
  }
  const wantedOf = (lasting: readonly RegistrationRow[]) => {
    if (!lasting.some((row) => isPair(row, input))) {
      const details = { gln, messageType: input.messageType, version: input.version };
      throw new DomainError("not-found", "no-such-registration", details);
    }
    return wantedAfterEnd(lasting, input, at);
  };
  const planned = planOf({ gln, wantedOf, allowGaps: true });
  return await changeRegistrations(ctx, { gln, comment, planOf: planned }, save);
}
