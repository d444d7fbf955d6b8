/** Operation ids: client generators turn each into a method name. */
const operationIds: Readonly<Record<string, string>> = {
  "get /livez": "isLive",
  "get /readyz": "isReady",
  "get /startupz": "isStarted",
  "get /metrics": "getMetrics",
  "get /v1/routes/{gln}/{messageType}": "getRoute",
  "get /v1/routes": "findRoute",
  "get /v1/routes/table": "getRoutingTable",
  "get /v1/datasets": "listDatasets",
  "get /v1/deltas/{between}": "getDelta",
  "get /v1/routes/{gln}": "listRoutes",
  "get /v1/routes/{gln}/{messageType}/timeline": "getRouteTimeline",
  "post /v1/routes/$batch": "getRoutes",
  "post /v1/routes/$explain": "explainRoute",
  "get /v1/message-types": "listMessageTypes",
  "get /v1/message-types/{code}/receivers": "listReceivers",
  "get /v1/organisations": "searchOrganisations",
  "post /v1/organisations": "createOrganisation",
  "put /v1/organisations/{sorId}": "updateOrganisation",
  "post /v1/organisations/{sorId}/$close": "closeOrganisation",
  "post /v1/organisations/{sorId}/$move": "moveOrganisation",
  "post /v1/organisations/{sorId}/$replace": "replaceOrganisation",
  "post /v1/locations": "createLocation",
  "get /v1/locations/{gln}": "getLocation",
  "put /v1/locations/{gln}": "updateLocation",
  "post /v1/locations/{gln}/$close": "closeLocation",
  "get /v1/change-sets": "listChangeSets",
  "post /v1/change-sets": "createChangeSet",
  "get /v1/change-sets/{id}": "getChangeSet",
  "post /v1/change-sets/{id}/items": "addCommands",
  "delete /v1/change-sets/{id}/items/{position}": "removeCommand",
  "post /v1/change-sets/{id}/items/{position}/$keep": "keepCommand",
  "post /v1/change-sets/{id}/$preview": "previewChangeSet",
  "post /v1/change-sets/{id}/$submit": "submitChangeSet",
  "post /v1/change-sets/{id}/$approve": "approveChangeSet",
  "post /v1/change-sets/{id}/$decline": "declineChangeSet",
  "post /v1/change-sets/{id}/$withdraw": "withdrawChangeSet",
  "post /v1/change-sets/{id}/$apply": "applyChangeSet",
  "post /v1/change-sets/{id}/$revert": "revertChangeSet",
  "get /v1/diff": "listDifferences",
  "get /v1/access/self-test": "testAccess",
  "get /v1/suggest": "suggestOrganisations",
  "get /v1/resolve/{anything}": "resolveIdentifier",
  "get /v1/organisations/{sorId}": "getOrganisation",
  "get /v1/organisations/{sorId}/history": "getOrganisationHistory",
  "get /v1/organisations/{sorId}/ancestors": "listAncestors",
  "get /v1/organisations/{sorId}/descendants": "listDescendants",
  "get /v1/organisations/{sorId}/clinical-hierarchy": "getClinicalHierarchy",
  "get /v1/organisations/{sorId}/shak": "listShakOfOrganisation",
  "get /v1/shak": "searchShakCodes",
  "get /v1/shak/{shakCode}": "getShakCode",
  "get /v1/shak/{shakCode}/children": "listShakChildren",
  "get /v1/shak/{shakCode}/sor": "listOrganisationsOfShak",
  "get /v1/code-lists": "listCodeLists",
  "get /v1/code-lists/{list}": "getCodeList",
  "get /v1/organisations/{sorId}/successors": "listSuccessors",
  "get /v1/withdrawals": "listWithdrawals",
  "get /v1/organisational-levels": "listOrganisationalLevels",
  "post /v1/organisational-levels": "createOrganisationalLevel",
  "get /v1/organisational-levels/{id}": "getOrganisationalLevel",
  "put /v1/organisational-levels/{id}": "replaceOrganisationalLevel",
  "get /v1/gln": "listLocationNumbers",
  "get /v1/gln/{gln}": "getLocationNumber",
  "post /v1/gln/$allocate": "allocateLocationNumber",
  "post /v1/gln/$reserve": "reserveLocationNumber",
  "post /v1/gln/{gln}/$release": "releaseLocationNumber",
  "post /v1/gln/{gln}/$retire": "retireLocationNumber",
  "get /v1/gln-ranges": "listLocationNumberRanges",
  "post /v1/gln-ranges": "createLocationNumberRange",
  "get /v1/gln-ranges/{id}": "getLocationNumberRange",
  "put /v1/gln-ranges/{id}": "replaceLocationNumberRange",
  "get /v1/locations/{gln}/message-types": "getRegistrations",
  "put /v1/locations/{gln}/message-types": "setRegistrations",
  "get /v1/message-type-versions": "listMessageTypeVersions",
  "post /v1/message-type-versions/$phase-out": "phaseOutVersion",
  "get /v1/message-type-versions/outdated": "reportOutdatedReceivers",
  "post /v1/message-types/$bulk": "editManyRegistrations",
  "get /v1/message-types/$bulk/{id}": "getBulkEdit",
  "get /v1/vendor-switches": "listVendorSwitches",
  "post /v1/vendor-switches": "beginVendorSwitch",
  "get /v1/vendor-switches/{id}": "getVendorSwitch",
  "get /v1/vendor-switches/{id}/message-types": "listVendorSwitchTypes",
  "post /v1/vendor-switches/$accept": "acceptVendorSwitch",
  "post /v1/vendor-switches/{id}/$renew-key": "renewVendorSwitchKey",
  "post /v1/vendor-switches/{id}/$map": "mapVendorSwitch",
  "post /v1/vendor-switches/{id}/$stop": "stopVendorSwitch",
  "post /v1/vendor-switches/{id}/$return": "returnVendorSwitch",
  "post /v1/vendor-switches/{id}/$continue": "continueVendorSwitch",
  "get /v1/endpoints": "listEndpoints",
  "post /v1/endpoints": "createEndpoint",
  "get /v1/endpoints/{id}": "getEndpoint",
  "put /v1/endpoints/{id}": "replaceEndpoint",
  "patch /v1/endpoints/{id}": "updateEndpoint",
  "post /v1/endpoints/{id}/$pause": "pauseEndpoint",
  "post /v1/endpoints/{id}/$resume": "resumeEndpoint",
  "post /v1/endpoints/{id}/$drain": "drainEndpoint",
  "post /v1/endpoints/{id}/$close": "closeEndpoint",
  "post /v1/endpoints/{id}/$rotate-secret": "rotateEndpointSecret",
  "post /v1/endpoints/{id}/$test": "testEndpoint",
  "get /v1/endpoints/{id}/health": "getEndpointHealth",
  "get /v1/systems": "listSystems",
  "post /v1/systems": "createSystem",
  "get /v1/systems/{id}": "getSystem",
  "put /v1/systems/{id}": "replaceSystem",
  "post /v1/interchanges": "sendInterchange",
  "get /v1/interchanges": "listInterchanges",
  "post /v1/interchanges/$validate": "validateInterchange",
  "get /v1/interchanges/{id}": "getInterchange",
  "get /v1/interchanges/{id}/payload": "getInterchangePayload",
  "get /v1/interchanges/{id}/receipts": "listInterchangeReceipts",
  "get /v1/messages": "listMessages",
  "post /v1/messages/$search": "searchMessages",
  "get /v1/messages/{id}": "getMessage",
  "get /v1/messages/{id}/events": "listMessageEvents",
  "get /v1/messages/{id}/attempts": "listDeliveryAttempts",
  "get /v1/messages/{id}/payload": "getMessagePayload",
  "post /v1/messages/{id}/$resend": "resendMessage",
  "post /v1/messages/{id}/$cancel": "cancelMessage",
  "post /v1/messages/{id}/$reroute": "rerouteMessage",
  "post /v1/messages/{id}/$hold": "holdMessage",
  "post /v1/messages/{id}/$release": "releaseMessage",
  "post /v1/messages/{id}/receipts": "reportReceipt",
  "post /v1/messages/$resend": "resendMessages",
  "get /v1/resends/{id}": "getResends",
  "post /v1/resends/{id}/$stop": "stopResends",
  "get /v1/approvals": "listApprovals",
  "post /v1/approvals/{id}/$decline": "declineApproval",
  "get /v1/mailboxes/{gln}/messages": "takeMailboxMessages",
  "get /v1/mailboxes/{gln}/messages/{id}": "getMailboxMessage",
  "post /v1/mailboxes/{gln}/messages/$ack": "acknowledgeMailboxMessages",
  "get /v1/dead-letters": "listDeadLetters",
  "post /v1/dead-letters/$retry": "retryDeadLetters",
  "post /v1/dead-letters/$discard": "discardDeadLetters",
  "get /v1/deliveries/sla": "getDeliveryReport",
  "get /v1/notifications": "listNotifications",
  "get /v1/notifications/stream": "streamNotifications",
  "get /v1/mailboxes/{gln}/stream": "streamMailbox",
  "get /v1/changes": "listChanges",
  "get /v1/changes/stream": "streamChanges",
  "get /v1/coming-changes": "listComingChanges",
  "get /v1/snapshots": "listSnapshots",
  "post /v1/snapshots": "requestSnapshot",
  "get /v1/snapshots/latest": "getLatestSnapshot",
  "get /v1/snapshots/latest/{dataset}": "getLatestFile",
  "get /v1/snapshots/{id}": "getSnapshotRun",
  "get /v1/audit": "listAuditEntries",
  "post /v1/audit/$verify": "verifyAudit",
  "post /v1/audit/{sequence}/$revert": "revertAuditEntry",
  "post /v1/proposals": "propose",
  "get /v1/approval-rules": "listApprovalRules",
  "post /v1/approval-rules": "addApprovalRule",
  "post /v1/approval-rules/{id}/$end": "endApprovalRule",
  "post /v1/approval-rules/{id}/$keep": "keepApprovalRule",
  "get /v1/status": "getStatus",
  "get /v1/notices": "listNotices",
  "post /v1/notices": "publishNotice",
  "get /v1/notices/{id}": "getNotice",
  "post /v1/notices/{id}/updates": "addNoticeUpdate",
  "get /v1/alerts": "listAlerts",
  "get /v1/alerts/{id}": "getAlert",
  "get /v1/alert-subscriptions": "listAlertSubscriptions",
  "post /v1/alert-subscriptions": "createAlertSubscription",
  "get /v1/alert-subscriptions/{id}": "getAlertSubscription",
  "patch /v1/alert-subscriptions/{id}": "updateAlertSubscription",
  "delete /v1/alert-subscriptions/{id}": "removeAlertSubscription",
  "post /v1/alert-subscriptions/{id}/$confirm": "confirmAlertSubscription",
  "post /v1/alert-subscriptions/{id}/$test": "testAlertSubscription",
  "get /v1/alert-subscriptions/{id}/messages": "listAlertMessages",
  "get /v1/subscriptions": "listSubscriptions",
  "post /v1/subscriptions": "createSubscription",
  "get /v1/subscriptions/{id}": "getSubscription",
  "patch /v1/subscriptions/{id}": "updateSubscription",
  "delete /v1/subscriptions/{id}": "removeSubscription",
  "post /v1/subscriptions/{id}/$replay": "replaySubscription",
  "post /v1/subscriptions/{id}/$refresh": "refreshSubscription",
};

