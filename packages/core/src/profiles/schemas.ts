import { z } from "zod";
import { commandsMax } from "../changesets/index.ts";
import type { Fault } from "../faults/index.ts";
import { Gln, singleLine, Uuid } from "../identifiers/index.ts";
import { Direction, findMessageType, MessageTypeCode, VersionCode } from "../message-types/index.ts";

const typesMax = 200;

const ProfileType = z
  .strictObject({ messageType: MessageTypeCode, version: VersionCode, direction: Direction })
  .refine(
    ({ messageType, version }) => {
      const found = findMessageType(messageType, version);
      return found?.code === messageType && found.version === version && found.kind !== "namespace";
    },
    { error: "no-such-type" satisfies Fault },
  );
export type ProfileType = z.infer<typeof ProfileType>;

const keyOf = ({ messageType, version, direction }: ProfileType) => `${messageType} ${version} ${direction}`;

/** A profile: its name and its types, each once and in order. */
export const ProfileFields = z.object({
  name: singleLine(60),
  types: z
    .array(ProfileType)
    .min(1)
    .max(typesMax)
    .transform((types) => {
      const once = new Map(types.map((type) => [keyOf(type), type]));
      return [...once.keys()].toSorted().flatMap((key) => once.get(key) ?? []);
    }),
});
export type ProfileFields = z.infer<typeof ProfileFields>;

/** The location numbers that are to have a profile, instead of any other. */
export const ProfileAssignment = z.object({ profileId: Uuid, glns: z.array(Gln).min(1).max(commandsMax) });
export type ProfileAssignment = z.infer<typeof ProfileAssignment>;
