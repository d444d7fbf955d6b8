/** Answers whether an actor may do something: actors, roles, grants and scopes, decided without a database. */
export { hasEnded, isInForce } from "./in-force.ts";
export {
  type Action,
  type Actor,
  actions,
  type Grant,
  type GrantScope,
  may,
  mayAnywhere,
  type Role,
  roleActions,
  roles,
  type Scope,
  type Subject,
  scopes,
  vendorScopes,
} from "./permissions.ts";