type Answer = { description?: string; headers?: Record<string, unknown> };
type Operation = {
  operationId?: string;
  security?: unknown[];
  parameters?: { in?: string; name?: string }[];
  requestBody?: { content?: Record<string, unknown> };
  responses: Record<string, Answer>;
};
type Schema = { properties?: Record<string, { default?: unknown; description?: string }> };
type Document = { paths?: object | undefined; components?: { schemas?: object } | undefined };

const etag = {
  schema: { type: "string" },
  description: "The version of the answer, for If-Match and If-None-Match (RFC 9110 8.8.3)",
};
const ifMatch = {
  in: "header",
  name: "If-Match",
  required: true,
  schema: { type: "string" },
  description:
    "The ETag of the version to change: 412 when it is not the current one, 428 when it is missing",
};
const ifNoneMatch = {
  in: "header",
  name: "If-None-Match",
  required: false,
  schema: { type: "string" },
  description: "ETags that the client has: 304 without a body when one of them is current",
};

function addParameter(operation: Operation, parameter: { in: string; name: string }): void {
  operation.parameters ??= [];
  const isThere = operation.parameters.some(
    ({ name }) => name?.toLowerCase() === parameter.name.toLowerCase(),
  );
  if (!isThere) operation.parameters.push(parameter);
}

