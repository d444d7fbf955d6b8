import type { Command, CommandOf } from "@sor/core/changesets";
import { startOfDayInDenmark } from "@sor/core/validity";
import { attributeText } from "#lib/change-words.ts";
import { endText, periodText } from "#lib/period-words.ts";
import { listText, type Names } from "#lib/server/changes/names.ts";
import { reasonText, withShare } from "#lib/succession-words.ts";
import { m } from "#lib/words/index.ts";

type Dated = { validFrom: string; validTo?: string | null };

const whenText = ({ validFrom, validTo = null }: Dated) =>
  periodText({
    validFrom: startOfDayInDenmark(validFrom),
    validTo: validTo === null ? null : startOfDayInDenmark(validTo),
  });

const lastDayText = (day: string) => endText(startOfDayInDenmark(day));

const fieldsText = (attributes: object) =>
  listText([...new Set(Object.keys(attributes).map((name) => attributeText(name)))]);

/** What a command asks for, in the page's language. */
export function commandText(command: Command, names: Names): string {
  switch (command.kind) {
    case "unit.create":
      return m.changes_c_unit_create({ name: command.attributes.name, when: whenText(command) });
    case "unit.change":
      return m.changes_c_change({ field: fieldsText(command.attributes), when: whenText(command) });
    case "unit.move":
      return m.changes_c_move({ to: names.unit(command.parentSorId), when: whenText(command) });
    case "unit.close": {
      const until = lastDayText(command.validTo);
      const to = successorsText(command, names);
      if (command.reason !== null && command.closing === "registered-in-error")
        return m.successions_c_close_error({ until, reason: reasonText(command.reason) });
      return to ? m.changes_c_close_replaced({ until, to }) : m.changes_c_close({ until });
    }
    case "unit.replace": {
      const to = successorsText(command, names);
      return to ? m.changes_c_replace({ to }) : m.changes_c_replace_none();
    }
    case "unit.restore":
    case "location.restore":
    case "registrations.restore":
      return m.changes_c_restore({ number: String(command.sequence) });
    default:
      return locationText(command, names);
  }
}

const successorsText = ({ successors }: Pick<CommandOf<"unit.replace">, "successors">, names: Names) =>
  listText(successors.map(({ sorId, share }) => withShare(names.unit(sorId), share ?? null)));

function locationText(command: Command, names: Names): string {
  switch (command.kind) {
    case "location.create":
      return m.changes_c_location_create({ when: whenText(command) });
    case "location.change":
      return m.changes_c_change({ field: fieldsText(command.fields), when: whenText(command) });
    case "location.close":
      return m.changes_c_close({ until: lastDayText(command.validFrom) });
    case "registrations.add":
    case "registrations.end": {
      const type = [command.messageType, command.version].filter(Boolean).join(" ");
      return command.kind === "registrations.add"
        ? m.changes_c_registrations_add({ type })
        : m.changes_c_registrations_end({ type });
    }
    case "registrations.move":
      return m.changes_c_registrations_move({ to: names.endpoint(command.toEndpointId) ?? "" });
    case "registrations.edit":
      return listText(command.steps.map((step) => stepText(step, names)));
    default:
      return m.changes_c_registrations_set();
  }
}

type Step = CommandOf<"registrations.edit">["steps"][number];

const typeText = (type: { messageType: string | null; version: string | null }) =>
  [type.messageType, type.version].filter(Boolean).join(" ") || m.bulk_all_types();

function stepText(step: Step, names: Names): string {
  switch (step.step) {
    case "end":
      return m.bulk_title_end({ types: typeText(step) });
    case "add":
      return m.bulk_title_add({ types: typeText(step) });
    case "move":
      return m.bulk_move_types({ types: typeText(step), to: names.endpoint(step.endpointId) ?? "" });
    case "version":
      return m.bulk_title_version({ from: typeText(step), to: typeText(step.to) });
    case "begin":
      return m.bulk_title_begin({ types: typeText(step) });
    case "put":
      return m.bulk_put_types({ types: typeText(step) });
    case "replace":
      return m.bulk_replace_types({ types: listText(step.registrations.map(typeText)) });
  }
}
