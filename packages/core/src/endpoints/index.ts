/** Answers who operates a location number, with which system, and at which endpoint it receives messages. */
export { isAllowedPrivate, isPublicAddress } from "./address-guard.ts";
export {
  dropOldSecrets,
  endOldSecrets,
  pauseEndpoint,
  resumeEndpoint,
  rotateSigningSecret,
} from "./endpoint-state.ts";
export { findFolderFault } from "./folder-path.ts";
export {
  findPublicAddresses,
  guardedLookup,
  PrivateAddressError,
  type Resolve,
  resolveName,
} from "./guarded-lookup.ts";
export {
  type Endpoint,
  type EndpointChoice,
  type EndpointCondition,
  type EndpointRow,
  endpointCondition,
  endpointConditions,
  findEndpoint,
  getEndpoint,
  isPaused,
  listEndpointChoices,
  listEndpoints,
  mayEditEndpoints,
  mayReadEndpoints,
  requireVisibleEndpoint,
  selectEndpoints,
  withoutSecrets,
} from "./list-endpoints.ts";
export {
  type LocationStatus,
  type LocationVersion,
  listLocationVersions,
  locationContent,
  locationEtag,
  locationStatus,
  locationSubject,
  lockLocation,
  presentVersion,
  recordLocation,
  subjectOfLocation,
} from "./location-versions.ts";
export { readExcerpt } from "./read-excerpt.ts";
export {
  EndpointFields,
  EndpointPatch,
  EndpointPause,
  Etag,
  LocationChange,
  LocationClosing,
  LocationFields,
  MimeType,
  NetOperator,
  NewLocation,
  PrivateHosts,
  ProbeChoice,
  RetryRule,
  SecretRotation,
  SupplierFields,
  SystemApproval,
  SystemApprovals,
  SystemFields,
  Transport,
} from "./schemas.ts";
export { sealSigningSecrets } from "./seal-secrets.ts";
export {
  type KeptSecret,
  keepSecret,
  newSigningSecret,
  type SecretView,
  secretsInForce,
  secretsMax,
} from "./signing-secrets.ts";
export {
  createSupplier,
  findSupplier,
  getSupplier,
  listNetOperators,
  listSuppliers,
  type Supplier,
  setNetOperator,
  updateSupplier,
} from "./suppliers.ts";
export { countDeployments, listApprovals, setApprovals } from "./system-approvals.ts";
export { createSystem, getSystem, listSystems, type System, updateSystem } from "./systems.ts";
export { type AddressFault, findAddressFault } from "./webhook-address.ts";
export {
  type AddressPolicy,
  changeEndpoint,
  createEndpoint,
  type EndpointChange,
  requireOpen,
  updateEndpoint,
} from "./write-endpoint.ts";