function addEtag(answer: Answer | undefined): void {
  if (answer) answer.headers = { ...answer.headers, ETag: etag };
}

/**
 * Describes the default of a body's member in words instead of a schema `default`: client generators take a `default` of a named
 * schema to mean that the member is always present, and then require it.
 */
function tellDefaults({ components }: Document): void {
  for (const { properties = {} } of Object.values(components?.schemas ?? {}) as Schema[]) {
    for (const member of Object.values(properties)) {
      if (!("default" in member)) continue;
      const told = `Default: ${JSON.stringify(member.default)}`;
      member.description = member.description ? `${member.description}. ${told}` : told;
      delete member.default;
    }
  }
}

type Nullable = { allOf: [{ $ref: string }, { type: string[] }] };

const isNullable = (value: object): value is Nullable => {
  const { allOf } = value as Partial<Nullable>;
  return allOf?.length === 2 && "$ref" in allOf[0] && allOf[1].type?.includes("null") === true;
};

/** Writes a named schema or null as such: the generator demands both at once, which no value meets. */
function tellNullables(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  for (const inner of Object.values(value)) tellNullables(inner);
  if (!isNullable(value)) return;
  const { allOf, ...same } = value;
  const [named, { type: _, ...more }] = allOf;
  Object.assign(value, same, more, { anyOf: [named, { type: "null" }] });
  Reflect.deleteProperty(value, "allOf");
}

