import type { ApprovalKind, ChangeSetState, Proposal } from "@sor/core/changesets";
import { m } from "./words/index.ts";

/** A change set's state in the page's language, the tone of its tag, and what it means now. */
export function setStateOf(state: ChangeSetState): { text: string; tone: string; now: string } {
  const states = {
    proposed: [m.proposals_state, "plan", m.proposals_now],
    draft: [m.changes_state_draft, "note", m.changes_now_draft],
    submitted: [m.changes_state_submitted, "plan", m.changes_now_submitted],
    approved: [m.changes_state_approved, "good", m.changes_now_approved],
    declined: [m.changes_state_declined, "bad", m.changes_now_declined],
    applied: [m.changes_state_applied, "good", m.changes_now_applied],
    reverted: [m.changes_state_reverted, "warn", m.changes_now_reverted],
    withdrawn: [m.changes_state_withdrawn, "note", m.changes_now_withdrawn],
  } satisfies Record<ChangeSetState, [() => string, string, () => string]>;
  const [text, tone, now] = states[state];
  return { text: text(), tone, now: now() };
}

/** What a proposal can be about, in the page's language. */
export function topicText(topic: Proposal["topics"][number]): string {
  const texts = {
    name: m.proposals_topic_name,
    address: m.proposals_topic_address,
    contact: m.proposals_topic_contact,
    numbers: m.proposals_topic_numbers,
    "location-number": m.proposals_topic_location_number,
    messages: m.proposals_topic_messages,
    place: m.proposals_topic_place,
    closed: m.proposals_topic_closed,
    other: m.proposals_topic_other,
    "new-location-number": m.proposals_topic_new_location_number,
  } satisfies Record<Proposal["topics"][number], () => string>;
  return texts[topic]();
}

/** How a proposal was answered. */
export function outcomeText(outcome: NonNullable<Proposal["outcome"]>): string {
  const texts = {
    followed: m.proposals_followed,
    declined: m.proposals_declined,
    withdrawn: m.changes_state_withdrawn,
  } satisfies Record<NonNullable<Proposal["outcome"]>, () => string>;
  return texts[outcome]();
}

/** Why a set needs a second person. */
export function approvalText(kind: ApprovalKind): string {
  const texts = {
    "new-owner": m.changes_needs_new_owner,
    "closing-with-registrations": m.changes_needs_closing,
    "move-across-owners": m.changes_needs_move,
    "many-endings": m.changes_needs_endings,
    any: m.changes_needs_any,
  } satisfies Record<ApprovalKind, () => string>;
  return texts[kind]();
}

const fieldTexts: Readonly<Record<string, () => string>> = {
  parentSorId: m.changes_f_parent,
  name: m.register_name,
  typeCode: m.register_type,
  pharmacyIdentifier: m.register_pharmacy,
  shakCode: m.register_shak,
  providerNumber: m.register_provider_number,
  localCode: m.register_local_code,
  localAttributes: m.changes_f_local_attributes,
  cvr: m.register_cvr,
  pNumber: m.register_p_number,
  gln: m.register_gln,
  glnInherited: m.changes_f_gln_inherited,
  geographicalParentRelation: m.changes_f_geographical_relation,
  geographicalParentSorId: m.changes_f_geographical_parent,
  postalAddress: m.register_postal_address,
  visitingAddress: m.register_visiting_address,
  activityAddress: m.register_activity_address,
  virtualAddress: m.register_contact,
  email: m.changes_f_email,
  website: m.changes_f_website,
  telephone: m.changes_f_telephone,
  fax: m.changes_f_fax,
  specialities: m.register_specialities,
  hasAmbulantActivity: m.changes_f_ambulant,
  admitsPatients: m.changes_f_admits,
  isReportingLevel: m.changes_f_reporting,
  organisationalLevelCode: m.register_clinical_level,
  organisationalLevelName: m.register_clinical_level,
  regionCode: m.register_region,
  municipalityCode: m.changes_f_municipality,
  updatedOn: m.changes_f_updated,
  onlyInternal: m.locations_field_onlyInternal,
  nonActive: m.locations_field_nonActive,
  systemId: m.locations_field_systemId,
  supplierId: m.locations_field_supplierId,
  netOperatorCode: m.locations_field_netOperatorCode,
  ediAdministrator: m.locations_field_ediAdministrator,
  note: m.locations_field_note,
  successorGln: m.locations_field_successorGln,
  successors: m.changes_f_successors,
  reason: m.successions_reason,
  registrations: m.changes_f_registrations,
  validFrom: m.locations_field_validFrom,
  validTo: m.locations_field_validTo,
};

/** The label of an attribute of a unit or location number. */
export const attributeText = (name: string): string => fieldTexts[name]?.() ?? name;
