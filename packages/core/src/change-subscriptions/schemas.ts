import { z } from "zod";
import { ChangePosition, ChangesFilter } from "../changes/index.ts";
import { singleLine, Uuid } from "../identifiers/index.ts";
import { subscriptionStates } from "../subscriptions/index.ts";

const { entity, subtreeOf } = ChangesFilter.shape;
const wishes = {
  entity,
  subtreeOf,
  rows: z.boolean().default(true).meta({
    description:
      "Also send what a copy of the register replaces, as the feed with `rows=true`. With `subtreeOf` only the rows tell of all that moved in with a unit",
  }),
};

/** What a subscriber wants of the change feed; read by this schema before it was stored. */
const Wishes = z.object(wishes);
type Wishes = z.infer<typeof Wishes>;
export const wishesOf = ({ wishes: stored }: { wishes: unknown }): Wishes => stored as Wishes;

/** A webhook that is sent the change feed. */
export const NewSubscription = z
  .strictObject({
    name: singleLine(100),
    address: z.string().trim().min(3).max(2000).meta({ description: "https address of the webhook" }),
    ...wishes,
    after: ChangePosition.optional().meta({
      description: "Begin after this place of the feed; absent: with what happens from now on",
    }),
  })
  .meta({ id: "NewSubscription", description: "A webhook that is sent the change feed" });
export type NewSubscription = z.infer<typeof NewSubscription>;

/** Changed by its owner; the address and the filter are part of what was subscribed to. */
export const SubscriptionChange = z
  .strictObject({ name: singleLine(100), isPaused: z.boolean() })
  .partial()
  .meta({
    id: "SubscriptionChange",
    description: "`isPaused` false: go on, also after a suspension, without a gap",
  });
export type SubscriptionChange = z.infer<typeof SubscriptionChange>;

/** What of the register is sent once more, to one subscriber only. */
export const RefreshQuestion = z
  .strictObject({ entity: z.enum(["unit", "location"]).optional(), subtreeOf })
  .meta({
    id: "RefreshQuestion",
    description: "Narrows what is sent once more; empty: all that the subscription is about",
  });
export type RefreshQuestion = z.infer<typeof RefreshQuestion>;

/** How far a refresh has come: the units, and then the location numbers, in their order. */
export type Refresh = RefreshQuestion & { id: string; stage: "unit" | "location"; after: string };
/** Where a subscriber stands in the feed, and in the refresh that it asked for. */
export type Place = { told: string; refresh: Refresh | null };

export const SubscriptionView = z
  .object({
    id: Uuid,
    name: z.string(),
    address: z.string(),
    entity: z.string().nullable(),
    subtreeOf: z.string().nullable(),
    rows: z.boolean(),
    state: z.enum(subscriptionStates).meta({
      description:
        "`suspended`: three messages in a row were refused, or one was not received in a day. Nothing is lost: it goes on from `told`",
    }),
    told: z.string().meta({ description: "The place in the feed up to which everything has been received" }),
    behind: z.int().meta({ description: "How many numbers of the journal lie after it" }),
    underWay: z
      .object({ attempts: z.int(), nextAttemptAt: z.iso.datetime(), lastError: z.string().nullable() })
      .nullable(),
    refreshId: z.string().nullable().meta({ description: "The refresh that is not finished" }),
    lastError: z.string().nullable(),
    createdAt: z.iso.datetime(),
    lastSentAt: z.iso.datetime().nullable(),
    etag: z.string(),
  })
  .meta({ id: "Subscription", description: "A webhook that is sent the change feed" });
export type SubscriptionView = z.infer<typeof SubscriptionView>;