/** Documents the JSON form beside the XML form of a raw body; declaring it on the route would make the router parse it. */
function addFhirJson({ requestBody: { content } = {} }: Operation): void {
  const xml = content?.["application/fhir+xml"];
  if (content && xml) content["application/fhir+json"] = xml;
}

/**
 * Adds to an OpenAPI document what many operations share: operation ids, `security: []` where no key is needed, and the headers
 * of conditional requests wherever an operation answers 304, 412 or 428, or reads a resource that such an operation changes.
 */
export function describeOperations<Given extends Document>(document: Given): Given {
  tellNullables(document);
  tellDefaults(document);
  for (const [path, item] of Object.entries(
    (document.paths ?? {}) as Record<string, Record<string, unknown>>,
  )) {
    const isVersioned = ["put", "patch", "delete"].some(
      (method) => "428" in ((item[method] as Operation | undefined)?.responses ?? {}),
    );
    for (const [method, value] of Object.entries(item)) {
      const operation = value as Operation;
      const name = operationIds[`${method} ${path}`];
      if (name !== undefined) operation.operationId = name;
      operation.security ??= [];
      addFhirJson(operation);
      if ("428" in operation.responses) {
        addParameter(operation, ifMatch);
        addEtag(operation.responses["200"]);
      }
      if (method === "get" && (isVersioned || "304" in operation.responses)) {
        operation.responses["304"] ??= { description: "Not modified" };
        addParameter(operation, ifNoneMatch);
        addEtag(operation.responses["200"]);
      }
    }
  }
  return document;
}
